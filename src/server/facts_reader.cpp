#include "server/facts_reader.hpp"

#include "core/finding.hpp"
#include "server/catalog_sql.hpp"
#include "server/ddl_log.hpp"
#include "server/environment_cache.hpp"
#include "server/installation_catalog.hpp"
#include "server/leftover_catalog.hpp"
#include "server/log_catalog.hpp"
#include "server/privilege_catalog.hpp"
#include "server/query.hpp"
#include "server/schema_catalog.hpp"
#include "server/standings_reader.hpp"
#include "server/subtransaction.hpp"
#include "server/version_rows.hpp"

namespace migfix::server {

VersionTables read_version_tables(Oid only) {
  VersionTables answer;
  answer.tables = read_version_table_catalog(only);
  read_rows(answer.tables);
  for (CatalogTable &table : answer.tables) {
    table.facts.environment = environment_of(table.facts.name, table.facts.rows);
  }
  if (lock_log(answer.not_checked)) {
    mark_taken_off(answer.tables);
    answer.drops = read_log(answer.tables, answer.not_checked);
  }
  // Whether the guard was taken off everybody may know; who did it stands in the log.
  if (!answer.not_checked.empty()) {
    for (CatalogTable &table : answer.tables) table.facts.taken_off.reset();
  }
  return answer;
}

core::Facts read_facts(Oid version_table, Oid role) {
  static constinit Statement here_and_now{
      "SELECT current_database(), to_char(statement_timestamp(), " MIGFIX_TIME_FORMAT ")", 0};
  VersionTables versions = read_version_tables(version_table);

  core::Facts facts;
  run(here_and_now, {}, SnapshotKind::kActive, [&](const RowView &row) {
    facts.database = row.string(0);
    facts.checked_at = row.string(1);
  });
  facts.whole_database = !OidIsValid(version_table);
  const Oid schema =
      OidIsValid(version_table) && !versions.tables.empty() ? versions.tables[0].schema : InvalidOid;
  const std::vector<Oid> oids = oids_of(versions.tables);
  facts.schema = read_schema_catalog(schema, oids);
  facts.leftovers = read_leftovers(schema, oids);
  facts.privileges = read_privileges(role, versions.tables);
  facts.role = facts.privileges.role;
  facts.installation = read_installation();
  facts.installation.not_checked = std::move(versions.not_checked);
  if (facts.whole_database) facts.dropped = std::move(versions.drops);
  if (!attempt("comparing the schema with the revisions",
               [&] { facts.standings = read_standings(versions.tables, facts.installation.not_checked); }))
    facts.installation.not_checked.push_back({"the schema against the revisions",
                                              "the WARNING above says why",
                                              {},
                                              core::no_fix("please report it")});
  for (CatalogTable &table : versions.tables) facts.version_tables.push_back(std::move(table.facts));
  facts.ddl = ddl_memory();
  return facts;
}

}  // namespace migfix::server
