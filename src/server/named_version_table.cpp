#include "server/named_version_table.hpp"

#include "core/sql_text.hpp"
#include "server/query.hpp"
#include "server/server_version.hpp"
#include "server/settings.hpp"
#include "server/version_relation.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "nodes/makefuncs.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/varlena.h"
}

namespace migfix::server {

namespace {

std::vector<std::string> version_tables_elsewhere() {
  static constinit Statement statement{
      "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = "
      "c.relnamespace"
      " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't' AND c.relname = ANY "
      "($1::name[])"
      " ORDER BY 1 LIMIT 20",
      1};
  std::string names;
  for (const std::string &name : version_table_names())
    names += (names.empty() ? "" : ",") + quote_name(name.c_str());
  std::vector<std::string> found;
  run(statement, {"{" + names + "}"}, SnapshotKind::kActive,
      [&](const RowView &row) { found.push_back(row.string(0)); });
  return found;
}

NamedVersionTable there(Oid relation) {
  return {relation, {}, {}, relation_name(relation)};
}

// In the named schema, or in the one where an unqualified CREATE TABLE creates.
NamedVersionTable to_create(const char *schema, const std::string &table) {
  const char *place = call([&]() -> const char * {
    if (schema != nullptr) {
      get_namespace_oid(schema, false);
      return schema;
    }
    List *path = fetch_search_path(false);
    return path != NIL ? get_namespace_name(linitial_oid(path)) : nullptr;
  });
  if (place == nullptr) {
    throw core::Error(core::kInvalidSchemaName, "no schema has been selected to create a version table in",
                      {},
                      fmt::format("Name it: version_table => {}.",
                                  core::quote_literal("public." + quote_name(table.c_str()))));
  }
  return {InvalidOid, place, table, quote_name(place) + "." + quote_name(table.c_str())};
}

Oid lookup(RangeVar *name) {
  return call([&] { return RangeVarGetRelid(name, NoLock, true); });
}

NamedVersionTable visible_version_table() {
  const std::vector<std::string> names = version_table_names();
  for (const std::string &name : names) {
    const char *text = name.c_str();
    const Oid relation = lookup(call([&] { return makeRangeVar(nullptr, pstrdup(text), -1); }));
    if (OidIsValid(relation)) return there(relation);
  }
  const std::vector<std::string> elsewhere = version_tables_elsewhere();
  if (!elsewhere.empty()) {
    throw core::Error(core::kUndefinedTable, "no version table is on the search_path",
                      fmt::format("Elsewhere there is {}.", core::list_of(elsewhere)),
                      fmt::format("Name the one that is meant: version_table => {}.",
                                  core::quote_literal(elsewhere.front())));
  }
  return to_create(nullptr, names.front());
}

}  // namespace

NamedVersionTable named_version_table(const std::optional<std::string> &argument, MissingTable missing) {
  if (!argument) return visible_version_table();
  const char *text = argument->c_str();
  RangeVar *name = call([&] { return makeRangeVarFromNameList(parse_qualified_name(text)); });
  const Oid relation = lookup(name);
  if (OidIsValid(relation)) return there(relation);
  if (missing == MissingTable::kByName && !is_version_table_name(name->relname)) {
    throw core::Error(core::kUndefinedTable,
                      fmt::format("version table {} does not exist", core::in_quotes(*argument)),
                      "Only a table whose name is in migfix.version_tables is created.");
  }
  return to_create(name->schemaname, name->relname);
}

}  // namespace migfix::server
