#include "server/like_catalog.hpp"

#include "core/duplicate_rules.hpp"

extern "C" {
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_namespace_d.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "storage/bufmgr.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
#include "utils/syscache.h"
}

namespace migfix::server {

namespace {

using core::LikeEntry;

constexpr BlockNumber kFewTablePages = 200;    // some 8,000 relations: a millisecond or two
constexpr BlockNumber kMostTablePages = 2500;  // some 100,000 relations: ten to twenty milliseconds
constexpr BlockNumber kMostLabelPages = 150;   // some 10,000 labels
constexpr int kKindsInSchema = 4;              // objects of a schema for each of the kind that is sought
constexpr std::size_t kFewTables = 3;          // a walk would cost more to begin
constexpr Oid kWidestGap = 32;                 // it is quicker to read over so many OIDs than to seek

// Plain memory of the server, filled in inside call().
template <typename Item>
struct Items {
  Item *items = nullptr;
  int count = 0;
  int room = 0;

  void add(const Item &item) {
    if (count == room) {
      room = room == 0 ? 256 : 2 * room;
      const Size size = sizeof(Item) * static_cast<Size>(room);
      items = static_cast<Item *>(items == nullptr ? palloc(size) : repalloc(items, size));
    }
    items[count++] = item;
  }
  std::vector<Item> take() {
    std::vector<Item> taken(items, items + count);
    if (items != nullptr) pfree(items);
    *this = Items();
    return taken;
  }
};

bool may_have_twins(const FormData_pg_class &row) {
  return (row.relkind == RELKIND_RELATION || row.relkind == RELKIND_PARTITIONED_TABLE) &&
         row.relpersistence != RELPERSISTENCE_TEMP && !row.relispartition && row.oid >= FirstNormalObjectId;
}

LikeEntry entry_of(const FormData_pg_class &row) {
  return {row.oid, row.relnamespace, core::plain_name_print(NameStr(row.relname)),
          static_cast<std::uint16_t>(row.relnatts), 0};
}

// Reads a catalog through, or returns false: it has more than so many pages. Runs inside call().
template <typename Row, typename Each>
bool read_through(Oid catalog, BlockNumber most, Each each) {
  Relation relation = table_open(catalog, AccessShareLock);
  const bool small = RelationGetNumberOfBlocks(relation) <= most;
  if (small) {
    TableScanDesc scan = table_beginscan_catalog(relation, 0, nullptr);
    while (HeapTuple tuple = heap_getnext(scan, ForwardScanDirection))
      each(*reinterpret_cast<const Row *>(GETSTRUCT(tuple)));
    table_endscan(scan);
  }
  table_close(relation, AccessShareLock);
  return small;
}

// OIDs of what stands in the schema, by pg_depend, because neither pg_class nor pg_type has an index by it.
std::optional<std::vector<Oid>> dependents_of(Oid schema, Oid catalog, int most) {
  CatalogWalk walk(DependRelationId, DependReferenceIndexId,
                   {Anum_pg_depend_refclassid, Anum_pg_depend_refobjid});
  walk.seek({CatalogWalk::equals(NamespaceRelationId), CatalogWalk::equals(schema)});
  std::vector<Oid> objects;
  int seen = 0;
  while (const HeapTuple tuple = walk.next()) {
    const auto *row = reinterpret_cast<Form_pg_depend>(GETSTRUCT(tuple));
    if (row->classid == catalog) objects.push_back(row->objid);
    if (++seen > kKindsInSchema * most || static_cast<int>(objects.size()) > most) return std::nullopt;
  }
  std::sort(objects.begin(), objects.end());
  return objects;
}

}  // namespace

std::uint32_t print_of(std::string_view text) {
  const std::uint32_t print =
      hash_bytes(reinterpret_cast<const unsigned char *>(text.data()), static_cast<int>(text.size()));
  return print == 0 ? 1 : print;
}

std::optional<LikeEntries> all_tables(bool even_if_large) {
  Items<LikeEntry> tables;
  if (!call([&] {
        return read_through<FormData_pg_class>(RelationRelationId,
                                               even_if_large ? kMostTablePages : kFewTablePages,
                                               [&](const FormData_pg_class &row) {
                                                 if (may_have_twins(row)) tables.add(entry_of(row));
                                               });
      }))
    return std::nullopt;
  return tables.take();
}

std::optional<LikeEntries> tables_in(Oid schema, int most) {
  const auto oids = dependents_of(schema, RelationRelationId, most);
  if (!oids) return std::nullopt;
  return tables_with(*oids);
}

namespace {

// By the server's cache, which has a table that has just been made.
void add_table(Oid oid, LikeEntries &entries) {
  LikeEntry entry;
  const bool counts = call([&] {
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(tuple)) return false;
    const auto *row = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple));
    const bool has_entry = may_have_twins(*row);
    if (has_entry) entry = entry_of(*row);
    ReleaseSysCache(tuple);
    return has_entry;
  });
  if (counts) entries.push_back(entry);
}

}  // namespace

// Relations that one command made have one OID after the other.
LikeEntries tables_with(const std::vector<Oid> &oids) {
  LikeEntries entries;
  if (oids.size() <= kFewTables) {
    for (const Oid oid : oids) add_table(oid, entries);
    return entries;
  }
  CatalogWalk walk(RelationRelationId, ClassOidIndexId, {Anum_pg_class_oid, Anum_pg_class_oid});
  for (auto first = oids.begin(); first != oids.end();) {
    auto last = first;
    while (last + 1 != oids.end() && *(last + 1) - *last <= kWidestGap) ++last;
    walk.seek_range(*first, *last);
    auto wanted = first;
    while (const HeapTuple tuple = walk.next()) {
      const auto *row = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple));
      while (wanted <= last && *wanted < row->oid) ++wanted;
      if (wanted <= last && *wanted == row->oid && may_have_twins(*row)) entries.push_back(entry_of(*row));
    }
    first = last + 1;
  }
  return entries;
}

