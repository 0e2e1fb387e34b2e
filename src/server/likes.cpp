#include "server/likes.hpp"

#include "core/duplicate_rules.hpp"
#include "server/changed_rows.hpp"
#include "server/like_catalog.hpp"

extern "C" {
#include "utils/inval.h"
#include "utils/syscache.h"
}

namespace migfix::server {

namespace {

using core::LikeEntry;
using core::LikeIndex;
using core::ObjectType;

constexpr std::size_t kMostKept = 200000;  // objects of all schemas together: some ten megabytes
constexpr int kFewInSchema = 500;          // it is read before anything larger is: half a millisecond
constexpr int kMostInSchema = 5000;        // six milliseconds
// How many columns are read at a session's first CREATE of a table with so many: three milliseconds.
constexpr std::size_t kMostColumns = 6000;
constexpr std::size_t kMoreColumns = 30;  // at each one after it

struct Kept {
  LikeIndex index;
  bool has_all = false;             // else the schemas that were asked for
  std::unordered_set<Oid> schemas;  // those, with the ones where too much stands

  // Of tables: of which schemas those with so many columns have been read, or were begun.
  std::set<std::pair<Oid, std::uint16_t>> begun;

  // Indexes, sequences and the like that this session has made with its tables: no table ever has their OIDs.
  std::unordered_set<Oid> appendages;

  // Of enums: whose label, and which type, it is that has a hash in the server's caches.
  std::unordered_map<std::uint32_t, Oid> labels;
  std::unordered_map<std::uint32_t, Oid> types;

