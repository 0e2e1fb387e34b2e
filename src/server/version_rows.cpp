#include "server/version_rows.hpp"

#include "core/finding.hpp"
#include "server/lockers.hpp"
#include "server/version_relation.hpp"

extern "C" {
#include "access/relation.h"
#include "access/tableam.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_inherits.h"
#include "executor/tuptable.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
}

namespace migfix::server {

namespace {

using Rows = std::vector<std::optional<std::string>>;

enum class Outcome { kRead, kLocked, kGone, kForeign, kOtherSession };

// What stands in the next row of a column of any type, as its output function writes it (those are in C, so
// nobody's SQL runs). false: no more rows.
bool next_value(TableScanDesc scan, TupleTableSlot *slot, AttrNumber attribute, Oid output, char **value) {
  return call([&] {
    CHECK_FOR_INTERRUPTS();
    if (!table_scan_getnextslot(scan, ForwardScanDirection, slot)) return false;
    bool null = true;
    Datum datum = slot_getattr(slot, attribute, &null);
    *value = null ? nullptr : OidOutputFunctionCall(output, datum);
    return true;
  });
}

Rows read_values(Relation relation, AttrNumber attribute) {
  Oid output = InvalidOid;
  call([&] {
    bool variable_length = false;
    const Oid type = TupleDescAttr(RelationGetDescr(relation), attribute - 1)->atttypid;
    getTypeOutputInfo(type, &output, &variable_length);
  });
  TableScanDesc scan = call([&] { return table_beginscan(relation, GetActiveSnapshot(), 0, nullptr); });
  TupleTableSlot *slot = call([&] { return table_slot_create(relation, nullptr); });
  Rows rows;
  char *value = nullptr;
  while (next_value(scan, slot, attribute, output, &value)) {
    if (value == nullptr) {
      rows.emplace_back(std::nullopt);
      continue;
    }
    rows.emplace_back(value);
    pfree(value);
  }
  call([&] {
    ExecDropSingleTupleTableSlot(slot);
    table_endscan(scan);
  });
  return rows;
}

// Appends the rows that the relation itself stores. What an error leaves open, the resource owner closes.
Outcome read_stored(Oid oid, Rows &rows) {
  if (!call([&] { return ConditionalLockRelationOid(oid, AccessShareLock); })) return Outcome::kLocked;
  Relation relation = call([&] { return try_relation_open(oid, NoLock); });
  if (relation == nullptr) {
    call([&] { UnlockRelationOid(oid, AccessShareLock); });
    return Outcome::kGone;
  }
  Outcome outcome = Outcome::kRead;
  const char kind = relation->rd_rel->relkind;
  if (RELATION_IS_OTHER_TEMP(relation)) {
    outcome = Outcome::kOtherSession;
  } else if (kind == RELKIND_FOREIGN_TABLE) {
    outcome = Outcome::kForeign;
  } else if (kind == RELKIND_RELATION || kind == RELKIND_MATVIEW) {
    const AttrNumber attribute = call([&] { return get_attnum(oid, core::kVersionColumn); });
    Rows stored;
    if (version_attribute(relation) != 0) {
      Snapshot snapshot = call([] { return GetActiveSnapshot(); });
      stored = read_versions(relation, snapshot);
    } else if (attribute != InvalidAttrNumber) {
      stored = read_values(relation, attribute);
    }
    rows.insert(rows.end(), std::make_move_iterator(stored.begin()), std::make_move_iterator(stored.end()));
  }
  // At once, not at commit: a report over ten thousand tables would keep as many locks.
  call([&] { relation_close(relation, AccessShareLock); });
  return outcome;
}

std::vector<Oid> with_children(const CatalogTable &table) {
  if (!table.has_children && table.facts.kind != core::RelationKind::kPartitionedTable) return {table.oid};
  List *list = call([&] { return find_all_inheritors(table.oid, NoLock, nullptr); });
  std::vector<Oid> oids;
  for (int i = 0; i < list_length(list); ++i) oids.push_back(list_nth_oid(list, i));
  return oids;
}

void not_checked(core::VersionTable &table, const char *why, const std::string &fix) {
  table.rows.clear();
  table.not_checked = why;
  table.not_checked_fix = fix;
}

// Has the kind of relation no rows that can be read here?
bool kind_is_unreadable(CatalogTable &table) {
  core::VersionTable &facts = table.facts;
  switch (facts.kind) {
    case core::RelationKind::kView:
      not_checked(facts, "it is a view, and migfix runs no query of others",
                  core::no_fix("name the table behind the view to migfix_findings"));
      return true;
    case core::RelationKind::kForeignTable:
      not_checked(facts, "it is a foreign table, whose rows are on another server",
                  core::no_fix("run the diagnosis there"));
      return true;
    case core::RelationKind::kMaterializedView:
      if (table.populated) return false;
      not_checked(facts, "it is a materialized view that has not been populated",
                  fmt::format("REFRESH MATERIALIZED VIEW {};", facts.name));
      return true;
    default:
      return false;
  }
}

// Tables that could not be read for a lock, by the relation that is locked.
using LockedTables = std::multimap<Oid, core::VersionTable *>;

// Returns false where the table is gone.
bool read_table(CatalogTable &table, LockedTables &locked) {
  core::VersionTable &facts = table.facts;
  for (const Oid oid : with_children(table)) {
    switch (read_stored(oid, facts.rows)) {
      case Outcome::kRead:
        break;
      case Outcome::kGone:
        if (oid == table.oid) return false;
        break;
      case Outcome::kLocked:
        not_checked(facts, "another session has locked it",
                    core::no_fix("ask again when the transaction that has locked it has ended"));
        locked.emplace(oid, &facts);
        return true;
      case Outcome::kForeign:
        not_checked(facts, "one of its partitions is a foreign table, whose rows are on another server",
                    core::no_fix("run the diagnosis there"));
        return true;
      case Outcome::kOtherSession:
        not_checked(facts, "it is a temporary table of another session",
                    core::no_fix("only that session can see it"));
        return true;
    }
  }
  return true;
}

void name_lockers(const LockedTables &locked) {
  std::vector<Oid> oids;
  for (const auto &[oid, table] : locked) oids.push_back(oid);
  for (const auto &[oid, clause] : lockers_of(oids)) {
    const auto [first, last] = locked.equal_range(oid);
    for (auto at = first; at != last; ++at) at->second->not_checked = clause;
  }
}

}  // namespace

void read_rows(std::vector<CatalogTable> &tables) {
  LockedTables locked;
  std::vector<Oid> gone;
  for (CatalogTable &table : tables) {
    check_for_interrupts();
    if (!table.facts.not_checked.empty() || kind_is_unreadable(table)) continue;
    if (!read_table(table, locked)) gone.push_back(table.oid);
  }
  if (!locked.empty()) name_lockers(locked);
  std::erase_if(tables, [&](const CatalogTable &table) {
    return std::find(gone.begin(), gone.end(), table.oid) != gone.end();
  });
}

}  // namespace migfix::server
