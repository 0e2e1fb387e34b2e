#include "server/schema_state.hpp"

#include "core/antichain.hpp"
#include "core/identifier.hpp"
#include "core/remedy.hpp"
#include "core/sql_text.hpp"
#include "core/unknown_revision.hpp"
#include "core/version_history.hpp"
#include "server/environment_cache.hpp"
#include "server/extension.hpp"
#include "server/facts_reader.hpp"
#include "server/latest_snapshot.hpp"
#include "server/named_version_table.hpp"
#include "server/revision_effects.hpp"
#include "server/rights.hpp"
#include "server/row_changes.hpp"
#include "server/schema_reader.hpp"
#include "server/version_log.hpp"

extern "C" {
#include "catalog/namespace.h"
}

namespace migfix::server {

namespace {

std::string hint_to_load(const std::string &environment) {
  return fmt::format("In psql:\n{}", core::load_scripts_lines(functions_prefix(), environment));
}

// False where no statements are loaded.
bool read_model(SchemaState &state) {
  state.statements = read_effects(*state.environment, state.table.schema);
  if (says_nothing(state.statements)) return false;
  if (!may_know_statements())
    throw core::Error(core::kInsufficientPrivilege,
                      fmt::format("permission denied for what the revisions of environment {} do",
                                  core::in_quotes(state.environment->name)),
                      "The role may neither read migfix.revision_statement nor load revisions.",
                      fmt::format("{} lets it.", grant_to_know_statements()));
  state.forms = std::make_unique<ServerForms>(state.table.schema);
  state.histories = std::make_unique<core::SchemaHistories>(state.graph(), state.statements, *state.forms);
  const char *schema = state.table.schema.c_str();
  const Oid own = call([&] { return get_namespace_oid(schema, true); });
  std::unordered_set<Oid> leave_out;
  if (OidIsValid(state.relation)) leave_out.insert(state.relation);
  if (OidIsValid(own)) state.real = read_schema(own, other_schemas(state.histories->all()), leave_out);
  return true;
}

}  // namespace

std::vector<std::string> other_schemas(const core::SchemaHistory &history) {
  std::set<std::string> names;
  for (const auto &[id, chain] : history.chains()) {
    if (!id.schema.empty()) names.insert(id.schema);
    if (id.kind == core::ObjectKind::kSchema) names.insert(id.name);
  }
  return {names.begin(), names.end()};
}

bool says_nothing(const core::StatementsOf &statements) {
  return std::all_of(statements.begin(), statements.end(), [](const auto &of_revision) {
    return of_revision.size() == 1 && of_revision.front().text.empty();
  });
}

void remember(core::VersionTable &table) {
  static constinit Statement statement{
      "SELECT " MIGFIX_LOG_ENTRY
      " FROM migfix.version_log WHERE version_table = $1 ORDER BY log_id DESC LIMIT 300",
      1};
  {
    const RightsOf rights(log_owner());
    run(statement, {table.name}, SnapshotKind::kLatest,
        [&](const RowView &row) { table.log.push_back(entry_from(row)); });
  }
  std::reverse(table.log.begin(), table.log.end());
  table.log_is_whole = table.log.size() < 300;
}

core::NodeSet SchemaState::recorded() const {
  return graph().ancestors(core::recorded(core::judge_rows(graph(), table.rows)), core::Relation::kAll);
}

SchemaState read_schema_state(const std::optional<std::string> &version_table) {
  const LatestSnapshot snapshot;
  const NamedVersionTable named = named_version_table(version_table);
  SchemaState state;
  state.relation = named.relation;
  if (OidIsValid(named.relation)) {
    VersionTables read = read_version_tables(named.relation);
    state.table = std::move(read.tables.at(0).facts);
    if (!state.table.not_checked.empty())
      throw core::Error(
          "42501", fmt::format("the rows of {} could not be read: {}", named.name, state.table.not_checked));
  } else {
    state.table.name = named.name;
    state.table.schema = named.schema;
    state.table.table = named.table;
    state.table.environment = environment_of(named.name, {});
    remember(state.table);
  }
  state.environment = state.table.environment;
  if (state.environment == nullptr)
    throw core::Error("55000", fmt::format("no revisions are loaded for {}", named.name), {},
                      hint_to_load("default"));
  if (!read_model(state))
    throw core::Error(
        "55000", fmt::format("the statements of the revisions of {} are not loaded", named.name),
        fmt::format("Environment {} has the graph alone.", core::in_quotes(state.environment->name)),
        hint_to_load(state.environment->name));
  return state;
}

void require_migrator(const SchemaState &state) {
  if (OidIsValid(state.relation)) return require_row_privileges(state.relation, GetUserId());
  require_create_privilege(state.table.schema, state.table.name);
}

std::vector<core::Node> target_heads(const SchemaState &state, const std::string &identifier) {
  const std::vector<core::Node> rows = core::recorded(core::judge_rows(state.graph(), state.table.rows));
  return core::resolve_destination(state.graph(), rows, identifier).revisions;
}

core::PlanRequest plan_request(core::SchemaHistories &histories, const core::SchemaModel &real,
                               const core::Environment &environment, const core::VersionTable &table,
                               bool exists) {
  core::PlanRequest request{histories, real, {}, table.rows, {}, {}, {}, {}, {}, {}, {}, {}, {}};
  const core::RevisionGraph &graph = environment.graph;
  request.unknown_rows_are_gone = std::none_of(table.rows.begin(), table.rows.end(), [&](const auto &row) {
    return row && !graph.find(*row) && core::recorded_after_load(environment, table, *row);
  });
  request.has_key = !exists || table.has_key;
  request.key_name = table.table + "_pkc";
  request.logged = core::NodeSet(graph.size());
  for (const core::LogEntry &entry : table.log)
    for (const auto *version : {&entry.old_version, &entry.new_version})
      if (const auto node = *version ? graph.find(**version) : std::nullopt) request.logged.insert(*node);
  request.left_recorded = core::NodeSet(graph.size());
  for (const std::string &version : core::left_recorded(table.log))
    if (const auto node = graph.find(version)) request.left_recorded.insert(*node);
  request.log_is_whole = table.log_is_whole && !table.log.empty();
  request.own_schema = table.schema;
  request.version_table = table.name;
  request.functions = functions_prefix();
  return request;
}

core::Plan plan_for(SchemaState &state, const std::optional<std::string> &target) {
  core::PlanRequest request =
      plan_request(*state.histories, state.real, *state.environment, state.table, OidIsValid(state.relation));
  if (target) request.target = target_heads(state, *target);
  return core::make_plan(request);
}

}  // namespace migfix::server