  bool is_empty() const { return !has_all && schemas.empty(); }
  bool has(Oid schema) const { return has_all || schemas.contains(schema); }
};

// Made at the first use and kept for the session.
Kept *kept_tables = nullptr;
Kept *kept_enums = nullptr;
constinit ChangedRows changed_tables;
constinit ChangedRows changed_labels;
constinit ChangedRows changed_types;

void at_table_change(Datum, Oid relation) {
  if (kept_tables != nullptr) changed_tables.add(relation);
}

void at_label_change(Datum, int, std::uint32_t hash) {
  if (kept_enums != nullptr) changed_labels.add(hash);
}

// Every table has two types: only those of enums are noted.
void at_type_change(Datum, int, std::uint32_t hash) {
  if (kept_enums != nullptr && (hash == 0 || kept_enums->types.contains(hash))) changed_types.add(hash);
}

void watch_changes() {
  static bool watching = false;
  if (watching) return;
  call([] {
    CacheRegisterRelcacheCallback(at_table_change, static_cast<Datum>(0));
    CacheRegisterSyscacheCallback(ENUMOID, at_label_change, static_cast<Datum>(0));
    CacheRegisterSyscacheCallback(TYPEOID, at_type_change, static_cast<Datum>(0));
  });
  watching = true;
}

void put_all(Kept &kept, const LikeEntries &entries) {
  if (kept.index.size() == 0) kept.index.reserve(entries.size());
  for (const LikeEntry &entry : entries) kept.index.put(entry);
}

void put_all(Kept &kept, const EnumEntries &entries) {
  put_all(kept, entries.enums);
  for (const auto &[hash, type] : entries.labels) kept.labels[hash] = type;
  for (const LikeEntry &entry : entries.enums)
    kept.types[call([&] { return GetSysCacheHashValue1(TYPEOID, ObjectIdGetDatum(entry.oid)); })] = entry.oid;
}

template <typename Entries>
bool put_if(Kept &kept, const std::optional<Entries> &entries) {
  if (entries) put_all(kept, *entries);
  return entries.has_value();
}

// --- Tables

void follow_tables(Kept &kept, const std::vector<Oid> &appendages) {
  if (changed_tables.all()) {
    kept = Kept();
    changed_tables.clear();
  }
  if (kept.is_empty()) return changed_tables.clear();
  std::vector<std::uint32_t> changed = changed_tables.take();
  // They come once with the command, and again with its commit.
  kept.appendages.insert(appendages.begin(), appendages.end());
  std::erase_if(changed, [&](Oid relation) { return kept.appendages.contains(relation); });
  for (const Oid table : changed) kept.index.erase(table);
  for (const LikeEntry &entry : tables_with(changed)) {
    if (kept.has(entry.schema)) kept.index.put(entry);
  }
}

// Reads what is not known of the schema yet, in the cheapest way.
void read_tables(Kept &kept, Oid schema) {
  if (kept.has(schema)) return;
  kept.has_all = kept.is_empty() && put_if(kept, all_tables(false));
  if (!kept.has_all && !put_if(kept, tables_in(schema, kFewInSchema))) {
    kept.has_all = put_if(kept, all_tables(true));
    if (!kept.has_all) put_if(kept, tables_in(schema, kMostInSchema));
  }
  kept.schemas.insert(schema);
}

Likes likes_of_table(Kept &kept, const MadeObject &made) {
  Likes likes;
  const Oid table = made.oid;
  follow_tables(kept, made.appendages);
  LikeEntry entry;
  if (const LikeEntry *known = kept.index.find(table)) {
    entry = *known;
  } else {
    const LikeEntries own = tables_with({table});
    if (own.empty()) return likes;
    entry = own[0];
  }
  read_tables(kept, entry.schema);
  likes.named = kept.index.named(entry.schema, entry.name_print);
  if (entry.parts < core::kFewestColumns) return likes;
  std::optional<ColumnReader> reader;
  const auto put = [&](LikeEntry &read, const std::optional<std::string> &names) {
    if (!names && !reader) reader.emplace();
    read.parts_print = print_of(names ? *names : reader->names(read.oid));
    kept.index.put(read);
  };
  put(entry, made.columns);
  const bool is_first = kept.begun.emplace(entry.schema, entry.parts).second;
  const std::size_t most = (is_first ? kMostColumns : kMoreColumns) / entry.parts + 1;
  for (LikeEntry &unread : kept.index.take_unread(entry.schema, entry.parts, most)) put(unread, std::nullopt);
  likes.with_parts = kept.index.with_parts(entry.schema, entry.parts, entry.parts_print);
  return likes;
}

// --- Enums

// A label that is not known belongs to an enum that somebody else has made or extended: nothing tells which.
void follow_enums(Kept &kept, EnumReader &reader, Oid own) {
  std::set<Oid> changed;
  bool all = changed_types.all() || changed_labels.all();
  for (const std::uint32_t hash : changed_labels.take()) {
    const auto known = kept.labels.find(hash);
    if (known == kept.labels.end())
      all = true;
    else
      changed.insert(known->second);
  }
  for (const std::uint32_t hash : changed_types.take()) {
    const auto known = kept.types.find(hash);
    if (known != kept.types.end()) changed.insert(known->second);
  }
  if (all) {
    kept = Kept();
    return;
  }
  changed.erase(own);
  for (const Oid type : changed) {
    kept.index.erase(type);
    EnumEntries entries;
    reader.add(type, entries);
    if (!entries.enums.empty() && kept.has(entries.enums[0].schema)) put_all(kept, entries);
  }
}

void read_enums(Kept &kept, Oid schema) {
  if (kept.has(schema)) return;
  kept.has_all = kept.is_empty() && put_if(kept, all_enums());
  if (!kept.has_all) put_if(kept, enums_in(schema, kMostInSchema));
  kept.schemas.insert(schema);
}

Likes likes_of_enum(Kept &kept, Oid type, Oid schema, std::string_view name) {
  Likes likes;
  EnumReader reader;
  EnumEntries own;
  reader.add(type, schema, name, own);
  const LikeEntry &entry = own.enums[0];
  put_all(kept, own);
  follow_enums(kept, reader, type);
  if (!kept.has(schema)) {
    read_enums(kept, schema);
    put_all(kept, own);
  }
  likes.named = kept.index.named(entry.schema, entry.name_print);
  if (entry.parts >= core::kFewestLabels)
    likes.with_parts = kept.index.with_parts(entry.schema, entry.parts, entry.parts_print);
  return likes;
}

}  // namespace

Likes likes_of(const MadeObject &object, Oid schema, std::string_view name) {
  Kept *&kept = object.type == ObjectType::kTable ? kept_tables : kept_enums;
  if (kept == nullptr) kept = new Kept;
  watch_changes();
  call([] { AcceptInvalidationMessages(); });
  if (std::max({kept->index.size(), kept->schemas.size(), kept->labels.size(), kept->begun.size(),
                kept->appendages.size()}) > kMostKept)
    *kept = Kept();
  try {
    Likes likes = object.type == ObjectType::kTable ? likes_of_table(*kept, object)
                                                    : likes_of_enum(*kept, object.oid, schema, name);
    std::erase(likes.named, object.oid);
    std::erase(likes.with_parts, object.oid);
    return likes;
  } catch (...) {
    *kept = Kept();  // half of it may have been read
    throw;
  }
}

}  // namespace migfix::server
