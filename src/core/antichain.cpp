#include "core/antichain.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/utf8.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kMostOthers = 400;  // bytes of the rows that Alembic's message names

}  // namespace

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

std::string alembic_overlap(const RevisionGraph &graph, const RowsJudgement &judgement) {
  if (judgement.is_antichain()) return {};
  std::vector<Node> above;
  for (const Node node : recorded(judgement)) {
    const auto next = graph.children(node, Relation::kAll);
    above.insert(above.end(), next.begin(), next.end());
  }
  const NodeSet has_row_below = graph.descendants(above, Relation::kAll);
  for (const RowReading &row : judgement.rows) {
    if (!row.node || !has_row_below.contains(*row.node)) continue;
    const Node start[] = {*row.node};
    const NodeSet below = graph.ancestors(start, Relation::kAll);
    NodeSet named(graph.size());
    std::string others;
    for (const RowReading &other : judgement.rows) {
      if (!other.node || *other.node == *row.node || !below.contains(*other.node)) continue;
      if (!named.insert(*other.node)) continue;
      others += (others.empty() ? "" : ", ") + clipped(graph.id(*other.node));
      if (others.size() > kMostOthers) {
        others += ", ...";
        break;
      }
    }
    return fmt::format("Requested revision {} overlaps with other requested revisions {}",
                       clipped(graph.id(*row.node)), others);
  }
  return {};
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

namespace {

Behind behind_above(const RevisionGraph &graph, const NodeSet &applied, std::span<const Node> begun) {
  const NodeSet above = graph.descendants(begun, Relation::kAll);
  Behind result;
  for (const Node head : graph.real_heads())
    if (above.contains(head) && !applied.contains(head)) result.heads.push_back(head);
  NodeSet wanted = graph.ancestors(result.heads, Relation::kAll);
  wanted -= applied;
  result.revisions = wanted.count();
  return result;
}

}  // namespace

Behind behind_begun(const RevisionGraph &graph, const NodeSet &applied) {
  return behind_above(graph, applied, applied.nodes());
}

Behind behind_heads_of(const RevisionGraph &graph, const NodeSet &applied, Node row) {
  return behind_above(graph, applied, std::span<const Node>(&row, 1));
}

std::vector<Node> ids_longer_than(const RevisionGraph &graph, std::size_t width) {
  std::vector<Node> result;
  for (Node node = 0; node < graph.size(); ++node)
    if (character_count(graph.id(node)) > width) result.push_back(node);
  return result;
}

}  // namespace migfix::core