ColumnReader::ColumnReader()
    : walk_(AttributeRelationId, AttributeRelidNumIndexId,
            {Anum_pg_attribute_attrelid, Anum_pg_attribute_attnum}) {}

template <typename Each>
void ColumnReader::each_column(Oid table, Each each) {
  walk_.seek({CatalogWalk::equals(table), {BTGreaterStrategyNumber, F_INT2GT, Int16GetDatum(0)}});
  while (const HeapTuple tuple = walk_.next()) {
    const auto *column = reinterpret_cast<Form_pg_attribute>(GETSTRUCT(tuple));
    if (!column->attisdropped) each(*column);
  }
}

std::string ColumnReader::text(Oid table) {
  std::string text;
  const auto append = [&](const auto &value) {
    static_assert(std::is_integral_v<std::remove_reference_t<decltype(value)>>);
    text.append(reinterpret_cast<const char *>(&value), sizeof value);
  };
  each_column(table, [&](const FormData_pg_attribute &column) {
    add_name(NameStr(column.attname), text);
    append(column.atttypid);
    append(column.atttypmod);
    append(column.attnotnull);
  });
  return text;
}

std::string ColumnReader::names(Oid table) {
  std::string names;
  each_column(table, [&](const FormData_pg_attribute &column) { add_name(NameStr(column.attname), names); });
  return names;
}

void ColumnReader::add_name(const char *name, std::string &names) {
  names.append(name, strlen(name) + 1);
}

EnumReader::EnumReader() : labels_(EnumRelationId, EnumTypIdSortOrderIndexId, {Anum_pg_enum_enumtypid}) {}

// Runs inside call().
EnumReader::Label EnumReader::label_of(const void *row) {
  const auto *label = static_cast<const FormData_pg_enum *>(row);
  const char *text = NameStr(label->enumlabel);
  return {GetSysCacheHashValue1(ENUMOID, ObjectIdGetDatum(label->oid)), label->enumtypid,
          hash_bytes(reinterpret_cast<const unsigned char *>(text), static_cast<int>(strlen(text)))};
}

std::vector<EnumReader::Label> EnumReader::labels_of(Oid type) {
  std::vector<Label> labels;
  labels_.seek({CatalogWalk::equals(type)});
  while (const HeapTuple tuple = labels_.next())
    labels.push_back(call([&] { return label_of(GETSTRUCT(tuple)); }));
  return labels;
}

void EnumReader::add(Oid type, const std::vector<Label> &labels, EnumEntries &entries) {
  if (!types_)
    types_.emplace(TypeRelationId, TypeOidIndexId, std::initializer_list<AttrNumber>{Anum_pg_type_oid});
  types_->seek({CatalogWalk::equals(type)});
  const HeapTuple tuple = types_->next();
  if (tuple == nullptr) return;
  const auto *row = reinterpret_cast<Form_pg_type>(GETSTRUCT(tuple));
  if (row->typtype == TYPTYPE_ENUM && row->oid >= FirstNormalObjectId)
    put(type, row->typnamespace, NameStr(row->typname), labels, entries);
}

void EnumReader::put(Oid type, Oid schema, std::string_view name, const std::vector<Label> &labels,
                     EnumEntries &entries) {
  std::uint32_t print = 0;  // whatever the order they were read in
  for (const Label &label : labels) {
    print += label.print;
    entries.labels.emplace_back(label.hash, type);
  }
  entries.enums.push_back({type, schema, core::plain_name_print(name),
                           static_cast<std::uint16_t>(labels.size()), print == 0 ? 1 : print});
}

void EnumReader::add(Oid type, EnumEntries &entries) {
  add(type, labels_of(type), entries);
}

void EnumReader::add(Oid type, Oid schema, std::string_view name, EnumEntries &entries) {
  put(type, schema, name, labels_of(type), entries);
}

std::optional<EnumEntries> all_enums() {
  Items<EnumReader::Label> read;
  if (!call([&] {
        return read_through<FormData_pg_enum>(
            EnumRelationId, kMostLabelPages,
            [&](const FormData_pg_enum &row) { read.add(EnumReader::label_of(&row)); });
      }))
    return std::nullopt;
  std::map<Oid, std::vector<EnumReader::Label>> by_type;
  for (const EnumReader::Label &label : read.take()) by_type[label.type].push_back(label);
  EnumEntries entries;
  EnumReader reader;
  for (const auto &[type, labels] : by_type) reader.add(type, labels, entries);
  return entries;
}

std::optional<EnumEntries> enums_in(Oid schema, int most) {
  const auto oids = dependents_of(schema, TypeRelationId, most);
  if (!oids) return std::nullopt;
  EnumEntries entries;
  EnumReader reader;
  for (const Oid type : *oids) reader.add(type, entries);
  return entries;
}

std::string labels_text(Oid type) {
  std::string text;
  CatalogWalk walk(EnumRelationId, EnumTypIdSortOrderIndexId, {Anum_pg_enum_enumtypid});
  walk.seek({CatalogWalk::equals(type)});
  while (const HeapTuple tuple = walk.next()) {
    const char *label = NameStr(reinterpret_cast<Form_pg_enum>(GETSTRUCT(tuple))->enumlabel);
    text.append(label, strlen(label) + 1);
  }
  return text;
}

}  // namespace migfix::server
