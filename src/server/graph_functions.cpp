// migfix_heads, migfix_history, migfix_graph: walking the loaded revisions.
#include "core/antichain.hpp"
#include "core/graph_drawing.hpp"
#include "core/history.hpp"
#include "core/sql_text.hpp"
#include "server/environment_cache.hpp"
#include "server/extension.hpp"
#include "server/facts_reader.hpp"
#include "server/load_answer.hpp"
#include "server/sql_array.hpp"

namespace migfix::server {

namespace {

core::EnvironmentPtr known_environment(const std::string &name) {
  if (auto environment = environment_named(name)) return environment;
  const std::vector<std::string> others = environment_names();
  throw core::Error(core::kUndefinedObject, fmt::format("environment {} has no revisions", core::in_quotes(name)),
                    others.empty() ? std::string() : fmt::format("There are revisions of {}.", core::list_of(others)),
                    fmt::format("{0}migfix_load_scripts and {0}migfix_load_sql load them.", functions_prefix()));
}

Value message_or_null(const std::string &message) { return message.empty() ? Value() : Value(message); }

Value boolean(bool flag) { return flag ? "t" : "f"; }

// Where the version tables of the environment stand, as far as the caller may read them.
std::vector<core::StandingTable> standing_tables(const core::Environment &environment) {
  std::vector<core::StandingTable> standing;
  for (const CatalogTable &table : read_version_tables(InvalidOid).tables) {
    if (table.facts.environment == nullptr || table.facts.environment->name != environment.name) continue;
    std::vector<core::Node> nodes = core::recorded(core::judge_rows(environment.graph, table.facts.rows));
    if (!nodes.empty()) standing.push_back({table.facts.name, std::move(nodes)});
  }
  return standing;
}

std::vector<core::Node> recorded_nodes(const core::Environment &environment,
                                       const std::vector<core::StandingTable> &standing) {
  core::NodeSet nodes(environment.graph.size());
  for (const core::StandingTable &table : standing) {
    for (const core::Node node : table.nodes) nodes.insert(node);
  }
  return nodes.nodes();
}

std::vector<std::string> drawn(const std::string &format, const core::Environment &environment) {
  const auto draw = format == "text"      ? core::draw_text
                    : format == "dot"     ? core::draw_dot
                    : format == "mermaid" ? core::draw_mermaid
                                          : nullptr;
  if (draw == nullptr) {
    throw core::Error(core::kInvalidParameterValue, fmt::format("unrecognized format {}", core::in_quotes(format)), {},
                      "Valid formats are text, dot and mermaid.");
  }
  return draw(environment.graph, standing_tables(environment));
}

}  // namespace

MIGFIX_FUNCTION(migfix_heads) {
  const auto name = text_argument(fcinfo, 0);
  std::vector<core::EnvironmentPtr> asked;
  if (name) {
    asked.push_back(known_environment(*name));
  } else {
    for (const std::string &each : environment_names()) asked.push_back(environment_named(each));
  }
  ResultRows rows(fcinfo);
  for (const core::EnvironmentPtr &environment : asked) {
    for (const core::Node node : environment->graph.heads()) {
      const core::Revision &revision = environment->graph.revision(node);
      rows.add({environment->name, revision.revision, sql_array(revision.branch_labels),
                message_or_null(revision.message), boolean(environment->graph.is_real_head(node))});
    }
  }
  return static_cast<Datum>(0);
}

MIGFIX_FUNCTION(migfix_history) {
  const std::string range = text_argument(fcinfo, 0).value_or("");
  const auto environment = known_environment(environment_argument(fcinfo, 1));
  const core::RevisionGraph &graph = environment->graph;
  const std::vector<core::Node> recorded = recorded_nodes(*environment, standing_tables(*environment));
  const std::vector<core::Node> walked = core::history(graph, recorded, range);
  core::NodeSet current(graph.size());
  for (const core::Node node : recorded) current.insert(node);
  ResultRows rows(fcinfo);
  for (const core::Node node : walked) {
    const core::Revision &revision = graph.revision(node);
    rows.add({environment->name, revision.revision, sql_array(revision.down_revision), sql_array(revision.depends_on),
              sql_array(revision.branch_labels), message_or_null(revision.message), boolean(graph.is_head(node)),
              boolean(graph.is_branch_point(node)), boolean(graph.is_merge_point(node)),
              boolean(current.contains(node))});
  }
  return static_cast<Datum>(0);
}

MIGFIX_FUNCTION(migfix_graph) {
  const auto format = text_argument(fcinfo, 0);
  if (!format) throw core::Error(core::kNullValueNotAllowed, "format must not be NULL");
  const auto environment = known_environment(environment_argument(fcinfo, 1));
  const std::vector<std::string> lines = drawn(*format, *environment);
  ResultRows rows(fcinfo);
  for (const std::string &line : lines) rows.add({line});
  return static_cast<Datum>(0);
}

}  // namespace migfix::server
