#include "server/duplicate_report.hpp"

#include "core/duplicate_notice.hpp"
#include "core/duplicate_rules.hpp"
#include "server/extension.hpp"
#include "server/guard_install.hpp"
#include "server/made_objects.hpp"
#include "server/like_catalog.hpp"
#include "server/likes.hpp"
#include "server/schema_catalog.hpp"
#include "server/settings.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_namespace_d.h"
#include "catalog/pg_type.h"
#include "utils/elog.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace migfix::server {

namespace {

using core::Doubling;
using core::ObjectType;
using core::TwinKind;

constexpr int kMostSchemas = 100;      // of a search_path
constexpr std::size_t kMostNamed = 3;  // others of the same columns or labels
constexpr int kMostTried = 32;         // others that may have the same
constexpr std::size_t kMostSpellings = 5;

// A table or an enum that counts among the duplicates: no partition, no version table, none of a temporary
// schema.
struct Candidate {
  Oid oid = InvalidOid;
  Oid schema = InvalidOid;
  std::string name;  // raw
  bool is_partitioned = false;
};

// Runs inside call().
bool read_table(Oid table, Oid *schema, NameData *name, bool *is_partitioned) {
  HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
  if (!HeapTupleIsValid(tuple)) return false;
  auto *row = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple));
  const bool counts = (row->relkind == RELKIND_RELATION || row->relkind == RELKIND_PARTITIONED_TABLE) &&
                      row->relpersistence != RELPERSISTENCE_TEMP && !row->relispartition &&
                      !is_version_table_name(NameStr(row->relname)) &&
                      !core::is_table_of_alembic(NameStr(row->relname));
  *schema = row->relnamespace;
  *name = row->relname;
  *is_partitioned = row->relkind == RELKIND_PARTITIONED_TABLE;
  ReleaseSysCache(tuple);
  return counts;
}

// Runs inside call().
bool read_enum(Oid type, Oid *schema, NameData *name) {
  HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
  if (!HeapTupleIsValid(tuple)) return false;
  auto *row = reinterpret_cast<Form_pg_type>(GETSTRUCT(tuple));
  const bool counts = row->typtype == TYPTYPE_ENUM && !isAnyTempNamespace(row->typnamespace);
  *schema = row->typnamespace;
  *name = row->typname;
  ReleaseSysCache(tuple);
  return counts;
}

// `schema`: the one that it has to be of, if given.
std::optional<Candidate> candidate(ObjectType type, Oid oid, Oid schema = InvalidOid) {
  Candidate read{oid, InvalidOid, {}, false};
  NameData name;
  if (!call([&] {
        return type == ObjectType::kTable ? read_table(oid, &read.schema, &name, &read.is_partitioned)
                                          : read_enum(oid, &read.schema, &name);
      }))
    return std::nullopt;
  if (OidIsValid(schema) && read.schema != schema) return std::nullopt;
  read.name = NameStr(name);
  return read;
}

// As MIGFIX_USER_SCHEMA says it.
bool user_schema(Oid schema) {
  return call([&] {
    const char *name = get_namespace_name(schema);
    return name != nullptr && strncmp(name, "pg_", 3) != 0 && strcmp(name, "information_schema") != 0 &&
           strcmp(name, "migfix") != 0 && !OidIsValid(getExtensionOfObject(NamespaceRelationId, schema));
  });
}

// The dearer half of what makes a candidate: asked only where there is a twin.
bool of_user(ObjectType type, Oid oid) {
  const Oid catalog = type == ObjectType::kTable ? RelationRelationId : TypeRelationId;
  if (OidIsValid(call([&] { return getExtensionOfObject(catalog, oid); }))) return false;
  return type == ObjectType::kEnum || !has_guard(oid);
}

// A table that inherits has its parents' columns: that is no likeness to tell of.
bool inherits(ObjectType type, Oid oid) {
  return type == ObjectType::kTable && call([&] { return has_superclass(oid); });
}

std::string shape_of(ObjectType type, Oid oid) {
  return type == ObjectType::kTable ? ColumnReader().text(oid) : labels_text(oid);
}

std::vector<Oid> session_path() {
  Oid schemas[kMostSchemas];
  const int count = call([&] { return fetch_search_path_array(schemas, kMostSchemas); });
  return {schemas, schemas + std::min(count, kMostSchemas)};
}

Oid named(ObjectType type, const char *name, Oid schema) {
  return call([&] {
    return type == ObjectType::kTable ? get_relname_relid(name, schema)
                                      : GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(name),
                                                        ObjectIdGetDatum(schema));
  });
}

// Looks for what one object doubles.
class Judging {
 public:
  Judging(const std::vector<MadeObject> &all, const MadeObject &made, const Candidate &object)
      : all_(all), made_(made), object_(object) {}

