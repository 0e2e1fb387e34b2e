#include "core/unknown_revision.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/nearest.hpp"
#include "core/remedy.hpp"
#include "core/sql_text.hpp"
#include "core/utf8.hpp"
#include "core/version_history.hpp"

namespace migfix::core {

namespace {

std::string shown(std::string_view text) {
  return in_quotes(clipped(text));
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char &c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

// The one known id that differs only in case.
std::optional<Node> same_but_for_case(const RevisionGraph &graph, const std::string &text) {
  const std::string wanted = lower(text);
  std::optional<Node> found;
  for (const auto &name : graph.names()) {
    if (name.is_label || name.text.size() != wanted.size() || lower(name.text) != wanted) continue;
    if (found) return std::nullopt;
    found = name.node;
  }
  return found;
}

// Was it there once, as far as other revisions still name it?
std::string gone_sentence(const Environment &environment, const std::string &text) {
  for (const GraphProblem &problem : environment.graph.problems()) {
    const bool missing =
        problem.kind == ProblemKind::kMissingParent || problem.kind == ProblemKind::kMissingDependency;
    const auto node = missing ? environment.graph.find(problem.revision) : std::nullopt;
    if (!node) continue;
    const Revision &revision = environment.graph.revision(*node);
    for (const auto *names : {&revision.down_revision, &revision.depends_on})
      if (std::find(names->begin(), names->end(), text) != names->end())
        return fmt::format(
            " Revision {} names it as what it stands on, but it was not among what was loaded.",
            shown(revision.revision));
  }
  for (Node node = 0; node < environment.origins.size() && node < environment.graph.size(); ++node) {
    const auto &former = environment.origins[node].former_parents;
    if (std::find(former.begin(), former.end(), text) != former.end())
      return fmt::format(
          " It was there once: revision {} stood on it before the revisions were loaded again.",
          shown(environment.graph.id(node)));
  }
  return {};
}

// Back to a known version, where a person has written the row and nothing moved since: no migration ran with
// it.
std::string undo_by_hand(const Facts &facts, const RevisionGraph &graph, const VersionTable &table,
                         const std::string &text) {
  const LogEntry *last = last_change(table.log);
  if (last == nullptr || last->operation != Operation::kUpdate || last->new_version != text) return {};
  if (!last->old_version || !graph.find(*last->old_version) || is_sent_by_alembic(*last)) return {};
  return undo_call(facts.installation, last->log_id);
}

std::string words_for(const Facts &facts, const Environment &environment, const VersionTable &table,
                      const std::string &text, const std::vector<std::string> &near) {
  const std::string functions = call_name(facts.installation, "");
  std::string words = fmt::format("if the project has {}, load its revision files again:\n{}", shown(text),
                                  load_scripts_lines(functions, environment.name));
  words += fmt::format(
      "\nif the table belongs to another project, give it an environment of its own:\nSELECT "
      "{}migfix_bind({}, '<its name>');",
      functions, quote_literal(table.name));
  words += fmt::format(
      "\nif newer code recorded it, run that code: deploy it, or go back with it (alembic downgrade) first");
  const LogEntry *last = last_change(table.log);
  if (last != nullptr && last->new_version == text)
    words += fmt::format("\nif it was recorded by mistake and nothing was migrated with it:\n{}",
                         undo_call(facts.installation, last->log_id));
  words += fmt::format(
      "\nif its file is gone for good, find the revision that the schema is at, and record it:\n{}",
      stamp_call(facts.installation, {near.size() == 1 ? near.front() : "<its id>"}, true, table.name));
  return words;
}

}  // namespace

bool recorded_after_load(const Environment &environment, const VersionTable &table,
                         const std::string &version) {
  const LogEntry *entry = recorded_by(table.log, version);
  if (entry == nullptr || environment.origins.empty()) return false;
  return std::all_of(
      environment.origins.begin(), environment.origins.end(),
      [&](const RevisionOrigin &origin) { return entry->log_id > std::max(origin.added, origin.linked); });
}

std::optional<Finding> judge_unknown(const Facts &facts, const Environment &environment,
                                     const VersionTable &table, const RowsJudgement &judgement) {
  std::vector<std::string> texts;
  for (const RowReading &row : judgement.rows)
    if (row.kind == RowKind::kUnknown && std::find(texts.begin(), texts.end(), row.text) == texts.end())
      texts.push_back(row.text);
  if (texts.empty()) return std::nullopt;
  const RevisionGraph &graph = environment.graph;
  const std::string &first = texts.front();
  const bool newer = std::all_of(texts.begin(), texts.end(), [&](const std::string &text) {
    return recorded_after_load(environment, table, text);
  });
  const std::vector<std::string> near = nearest_names(graph, first, false);

  Finding finding{"MF103", newer ? Severity::kWarning : Severity::kError, table.name, "", "", "", ""};
  std::vector<std::string> quoted;
  for (const std::string &text : texts) quoted.push_back(shown(text));
  finding.message = fmt::format("{} records {}, which {} in environment {}", table.name, list_of(quoted),
                                texts.size() == 1 ? "is no revision" : "are no revisions", environment.name);
  finding.detail = fmt::format(
      "Every alembic command, current included, stops with \"Can't locate revision identified by '{}'\", "
      "unless "
      "its files have more than the {} loaded here.",
      clipped(first), count_of(graph.size(), "revision"));
  for (std::size_t i = 0; i < texts.size() && i < 3; ++i)
    finding.detail += recorded_sentence(table.log, texts[i]);
  if (newer) finding.detail += " That was after the revisions were loaded last, so it may be a newer one.";
  finding.detail += gone_sentence(environment, first);
  if (!near.empty()) finding.detail += " " + did_you_mean(near);

  if (texts.size() == 1) {
    if (const auto meant = same_but_for_case(graph, first)) {
      std::vector<Node> rows = recorded(judgement);
      rows.push_back(*meant);
      finding.fix = stamp_call(facts.installation, graph.ids(graph.maximal(rows)), true, table.name);
    } else {
      finding.fix = undo_by_hand(facts, graph, table, first);
    }
  }
  if (finding.fix.empty()) finding.fix = no_fix(words_for(facts, environment, table, first, near));
  return finding;
}

}  // namespace migfix::core
