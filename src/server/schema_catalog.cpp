#include "server/schema_catalog.hpp"

#include <unordered_set>

#include "server/catalog_sql.hpp"
#include "server/query.hpp"
#include "server/search_path_catalog.hpp"

namespace migfix::server {

namespace {

constinit Statement user_schemas{
    "SELECT n.oid, n.nspname, quote_ident(n.nspname) FROM pg_namespace AS n"
    " WHERE ($1::oid = 0 OR n.oid = $1::oid) AND" MIGFIX_USER_SCHEMA "ORDER BY n.nspname",
    1};

// A type counts by its OID, but one of the table's own schema by its name, so that tenants' copies are equal.
// An array's name is its server's business: it counts by its element's. A table that inherits has its parents'
// columns and none to be compared by.
constinit Statement user_tables{
    "WITH own AS MATERIALIZED ("
    " SELECT t.oid, t.typnamespace, quote_ident(t.typname) AS word FROM pg_type AS t"
    "  WHERE t.typarray <> 0 AND t.oid >= 16384"
    " UNION ALL"
    " SELECT t.typarray, t.typnamespace, quote_ident(t.typname) || '[]' FROM pg_type AS t"
    "  WHERE t.typarray <> 0 AND t.oid >= 16384)"
    " SELECT c.oid, c.relnamespace, c.relname, digest.text,"
    "  CASE WHEN c.oid IN (SELECT i.inhrelid FROM pg_inherits AS i) THEN 0 ELSE coalesce(digest.parts, 0) END"
    " FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
    " LEFT JOIN (SELECT k.oid, count(*) AS parts, md5(string_agg("
    "   quote_ident(a.attname) || ' ' || coalesce(own.word, a.atttypid::text) || ' ' || a.atttypmod::text"
    "   || CASE WHEN a.attnotnull THEN '!' ELSE '' END, ',' ORDER BY a.attnum)) AS text"
    "  FROM pg_class AS k JOIN pg_attribute AS a ON a.attrelid = k.oid AND a.attnum > 0 AND NOT "
    "a.attisdropped"
    "  LEFT JOIN own ON own.oid = a.atttypid AND own.typnamespace = k.relnamespace"
    "  WHERE k.relkind IN ('r', 'p') AND k.oid >= 16384 AND ($1::oid = 0 OR k.relnamespace = $1::oid)"
    "  GROUP BY k.oid) AS digest ON digest.oid = c.oid"
    " WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND ($1::oid = 0 OR n.oid = $1::oid)"
    "  AND" MIGFIX_USER_SCHEMA "AND" MIGFIX_USER_RELATION,
    1};

// Used is what a DROP TYPE would stumble over: pg_depend has every column, domain, composite, range and
// function argument of the type or of its array.
constinit Statement user_enums{
    "SELECT t.oid, t.typnamespace, t.typname, l.text, coalesce(l.parts, 0),"
    " EXISTS (SELECT FROM pg_depend AS u WHERE u.refclassid = 'pg_type'::regclass"
    "  AND u.refobjid IN (t.oid, t.typarray) AND u.deptype IN ('n', 'a'))"
    " FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace"
    " LEFT JOIN (SELECT e.enumtypid, count(*) AS parts,"
    "   md5(string_agg(quote_literal(e.enumlabel), ',' ORDER BY e.enumsortorder)) AS text"
    "  FROM pg_enum AS e GROUP BY e.enumtypid) AS l ON l.enumtypid = t.oid"
    " WHERE t.typtype = 'e' AND ($1::oid = 0 OR n.oid = $1::oid) AND" MIGFIX_USER_SCHEMA
    "AND" MIGFIX_USER_TYPE,
    1};

constinit Statement columns_of{
    "SELECT quote_ident(a.attname) || ' ' || CASE"
    "  WHEN t.typnamespace = c.relnamespace AND t.typelem <> 0 AND o.typarray = t.oid"
    "   THEN quote_ident(o.typname) || '[]'"
    "  WHEN t.typnamespace = c.relnamespace THEN quote_ident(t.typname)"
    "  ELSE format_type(a.atttypid, a.atttypmod) END || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END"
    " FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
    " JOIN pg_type AS t ON t.oid = a.atttypid LEFT JOIN pg_type AS o ON o.oid = t.typelem"
    " WHERE c.oid = $1::oid ORDER BY a.attnum",
    1};

constinit Statement labels_of{
    "SELECT enumlabel FROM pg_enum WHERE enumtypid = $1::oid ORDER BY enumsortorder", 1};

using SchemaIndex = std::unordered_map<Oid, std::uint32_t>;

// Reads objects from rows of OID, schema, name, digest, number of parts and, of enums, use.
void read_objects(core::ObjectType type, Statement &statement, const std::string &only,
                  const SchemaIndex &index, const std::unordered_set<Oid> &left_out,
                  std::vector<core::SchemaObject> &objects) {
  run(statement, {only}, SnapshotKind::kActive, [&](const RowView &row) {
    const auto oid = static_cast<Oid>(row.integer(0));
    const auto schema = index.find(static_cast<Oid>(row.integer(1)));
    if (schema == index.end() || left_out.contains(oid)) return;
    core::SchemaObject object;
    object.type = type;
    object.oid = oid;
    object.schema = schema->second;
    object.name = row.string(2);
    object.definition = row.string(3);
    object.parts = static_cast<int>(row.integer(4));
    object.used = type == core::ObjectType::kTable || row.flag(5);
    objects.push_back(std::move(object));
  });
}

}  // namespace

core::Parts read_parts(core::ObjectType type, Oid object, SnapshotKind snapshot) {
  core::Parts parts;
  run(type == core::ObjectType::kTable ? columns_of : labels_of, {std::to_string(object)}, snapshot,
      [&](const RowView &row) { parts.push_back(row.string(0)); });
  return parts;
}

core::SchemaFacts read_schema_catalog(Oid only, const std::vector<Oid> &version_tables) {
  const std::string only_text = std::to_string(only);
  core::SchemaFacts facts;
  SchemaIndex index;
  auto sql_names = std::make_shared<std::vector<std::string>>();
  run(user_schemas, {only_text}, SnapshotKind::kActive, [&](const RowView &row) {
    index.emplace(static_cast<Oid>(row.integer(0)), static_cast<std::uint32_t>(facts.schemas.size()));
    facts.schemas.push_back({row.string(1), row.string(2)});
    sql_names->push_back(row.string(2));
  });
  const std::unordered_set<Oid> left_out(version_tables.begin(), version_tables.end());
  read_objects(core::ObjectType::kTable, user_tables, only_text, index, left_out, facts.objects);
  read_objects(core::ObjectType::kEnum, user_enums, only_text, index, {}, facts.objects);
  // The order of the catalogs changes with every vacuum; the report should not.
  std::sort(facts.objects.begin(), facts.objects.end(),
            [](const core::SchemaObject &a, const core::SchemaObject &b) {
              if (a.schema != b.schema) return a.schema < b.schema;
              return a.type != b.type ? a.type < b.type : a.name < b.name;
            });
  facts.search_paths = read_search_paths(facts.schemas);
  facts.parts_of = [](const core::SchemaObject &object) {
    return read_parts(object.type, object.oid, SnapshotKind::kActive);
  };
  facts.sql_name = [sql_names](const core::SchemaObject &object) {
    return (*sql_names)[object.schema] + "." + quote_name(object.name.c_str());
  };
  return facts;
}

}  // namespace migfix::server
