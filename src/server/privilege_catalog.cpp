#include "server/privilege_catalog.hpp"

#include "server/catalog_sql.hpp"
#include "server/query.hpp"
#include "server/sql_array.hpp"

extern "C" {
#include "miscadmin.h"
}

namespace migfix::server {

namespace {

// Alembic writes whole rows of the one column, so a privilege on the column is as good, but for DELETE.
constinit Statement missing_privileges{
    "SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname), quote_ident(n.nspname),"
    " NOT has_schema_privilege($1::oid, n.oid, 'USAGE') AS usage,"
    " NOT has_schema_privilege($1::oid, n.oid, 'CREATE') AS create,"
    " concat_ws(',',"
    "  CASE WHEN NOT (has_table_privilege($1::oid, c.oid, 'SELECT')"
    "   OR coalesce(has_column_privilege($1::oid, c.oid, a.attnum, 'SELECT'), false)) THEN 'SELECT' END,"
    "  CASE WHEN NOT (has_table_privilege($1::oid, c.oid, 'INSERT')"
    "   OR coalesce(has_column_privilege($1::oid, c.oid, a.attnum, 'INSERT'), false)) THEN 'INSERT' END,"
    "  CASE WHEN NOT (has_table_privilege($1::oid, c.oid, 'UPDATE')"
    "   OR coalesce(has_column_privilege($1::oid, c.oid, a.attnum, 'UPDATE'), false)) THEN 'UPDATE' END,"
    "  CASE WHEN NOT has_table_privilege($1::oid, c.oid, 'DELETE') THEN 'DELETE' END)"
    " FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
    " LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'version_num' AND a.attnum > 0"
    "  AND NOT a.attisdropped"
    " WHERE c.oid IN (SELECT unnest($2::oid[])) ORDER BY n.nspname, c.relname",
    2};

// $2: the schemas; $3: relations that no migration alters, the version tables. A sequence of a column goes
// with its table. IS TRUE keeps the planner from joining by an index that begins with the name: it would be
// read through for each schema.
constinit Statement foreign_owners{
    "WITH owner AS MATERIALIZED ("
    " SELECT r.oid, r.rolname, r.rolsuper FROM pg_roles AS r WHERE NOT pg_has_role($1::oid, r.oid, 'USAGE')"
    "), object AS ("
    " SELECT c.relnamespace AS schema, c.relowner AS owner, CASE c.relkind WHEN 'v' THEN 'VIEW'"
    "  WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' "
    "END"
    "  AS kind, c.relname AS name FROM pg_class AS c"
    " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND (c.relnamespace IN (SELECT unnest($2::oid[]))) "
    "IS TRUE"
    "  AND c.oid NOT IN (SELECT unnest($3::oid[])) AND NOT (c.relkind = 'S' AND EXISTS (SELECT FROM "
    "pg_depend AS s"
    "   WHERE s.classid = 'pg_class'::regclass AND s.objid = c.oid AND s.refclassid = 'pg_class'::regclass"
    "   AND s.refobjsubid > 0 AND s.deptype IN ('a', 'i'))) AND" MIGFIX_USER_RELATION
    " UNION ALL"
    " SELECT t.typnamespace, t.typowner, CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, t.typname"
    " FROM pg_type AS t WHERE (t.typnamespace IN (SELECT unnest($2::oid[]))) IS TRUE AND (t.typtype IN ('e', "
    "'d', 'r')"
    "  OR t.typtype = 'c' AND EXISTS (SELECT FROM pg_class AS k WHERE k.oid = t.typrelid AND k.relkind = "
    "'c'))"
    "  AND" MIGFIX_USER_TYPE
    "), listed AS ("
    " SELECT o.schema, w.rolname, w.rolsuper, o.kind, o.name,"
    "  row_number() OVER (PARTITION BY o.schema, o.owner ORDER BY o.kind, o.name) AS place,"
    "  count(*) OVER (PARTITION BY o.schema, o.owner) AS total"
    " FROM object AS o JOIN owner AS w ON w.oid = o.owner)"
    // The cast to regnamespace quotes the name, and is no join.
    " SELECT schema::regnamespace::text, rolname, quote_ident(rolname), rolsuper, total,"
    "  kind || ' ' || schema::regnamespace::text || '.' || quote_ident(name)"
    " FROM listed WHERE place <= 20 ORDER BY 1, 2, place",
    3};

std::vector<std::string> split_words(std::string_view list) {
  std::vector<std::string> words;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    words.emplace_back(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return words;
}

}  // namespace

core::Privileges read_privileges(Oid role, const std::vector<CatalogTable> &tables) {
  core::Privileges privileges;
  const char *name = call([&] { return GetUserNameFromId(role, false); });
  privileges.role = name;
  privileges.role_name = quote_name(name);
  if (tables.empty() || call([&] { return superuser_arg(role); })) return privileges;

  const std::string role_text = std::to_string(role);
  const std::string oids = sql_array(oids_of(tables));
  run(missing_privileges, {role_text, oids}, SnapshotKind::kActive, [&](const RowView &row) {
    core::MissingPrivileges missing{row.string(0), row.string(1), row.flag(2), row.flag(3),
                                    split_words(row.text(4))};
    if (missing.schema_usage || missing.schema_create || !missing.on_version_table.empty())
      privileges.missing.push_back(std::move(missing));
  });

  std::vector<Oid> schemas;
  for (const CatalogTable &table : tables) schemas.push_back(table.schema);
  auto &owners = privileges.foreign_owners;
  run(foreign_owners, {role_text, sql_array(schemas), oids}, SnapshotKind::kActive, [&](const RowView &row) {
    if (owners.empty() || owners.back().schema_name != row.text(0) || owners.back().owner != row.text(1)) {
      owners.push_back({row.string(0),
                        row.string(1),
                        row.string(2),
                        row.flag(3),
                        {},
                        static_cast<std::size_t>(row.integer(4))});
    }
    owners.back().objects.push_back(row.string(5));
  });
  return privileges;
}

}  // namespace migfix::server
