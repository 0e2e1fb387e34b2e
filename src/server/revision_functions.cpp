// migfix_register, migfix_forget, migfix_bind: revisions and their environment by hand.
#include "core/sql_text.hpp"
#include "core/version_id.hpp"
#include "server/environment_cache.hpp"
#include "server/facts_reader.hpp"
#include "server/load_answer.hpp"
#include "server/version_log.hpp"
#include "server/version_relation.hpp"

extern "C" {
#include "utils/builtins.h"
}

namespace migfix::server {

namespace {

std::vector<std::string> ids_argument(FunctionCallInfo fcinfo, int index, const char *what) {
  std::vector<std::string> ids;
  for (const Value &id : texts_argument(fcinfo, index)) {
    if (!id) throw core::Error(core::kNullValueNotAllowed, fmt::format("{} must not hold NULL", what));
    if (id->empty()) throw core::Error(core::kInvalidParameterValue, fmt::format("{} must not hold an empty text", what));
    ids.push_back(*id);
  }
  return ids;
}

std::string revision_argument(FunctionCallInfo fcinfo, int index) {
  const auto revision = text_argument(fcinfo, index);
  if (!revision) throw core::Error(core::kNullValueNotAllowed, "revision must not be NULL");
  return *revision;
}

// Version tables that record it now, as far as the caller may read them, or did so once by the log.
std::vector<std::string> tables_that_need(const std::string &revision) {
  static constinit Statement statement{
      "SELECT DISTINCT version_table FROM migfix.version_log WHERE $1 IN (old_version, new_version) ORDER BY 1", 1};
  std::set<std::string> tables;
  for (const CatalogTable &table : read_version_tables(InvalidOid).tables) {
    const auto &rows = table.facts.rows;
    if (std::find(rows.begin(), rows.end(), std::optional(revision)) != rows.end()) tables.insert(table.facts.name);
  }
  RightsOf owner(log_owner());
  run(statement, {revision}, SnapshotKind::kLatest, [&](const RowView &row) { tables.insert(row.string(0)); });
  return {tables.begin(), tables.end()};
}

void require_forgettable(const core::Environment &environment, core::Node node) {
  const core::RevisionGraph &graph = environment.graph;
  std::vector<std::string> reasons;
  std::vector<std::string> children;
  for (const core::Node child : graph.children(node, core::Relation::kAll))
    children.push_back(core::in_quotes(graph.id(child)));
  if (!children.empty())
    reasons.push_back(fmt::format("{} {} it", core::list_of(children), children.size() == 1 ? "follows" : "follow"));
  const auto tables = tables_that_need(graph.id(node));
  if (!tables.empty()) reasons.push_back(fmt::format("it is or was recorded in {}", core::list_of(tables)));
  if (reasons.empty()) return;
  throw core::Error(core::kObjectNotInPrerequisiteState,
                    fmt::format("revision {} is still needed", core::in_quotes(graph.id(node))),
                    core::as_sentence(core::list_of(reasons)), "force => true forgets it all the same.");
}

}  // namespace

MIGFIX_FUNCTION(migfix_register) {
  require_writable("migfix_register()");
  StoredRevision stored;
  core::Revision &revision = stored.revision;
  revision.revision = revision_argument(fcinfo, 0);
  if (const auto why = core::why_never_a_revision(revision.revision)) {
    throw core::Error(core::kInvalidParameterValue,
                      fmt::format("{} is not the id of a revision", core::in_quotes(revision.revision)),
                      core::as_sentence(*why));
  }
  revision.down_revision = ids_argument(fcinfo, 1, "down_revision");
  revision.depends_on = ids_argument(fcinfo, 2, "depends_on");
  revision.branch_labels = ids_argument(fcinfo, 3, "branch_labels");
  revision.message = text_argument(fcinfo, 4).value_or("");
  const std::string environment = environment_argument(fcinfo, 5);
  const LoadedRevision loaded = store_revisions(environment, RevisionSource::kRegistered, {stored}).front();

  LoadAnswer answer(fcinfo);
  answer.add_revision({}, stored, loaded, 0);
  answer.add_graph_problems(environment);
  return static_cast<Datum>(0);
}

MIGFIX_FUNCTION(migfix_forget) {
  require_writable("migfix_forget()");
  const std::string revision = revision_argument(fcinfo, 0);
  const std::string environment = environment_argument(fcinfo, 1);
  const auto known = environment_named(environment);
  const auto node = known ? known->graph.find(revision) : std::nullopt;
  if (node && !flag_argument(fcinfo, 2)) require_forgettable(*known, *node);
  PG_RETURN_BOOL(remove_revision(environment, revision));
}

MIGFIX_FUNCTION(migfix_bind) {
  static constinit Statement unbind{"DELETE FROM migfix.version_table_environment WHERE version_table = $1", 1};
  static constinit Statement bind{
      "INSERT INTO migfix.version_table_environment (version_table, environment) VALUES ($1, $2)"
      " ON CONFLICT (version_table) DO UPDATE SET environment = EXCLUDED.environment",
      2};
  require_writable("migfix_bind()");
  const Oid table = oid_argument(fcinfo, 0);
  if (!OidIsValid(table)) throw core::Error(core::kNullValueNotAllowed, "version_table must not be NULL");
  require_version_table(table);
  const std::string name = relation_name(table);
  const bool unbound = PG_ARGISNULL(1);
  const std::string environment = unbound ? std::string() : environment_argument(fcinfo, 1);
  if (!unbound && !environment_named(environment))
    report(NOTICE, fmt::format("environment {} has no revisions yet", core::in_quotes(environment)));
  RightsOf owner(log_owner());
  if (unbound)
    run(unbind, {name}, SnapshotKind::kNew);
  else
    run(bind, {name, environment}, SnapshotKind::kNew);
  PG_RETURN_VOID();
}

}  // namespace migfix::server
