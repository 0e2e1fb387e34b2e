#include "core/diagnosis.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include <fmt/format.h>

#include "core/remedy.hpp"
#include "core/sql_text.hpp"
#include "core/utf8.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kMostProblems = 5;

// Revisions that hang together somehow, by their lowest number.
std::vector<Node> components(const RevisionGraph &graph) {
  std::vector<Node> root(graph.size());
  std::iota(root.begin(), root.end(), Node{0});
  const auto find = [&](Node node) {
    while (root[node] != node) node = root[node] = root[root[node]];
    return node;
  };
  for (Node node = 0; node < graph.size(); ++node) {
    for (const Node parent : graph.parents(node, Relation::kAll)) {
      const Node one = find(node);
      const Node other = find(parent);
      root[std::max(one, other)] = std::min(one, other);
    }
  }
  for (Node node = 0; node < graph.size(); ++node) root[node] = find(node);
  return root;
}

struct Heads {
  // Those that are meant to become one again stand together: they grew out of one stem, and no label tells
  // them apart.
  std::vector<std::vector<Node>> families;
  bool all_labelled = true;
};

Heads sort_heads(const RevisionGraph &graph) {
  const std::vector<Node> component = components(graph);
  std::map<Node, std::set<std::string_view>> labels;
  for (const auto &name : graph.names()) {
    if (!name.is_label) continue;
    const NodeSet members = graph.branch(name.text);
    for (const Node head : graph.real_heads())
      if (members.contains(head)) labels[head].insert(name.text);
  }
  std::map<std::pair<Node, std::set<std::string_view>>, std::size_t> known;
  Heads heads;
  for (const Node head : graph.real_heads()) {
    const auto &names = labels[head];
    heads.all_labelled = heads.all_labelled && !names.empty();
    const auto [at, is_new] = known.emplace(std::pair(component[head], names), heads.families.size());
    if (is_new) heads.families.emplace_back();
    heads.families[at->second].push_back(head);
  }
  return heads;
}

std::string heads_text(const RevisionGraph &graph, const std::vector<Node> &heads) {
  std::vector<std::string> ids;
  for (const Node head : heads) ids.push_back(in_quotes(clipped(graph.id(head))));
  return list_of(ids);
}

constexpr char kStops[] =
    "`alembic upgrade head` stops with \"Multiple head revisions are present for given argument 'head'\", "
    "and "
    "`alembic revision` stops as well.";

// --- MF113

void judge_heads(const Environment &environment, std::vector<Finding> &findings) {
  const RevisionGraph &graph = environment.graph;
  const std::vector<Node> &heads = graph.real_heads();
  if (heads.size() < 2) return;
  std::string merges;
  const Heads sorted = sort_heads(graph);
  for (const std::vector<Node> &family : sorted.families) {
    if (family.size() < 2) continue;
    merges += "\nalembic merge -m \"merge heads\"";
    for (const Node head : family) merges += " " + shell_word(graph.id(head));
  }
  Finding finding{"MF113", Severity::kWarning, "", environment.name, "", "", ""};
  finding.message = fmt::format("environment {} has {}: {}", environment.name, count_of(heads.size(), "head"),
                                heads_text(graph, heads));
  if (!merges.empty()) {
    finding.detail = fmt::format(
        "Revisions were made side by side, on different branches of the code, and the one that merges them "
        "is "
        "missing. {}",
        kStops);
    finding.fix = no_fix(fmt::format("in the project, then load its revision files again:{}", merges));
  } else {
    if (sorted.all_labelled) return;
    finding.severity = Severity::kNotice;
    finding.detail = fmt::format(
        "They are on lineages of their own. That is right where it is meant; it also comes from a revision "
        "whose "
        "down_revision was left out. {}",
        kStops);
    finding.fix = no_fix("none needed if it is meant: run alembic upgrade heads");
  }
  findings.push_back(std::move(finding));
}

// --- MF117

void judge_problems(const Facts &facts, const Environment &environment, std::vector<Finding> &findings) {
  std::vector<const GraphProblem *> problems;
  for (const GraphProblem &problem : environment.graph.problems())
    if (problem.kind != ProblemKind::kTooLong)
      problems.push_back(&problem);  // MF116 says which table is too narrow
  if (problems.empty()) return;
  std::stable_partition(problems.begin(), problems.end(),
                        [](const GraphProblem *problem) { return problem->fatal; });
  Finding finding{
      "MF117", problems.front()->fatal ? Severity::kError : Severity::kWarning, "", environment.name, "", "",
      ""};
  finding.message = fmt::format("the revisions of environment {} have {}: {}", environment.name,
                                count_of(problems.size(), "problem"), problems.front()->message);
  finding.detail = problems.front()->detail;
  for (std::size_t i = 1; i < problems.size() && i < kMostProblems; ++i)
    finding.detail += fmt::format(" {}: {}", problems[i]->message, problems[i]->detail);
  if (problems.size() > kMostProblems)
    finding.detail += fmt::format(" And {} more.", problems.size() - kMostProblems);
  finding.fix = no_fix("mend the files in the project, then load them again:\n" +
                       load_scripts_lines(call_name(facts.installation, ""), environment.name));
  findings.push_back(std::move(finding));
}

}  // namespace

std::vector<Finding> judge_environments(const Facts &facts) {
  std::map<std::string, EnvironmentPtr> environments;
  for (const VersionTable &table : facts.version_tables)
    if (table.environment) environments.emplace(table.environment->name, table.environment);
  std::vector<Finding> findings;
  for (const auto &[name, environment] : environments) {
    judge_heads(*environment, findings);
    judge_problems(facts, *environment, findings);
  }
  return findings;
}

}  // namespace migfix::core