  std::optional<Doubling> judge() {
    doubling_.type = made_.type;
    look_on_path();
    const Likes likes = likes_of(made_, object_.schema, object_.name);
    look_for_spellings(likes);
    if (made_.is_new) look_for_shapes(likes);
    if (doubling_.twins.empty() || !user_schema(object_.schema) || !of_user(made_.type, object_.oid))
      return std::nullopt;
    doubling_.name = sql_name(object_);
    doubling_.bare_name = quote_name(object_.name.c_str());
    doubling_.is_new = made_.created;
    if (parts_are_read_) doubling_.parts = read_parts(made_.type, object_.oid, SnapshotKind::kNew);
    return std::move(doubling_);
  }

 private:
  static std::string sql_name(const Candidate &object) {
    const char *schema = call([&] { return get_namespace_name(object.schema); });
    return quote_name(schema != nullptr ? schema : "") + "." + quote_name(object.name.c_str());
  }

  void add(TwinKind kind, const Candidate &twin) {
    core::DoubledObject found{kind, sql_name(twin), {}};
    if (kind != TwinKind::kSameParts) {
      found.parts = read_parts(made_.type, twin.oid, SnapshotKind::kNew);
      parts_are_read_ = true;
    }
    doubling_.twins.push_back(std::move(found));
  }

  void look_on_path() {
    const std::vector<Oid> path = session_path();
    const auto own = std::find(path.begin(), path.end(), object_.schema);
    if (own == path.end()) return;
    const auto twin_in = [&](Oid schema) -> std::optional<Candidate> {
      if (schema == PG_CATALOG_NAMESPACE) return std::nullopt;  // stands on every path
      const Oid oid = named(made_.type, object_.name.c_str(), schema);
      if (!OidIsValid(oid) || oid == object_.oid || !user_schema(schema)) return std::nullopt;
      std::optional<Candidate> twin = candidate(made_.type, oid);
      if (twin && !of_user(made_.type, oid)) twin.reset();
      return twin;
    };
    for (auto schema = path.begin(); schema != own; ++schema) {
      if (const auto twin = twin_in(*schema)) return add(TwinKind::kHiddenBy, *twin);
    }
    for (auto schema = own + 1; schema != path.end(); ++schema) {
      if (const auto twin = twin_in(*schema)) add(TwinKind::kHides, *twin);
    }
  }

  void look_for_spellings(const Likes &likes) {
    const std::string plain = core::plain_name(object_.name);
    std::size_t tried = 0;
    for (const Oid oid : likes.named) {
      if (tried++ == kMostSpellings) break;
      const auto twin = other_of_schema(oid);
      if (twin && core::plain_name(twin->name) == plain && of_user(made_.type, oid))
        add(TwinKind::kSimilarName, *twin);
    }
  }

  // Of names that differ only in case or underscores the name is told of, as in MF304.
  void look_for_shapes(const Likes &likes) {
    if (likes.with_parts.empty() || inherits(made_.type, object_.oid)) return;
    const std::string plain = core::plain_name(object_.name);
    const std::string shape = shape_of(made_.type, object_.oid);
    std::vector<Candidate> same;
    int tried = 0;
    for (const Oid oid : likes.with_parts) {
      if (same.size() > kMostNamed || tried++ == kMostTried) break;
      const auto twin = other_of_schema(oid);
      if (!twin || core::plain_name(twin->name) == plain) continue;
      // What has the columns of a partitioned table is about to become a partition of it.
      if (twin->is_partitioned && !object_.is_partitioned) continue;
      if (shape_of(made_.type, oid) == shape && !inherits(made_.type, oid) && of_user(made_.type, oid))
        same.push_back(*twin);
    }
    doubling_.more = same.size() > kMostNamed || (!same.empty() && tried > kMostTried);
    for (std::size_t i = 0; i < same.size() && i < kMostNamed; ++i) add(TwinKind::kSameParts, same[i]);
  }

  std::optional<Candidate> other_of_schema(Oid oid) const {
    if (made_later(oid)) return std::nullopt;
    return candidate(made_.type, oid, object_.schema);
  }

  // Of two that one command made, the second is told of.
  bool made_later(Oid oid) const {
    return std::any_of(&made_, all_.data() + all_.size(),
                       [&](const MadeObject &other) { return other.oid == oid; });
  }

  const std::vector<MadeObject> &all_;
  const MadeObject &made_;
  const Candidate &object_;
  Doubling doubling_;
  bool parts_are_read_ = false;
};

}  // namespace

bool may_make_duplicates(const Node *command) {
  return reports_duplicates() && may_make_objects(command) && message_level_is_interesting(NOTICE);
}

void report_duplicates(const Node *command) {
  std::vector<Doubling> doublings;
  const std::vector<MadeObject> all = made_objects(command);
  for (const MadeObject &made : all) {
    const auto object = candidate(made.type, made.oid);
    if (!object) continue;
    if (auto doubling = Judging(all, made, *object).judge()) doublings.push_back(std::move(*doubling));
  }
  if (doublings.empty()) return;
  const core::Notice notice = core::duplicate_notice(doublings, functions_prefix());
  report(NOTICE, notice.message, notice.detail, notice.hint);
}

}  // namespace migfix::server
