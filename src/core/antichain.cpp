#include "core/antichain.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/sql_text.hpp"
#include "core/utf8.hpp"

namespace migfix::core {

RowsJudgement judge_rows(const RevisionGraph &graph, const std::vector<std::optional<std::string>> &rows,
                         std::size_t most_overlaps) {
  RowsJudgement result;
  result.rows = read_rows(graph, rows);
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < result.rows.size(); ++i) {
    const RowReading &row = result.rows[i];
    if (row.node) nodes.push_back(*row.node);
    if (row.kind == RowKind::kUnknown || row.kind == RowKind::kWord) result.unknown.push_back(i);
    if (row.kind == RowKind::kPrefix || row.kind == RowKind::kLabel) result.misspelt.push_back(i);
  }
  result.maximal = graph.maximal(nodes);

  NodeSet is_maximal(graph.size());
  for (const Node node : result.maximal) is_maximal.insert(node);
  NodeSet seen(graph.size());
  std::vector<std::size_t> below;  // one row for each revision that is under another row
  for (std::size_t i = 0; i < result.rows.size(); ++i) {
    const auto node = result.rows[i].node;
    if (!node) continue;
    const bool is_copy = !seen.insert(*node);
    if (is_copy || !is_maximal.contains(*node)) result.surplus.push_back(result.rows[i].text);
    if (!is_copy && !is_maximal.contains(*node)) below.push_back(i);
  }
  for (const std::size_t i : below) {
    const Node start[] = {*result.rows[i].node};
    const NodeSet above = graph.descendants(start, Relation::kAll);
    NodeSet named(graph.size());
    for (std::size_t j = 0; j < result.rows.size(); ++j) {
      const auto node = result.rows[j].node;
      if (!node || *node == start[0] || !above.contains(*node) || !named.insert(*node)) continue;
      if (result.overlaps.size() == most_overlaps) {
        result.more_overlaps = true;
        return result;
      }
      result.overlaps.push_back({i, j});
    }
  }
  return result;
}

std::optional<Error> overlap_error(const RevisionGraph &graph, const RowsJudgement &judgement,
                                   const std::string &version_table) {
  if (judgement.is_antichain()) return std::nullopt;
  const auto shown = [&](std::size_t row) { return in_quotes(clipped(judgement.rows[row].text)); };
  std::vector<std::string> pairs;
  for (const auto &overlap : judgement.overlaps)
    pairs.push_back(
        fmt::format("{} is an ancestor of {}", shown(overlap.ancestor), shown(overlap.descendant)));
  std::vector<std::string> kept;
  for (const Node node : judgement.maximal) kept.push_back(in_quotes(clipped(graph.id(node))));
  const auto &first = judgement.overlaps.front();
  return Error(kCheckViolation,
               fmt::format("version {} overlaps with version {} in {}", shown(first.descendant),
                           shown(first.ancestor), version_table),
               fmt::format("{}{}. No \"alembic upgrade\" starts from such rows: it fails with \"Requested "
                           "revision {} overlaps with other requested revisions {}\".",
                           list_of(pairs), judgement.more_overlaps ? ", among others" : "",
                           clipped(judgement.rows[first.descendant].text),
                           clipped(judgement.rows[first.ancestor].text)),
               fmt::format("A revision implies its ancestors: record {} alone.", list_of(kept)));
}

std::vector<Node> recorded(const RowsJudgement &judgement) {
  std::vector<Node> nodes;
  for (const RowReading &row : judgement.rows)
    if (row.node) nodes.push_back(*row.node);
  return nodes;
}

NodeSet applied(const RevisionGraph &graph, const std::vector<Node> &rows) {
  return graph.ancestors(rows, Relation::kAll);
}

Behind behind_heads(const RevisionGraph &graph, const NodeSet &applied) {
  Behind result;
  result.revisions = graph.size() - applied.count();
  for (const Node head : graph.real_heads())
    if (!applied.contains(head)) result.heads.push_back(head);
  return result;
}

Behind behind_heads_of(const RevisionGraph &graph, const NodeSet &applied, Node row) {
  const Node start[] = {row};
  const NodeSet above = graph.descendants(start, Relation::kAll);
  Behind result;
  for (const Node head : graph.real_heads())
    if (above.contains(head) && !applied.contains(head)) result.heads.push_back(head);
  NodeSet wanted = graph.ancestors(result.heads, Relation::kAll);
  wanted -= applied;
  result.revisions = wanted.count();
  return result;
}

std::vector<Node> never_applied(const RevisionGraph &graph, const NodeSet &applied,
                                const std::unordered_set<std::string> &ever_applied) {
  std::vector<Node> result;
  for (const Node node : graph.order())
    if (applied.contains(node) && !ever_applied.contains(graph.id(node))) result.push_back(node);
  return result;
}

std::vector<Node> ids_longer_than(const RevisionGraph &graph, std::size_t width) {
  std::vector<Node> result;
  for (Node node = 0; node < graph.size(); ++node)
    if (character_count(graph.id(node)) > width) result.push_back(node);
  return result;
}

}  // namespace migfix::core
