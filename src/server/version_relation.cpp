#include "server/version_relation.hpp"

#include "core/sql_text.hpp"
#include "core/version_table.hpp"

extern "C" {
#include "access/relation.h"
#include "access/tableam.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_type_d.h"
#include "executor/tuptable.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
}

namespace migfix::server {

namespace {

bool holds_text(Oid type) { return type == VARCHAROID || type == TEXTOID || type == BPCHAROID; }

// What stands in the next row: text in the current memory context, or null. false: no more rows.
bool next_version(TableScanDesc scan, TupleTableSlot *slot, AttrNumber attribute, char **version) {
  return call([&] {
    CHECK_FOR_INTERRUPTS();
    if (!table_scan_getnextslot(scan, ForwardScanDirection, slot)) return false;
    bool null = true;
    Datum value = slot_getattr(slot, attribute, &null);
    *version = null ? nullptr : TextDatumGetCString(value);
    return true;
  });
}

}  // namespace

std::string relation_name(Oid relation) {
  const char *name = call([&]() -> const char * {
    char *table = get_rel_name(relation);
    char *schema = table != nullptr ? get_namespace_name(get_rel_namespace(relation)) : nullptr;
    return schema != nullptr ? quote_qualified_identifier(schema, table) : nullptr;
  });
  return name != nullptr ? name : fmt::format("relation {}", relation);
}

AttrNumber version_attribute(Relation relation) {
  TupleDesc columns = RelationGetDescr(relation);
  for (int i = 0; i < columns->natts; ++i) {
    Form_pg_attribute column = TupleDescAttr(columns, i);
    if (!column->attisdropped && strcmp(NameStr(column->attname), core::kVersionColumn) == 0)
      return holds_text(column->atttypid) ? column->attnum : 0;
  }
  return 0;
}

std::optional<int> version_width(Relation relation) {
  const AttrNumber attribute = version_attribute(relation);
  if (attribute == 0) return std::nullopt;
  const int modifier = TupleDescAttr(RelationGetDescr(relation), attribute - 1)->atttypmod;
  if (modifier < VARHDRSZ) return std::nullopt;
  return modifier - VARHDRSZ;
}

void require_version_table(Oid relation) {
  const char kind = call([&] { return get_rel_relkind(relation); });
  if (kind == '\0') throw core::Error(core::kUndefinedTable, fmt::format("relation with OID {} does not exist", relation));
  const std::string name = relation_name(relation);
  if (kind != RELKIND_RELATION) {
    throw core::Error(core::kWrongObjectType, fmt::format("{} is not an ordinary table", name),
                      "A version table that can be guarded is one as Alembic creates it: no view, no foreign or partitioned table.");
  }
  const AttrNumber attribute = call([&] { return get_attnum(relation, core::kVersionColumn); });
  if (attribute == InvalidAttrNumber) {
    throw core::Error(core::kUndefinedColumn,
                      fmt::format("{} has no column {}", name, core::in_quotes(core::kVersionColumn)),
                      "A version table has the one column version_num, as Alembic creates it.");
  }
  const Oid type = call([&] { return get_atttype(relation, attribute); });
  if (!holds_text(type)) {
    const char *found = call([&] { return format_type_be(type); });
    throw core::Error(core::kDatatypeMismatch,
                      fmt::format("column {} of {} is of type {}", core::in_quotes(core::kVersionColumn), name, found),
                      "A version table keeps revision ids as text: character varying(32), as Alembic creates it.");
  }
}

std::vector<std::optional<std::string>> read_versions(Relation relation, Snapshot snapshot) {
  std::vector<std::optional<std::string>> versions;
  const AttrNumber attribute = version_attribute(relation);
  if (attribute == 0) return versions;
  TableScanDesc scan = call([&] { return table_beginscan(relation, snapshot, 0, nullptr); });
  TupleTableSlot *slot = call([&] { return table_slot_create(relation, nullptr); });
  char *version = nullptr;
  while (next_version(scan, slot, attribute, &version)) {
    if (version == nullptr) {
      versions.emplace_back(std::nullopt);
      continue;
    }
    versions.emplace_back(version);
    pfree(version);
  }
  call([&] {
    ExecDropSingleTupleTableSlot(slot);
    table_endscan(scan);
  });
  return versions;
}

std::vector<std::optional<std::string>> latest_versions(Relation relation) {
  Snapshot snapshot = call([] { return RegisterSnapshot(GetLatestSnapshot()); });
  std::vector<std::optional<std::string>> versions = read_versions(relation, snapshot);
  call([&] { UnregisterSnapshot(snapshot); });
  return versions;
}

OpenRelation::OpenRelation(Oid relation, int lock_mode) : exceptions_(std::uncaught_exceptions()) {
  relation_ = call([&] { return relation_open(relation, lock_mode); });
}

OpenRelation::~OpenRelation() {
  // After an error the resource owner closes it.
  if (std::uncaught_exceptions() == exceptions_) relation_close(relation_, NoLock);
}

}  // namespace migfix::server
