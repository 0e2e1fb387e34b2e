#include "server/load_answer.hpp"

#include "core/sql_text.hpp"
#include "server/environment_cache.hpp"
#include "server/extension.hpp"

namespace migfix::server {

namespace {

constexpr std::size_t kMostAbsent = 20;

Value text_or_null(const std::string &text) { return text.empty() ? Value() : Value(text); }

Value line_or_null(std::uint32_t line) { return line == 0 ? Value() : Value(std::to_string(line)); }

}  // namespace

void LoadAnswer::add_revision(const std::string &file, const StoredRevision &stored, const LoadedRevision &loaded,
                              std::uint32_t line) {
  const auto opaque = std::count_if(stored.statements.begin(), stored.statements.end(),
                                    [](const StoredStatement &statement) { return !statement.opaque.empty(); });
  const auto readable = static_cast<std::int64_t>(stored.statements.size()) - opaque;
  rows_.add({text_or_null(file), stored.revision.revision, state_name(loaded.state), line_or_null(line),
             std::to_string(readable), std::to_string(opaque), text_or_null(loaded.detail)});
}

void LoadAnswer::add_problem(const std::string &file, const std::string &revision, const std::string &state,
                             std::uint32_t line, const std::string &reason) {
  rows_.add({text_or_null(file), text_or_null(revision), state, line_or_null(line), Value(), Value(),
             text_or_null(reason)});
}

void LoadAnswer::add_absent(const std::string &environment, const std::vector<StoredRevision> &loaded) {
  const auto known = environment_named(environment);
  if (!known || loaded.size() * 2 <= known->graph.size() || loaded.size() >= known->graph.size()) return;
  std::set<std::string_view> ids;
  for (const StoredRevision &stored : loaded) ids.insert(stored.revision.revision);
  std::size_t absent = 0;
  for (core::Node node = 0; node < known->graph.size(); ++node) {
    const std::string &id = known->graph.id(node);
    if (ids.contains(id) || ++absent > kMostAbsent) continue;
    add_problem({}, id, "absent", 0,
                fmt::format("known from an earlier load, not in this one; if its file is gone for good: SELECT "
                            "{}migfix_forget({}, environment => {});",
                            functions_prefix(), core::quote_literal(id), core::quote_literal(environment)));
  }
  if (absent > kMostAbsent)
    add_problem({}, {}, "absent", 0, fmt::format("and {} more", absent - kMostAbsent));
}

void LoadAnswer::add_graph_problems(const std::string &environment) {
  const auto known = environment_named(environment);
  if (!known) return;
  for (const core::GraphProblem &problem : known->graph.problems()) {
    const std::string reason = problem.detail.empty() ? problem.message : problem.message + ". " + problem.detail;
    add_problem({}, problem.revision, core::problem_name(problem.kind), 0, reason);
  }
}

std::string environment_argument(FunctionCallInfo fcinfo, int index) {
  const auto environment = text_argument(fcinfo, index);
  if (!environment) throw core::Error(core::kNullValueNotAllowed, "environment must not be NULL", {}, "It is default unless named.");
  if (environment->empty())
    throw core::Error(core::kInvalidParameterValue, "environment must not be empty", {}, "It is default unless named.");
  if (const auto why = why_not_kept(*environment))
    throw core::Error(core::kInvalidParameterValue, "the name of the environment " + *why);
  return *environment;
}

}  // namespace migfix::server
