#include "server/version_table_catalog.hpp"

#include "core/finding.hpp"
#include "server/catalog_sql.hpp"
#include "server/extension.hpp"
#include "server/guard_install.hpp"
#include "server/query.hpp"
#include "server/settings.hpp"
#include "server/sql_array.hpp"

extern "C" {
#include "utils/builtins.h"
#include "utils/lsyscache.h"
}

namespace migfix::server {

namespace {

// The guard's triggers, by table. $1: their names; $2: the extension. A trigger counts only if it executes
// the extension's own function of its name, for every row and event that the guard is for (pg_trigger.tgtype).
constinit Statement guards{
    "SELECT t.tgrelid, count(*),"
    " coalesce(string_agg(t.tgname, ',' ORDER BY t.tgname) FILTER (WHERE t.tgenabled NOT IN ('O', 'A')), '')"
    " FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid AND p.proname = t.tgname"
    " JOIN pg_depend AS m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid"
    "  AND m.refclassid = 'pg_extension'::regclass AND m.refobjid = $2::oid AND m.deptype = 'e'"
    " WHERE t.tgname IN (SELECT unnest($1::name[])) AND NOT t.tgisinternal"
    "  AND t.tgtype = CASE t.tgname WHEN 'migfix_guard_row' THEN 23 WHEN 'migfix_log_truncate' THEN 34 ELSE 29 END"
    "  AND t.tgqual IS NULL AND t.tgnargs = 0 AND t.tgattr::text = ''"
    " GROUP BY t.tgrelid",
    2};

// $1: one relation, or 0; $2: names of version tables; $3: tables with triggers of the guard.
constinit Statement version_tables{
    "SELECT c.oid, n.oid, n.nspname, quote_ident(n.nspname), c.relname,"
    "  quote_ident(n.nspname) || '.' || quote_ident(c.relname), pg_get_userbyid(c.relowner), c.relkind,"
    "  c.relhassubclass, c.relispopulated, a.attnum IS NOT NULL,"
    "  a.atttypid IN ('varchar'::regtype, 'text'::regtype, 'bpchar'::regtype),"
    "  format_type(a.atttypid, a.atttypmod),"
    "  CASE WHEN a.atttypid IN ('varchar'::regtype, 'bpchar'::regtype) AND a.atttypmod >= 4"
    "   THEN a.atttypmod - 4 END,"
    "  EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = c.oid AND i.indisunique AND i.indimmediate"
    "   AND i.indisvalid AND i.indisready AND i.indislive AND i.indpred IS NULL AND i.indnkeyatts = 1"
    "   AND i.indkey[0] = a.attnum),"
    "  coalesce(has_schema_privilege(n.oid, 'USAGE'), true),"
    "  coalesce(has_table_privilege(c.oid, 'SELECT') OR has_column_privilege(c.oid, a.attnum, 'SELECT'),"
    "   has_table_privilege(c.oid, 'SELECT'), true),"
    "  c.relrowsecurity AND row_security_active(c.oid), quote_ident(current_user), current_user"
    " FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
    " LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'version_num' AND a.attnum > 0"
    "  AND NOT a.attisdropped"
    " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND CASE WHEN $1::oid <> 0 THEN c.oid = $1::oid"
    "  ELSE (c.relname IN (SELECT unnest($2::name[])) OR c.oid IN (SELECT unnest($3::oid[]))) "
    "AND" MIGFIX_USER_SCHEMA "AND" MIGFIX_USER_RELATION
    "END"
    " ORDER BY n.nspname, c.relname",
    3};

struct Guard {
  std::int64_t triggers = 0;
  std::vector<std::string> disabled;
};

core::RelationKind kind_of(char relkind) {
  switch (relkind) {
    case 'p':
      return core::RelationKind::kPartitionedTable;
    case 'v':
      return core::RelationKind::kView;
    case 'm':
      return core::RelationKind::kMaterializedView;
    case 'f':
      return core::RelationKind::kForeignTable;
    default:
      return core::RelationKind::kTable;
  }
}

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    parts.emplace_back(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return parts;
}

// Would the caller see the rows by SELECT? What he would not, migfix does not show him.
void judge_access(core::VersionTable &table, bool usage, bool select, bool row_security,
                  const std::string &role, const std::string &role_name) {
  if (!usage) {
    table.not_checked = fmt::format("role {} has no USAGE privilege on schema {}", role, table.schema_name);
    table.not_checked_fix = fmt::format("GRANT USAGE ON SCHEMA {} TO {};", table.schema_name, role_name);
  }
  if (!select) {
    table.not_checked = usage ? fmt::format("role {} has no SELECT privilege on it", role)
                              : table.not_checked + " and no SELECT privilege on the table";
    if (!usage) table.not_checked_fix += '\n';
    table.not_checked_fix += fmt::format("GRANT SELECT ON {} TO {};", table.name, role_name);
  }
  if (usage && select && row_security) {
    table.not_checked = fmt::format("row security hides rows of it from role {}", role);
    table.not_checked_fix =
        core::no_fix("ask as a role that row security does not apply to: the owner, or one with BYPASSRLS");
  }
}

CatalogTable table_from(const RowView &row, const std::unordered_map<Oid, Guard> &guarded) {
  CatalogTable table;
  table.oid = static_cast<Oid>(row.integer(0));
  table.schema = static_cast<Oid>(row.integer(1));
  table.has_children = row.flag(8);
  table.populated = row.flag(9);
  core::VersionTable &facts = table.facts;
  facts.schema = row.string(2);
  facts.schema_name = row.string(3);
  facts.table = row.string(4);
  facts.name = row.string(5);
  facts.owner = row.string(6);
  facts.kind = kind_of(row.text(7)[0]);
  facts.has_column = row.flag(10);
  facts.is_text = row.flag(11);
  facts.column_type = row.string(12);
  if (!row.null(13)) facts.column_width = static_cast<int>(row.integer(13));
  facts.has_key = row.flag(14);
  const auto guard = guarded.find(table.oid);
  if (guard == guarded.end() ||
      guard->second.triggers < static_cast<std::int64_t>(std::size(kGuardTriggers))) {
    facts.guard = core::GuardState::kMissing;
  } else if (!guard->second.disabled.empty()) {
    facts.guard = core::GuardState::kDisabled;
    facts.disabled_triggers = guard->second.disabled;
  }
  judge_access(facts, row.flag(15), row.flag(16), row.flag(17), row.string(19), row.string(18));
  return table;
}

[[noreturn]] void refuse(Oid relation) {
  const char *name = call([&] { return get_rel_name(relation); });
  if (name == nullptr)
    throw core::Error(core::kUndefinedTable, fmt::format("relation with OID {} does not exist", relation));
  throw core::Error(core::kWrongObjectType, fmt::format("\"{}\" is not a table", name),
                    "It has no rows that could be versions.",
                    "Name the version table: 'public.alembic_version'.");
}

}  // namespace

std::vector<CatalogTable> read_version_table_catalog(Oid only) {
  const std::vector<std::string> triggers(std::begin(kGuardTriggers), std::end(kGuardTriggers));
  std::unordered_map<Oid, Guard> guarded;
  std::vector<Oid> guarded_oids;
  run(guards, {sql_array(triggers), std::to_string(extension_oid())}, SnapshotKind::kActive,
      [&](const RowView &row) {
        guarded_oids.push_back(static_cast<Oid>(row.integer(0)));
        guarded[guarded_oids.back()] = {row.integer(1), split(row.text(2))};
      });
  std::vector<CatalogTable> tables;
  run(version_tables, {std::to_string(only), sql_array(version_table_names()), sql_array(guarded_oids)},
      SnapshotKind::kActive, [&](const RowView &row) { tables.push_back(table_from(row, guarded)); });
  if (OidIsValid(only) && tables.empty()) refuse(only);
  return tables;
}

std::vector<Oid> oids_of(const std::vector<CatalogTable> &tables) {
  std::vector<Oid> oids;
  for (const CatalogTable &table : tables) oids.push_back(table.oid);
  return oids;
}

}  // namespace migfix::server
