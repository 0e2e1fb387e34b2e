#include "core/lineage_findings.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/lineage.hpp"
#include "core/remedy.hpp"
#include "core/sql_text.hpp"
#include "core/version_history.hpp"

namespace migfix::core {

namespace {

std::vector<std::string> in_quotes_all(const std::vector<std::string> &items) {
  std::vector<std::string> quoted;
  for (const std::string &item : items) quoted.push_back(in_quotes(item));
  return quoted;
}

}  // namespace

std::vector<Finding> judge_several_by_log(const Facts &facts, const VersionTable &table,
                                          const std::vector<std::string> &versions) {
  if (versions.size() < 2) return {};
  const Lineage lineage(table.log);
  const std::vector<std::string> kept = lineage.maximal(versions);
  if (kept.size() == versions.size()) {
    return {
        {"MF105", Severity::kNotice, table.name, "",
         fmt::format("{} records {}: {}", table.name, count_of(versions.size(), "version"),
                     list_of(in_quotes_all(versions))),
         "That is right only if they are on separate branches. Compare `alembic current --verbose` with "
         "`alembic "
         "heads`: each row must be on a branch of its own, and no row an ancestor of another. With several "
         "heads the target of an upgrade is `heads`, not `head`.",
         no_fix("none needed if they are on separate branches; if one is an ancestor of another, keep the "
                "others:\n" +
                stamp_call(facts.installation, {"<id to keep>"}, true, table.name))}};
  }
  std::vector<std::string> below;
  std::string put_there;
  std::string evidence;
  std::string answer;
  for (const std::string &ancestor : versions) {
    if (std::find(kept.begin(), kept.end(), ancestor) != kept.end()) continue;
    for (const std::string &descendant : kept) {
      const auto path = lineage.evidence(ancestor, descendant);
      if (path.empty()) continue;
      below.push_back(fmt::format("{} beside its descendant {}", in_quotes(ancestor), in_quotes(descendant)));
      put_there += recorded_sentence(table.log, ancestor);
      if (answer.empty()) {
        answer = fmt::format("Requested revision {} overlaps with other requested revisions {}", descendant,
                             ancestor);
        std::vector<std::string> steps;
        for (const LogEntry *entry : path) {
          steps.push_back(fmt::format("{} at {}", what(*entry), who_and_when(*entry)));
        }
        evidence = list_of(steps, 3);
      }
      break;
    }
  }
  return {{"MF104", Severity::kError, table.name, "",
           fmt::format("{} records {}", table.name, list_of(below, 3)),
           fmt::format("Every `alembic upgrade` stops with \"{}\", and `alembic current` does not "
                       "show it.{} The log tells the order: {}.",
                       answer, put_there, evidence),
           stamp_call(facts.installation, kept, true, table.name)}};
}

}  // namespace migfix::core
