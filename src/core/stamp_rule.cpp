#include "core/stamp_rule.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/identifier.hpp"
#include "core/nearest.hpp"
#include "core/row_reading.hpp"
#include "core/sql_text.hpp"
#include "core/utf8.hpp"
#include "core/version_id.hpp"

namespace migfix::core {

const char *row_operation_name(RowOperation operation) {
  switch (operation) {
    case RowOperation::kInsert:
      return "insert";
    case RowOperation::kUpdate:
      return "update";
    case RowOperation::kDelete:
    case RowOperation::kDeleteCopies:
      return "delete";
  }
  return "delete";
}

namespace {

// Rows of one version, however many copies there are.
struct Row {
  std::optional<std::string> text;
  RowKind kind;
  std::optional<Node> node;
  std::size_t copies = 1;
  bool gone = false;
  bool moved = false;  // it has become a destination
};

std::vector<Row> distinct_rows(const RevisionGraph &graph,
                               const std::vector<std::optional<std::string>> &rows) {
  std::vector<Row> result;
  std::vector<std::pair<std::optional<std::string>, std::size_t>> seen;  // sorted: text, index of its row
  for (const auto &text : rows) seen.emplace_back(text, seen.size());
  std::sort(seen.begin(), seen.end());
  std::vector<std::size_t> copies(rows.size(), 0);  // by index of the first row of each text
  for (std::size_t i = 0, first = 0; i < seen.size(); ++i) {
    if (seen[i].first != seen[first].first) first = i;
    ++copies[seen[first].second];
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (copies[i] == 0) continue;
    const RowReading reading = read_row(graph, rows[i]);
    result.push_back({rows[i], reading.kind, reading.node, copies[i]});
  }
  return result;
}

[[noreturn]] void refuse_row(const RevisionGraph &graph, const Row &row) {
  const std::string shown = in_quotes(clipped(*row.text));
  std::string hint = did_you_mean(nearest_names(graph, *row.text, false));
  if (!hint.empty()) hint += ' ';
  hint += "With purge the rows are replaced whatever they hold.";
  if (const auto why = why_never_a_revision(*row.text))
    throw Error(kObjectNotInPrerequisiteState, fmt::format("a version row cannot be read: {}", *why),
                "A stamp changes the rows that share lineage with its destination, and this row has none.",
                hint);
  const auto like = graph.names_like(*row.text);
  throw Error(
      kObjectNotInPrerequisiteState,
      fmt::format("Can't locate revision identified by '{}'", clipped(*row.text)),
      like.size() > 1
          ? fmt::format("The version table holds {}, and {} revisions start with it.", shown, like.size())
          : fmt::format("The version table holds {}, which is no revision that is loaded.", shown),
      hint);
}

struct Target {
  std::vector<Node> revisions;  // each once, an antichain
  bool all_to_base = false;
  std::vector<Node> branches;  // whose lineage goes to base
};

[[noreturn]] void refuse_overlap(const std::string &upper, const std::string &lower) {
  throw Error(kInvalidParameterValue,
              fmt::format("Requested revision {} overlaps with other requested revisions {}", clipped(upper),
                          clipped(lower)),
              "A revision implies its ancestors, so the two cannot be recorded side by side.",
              "Name only the revision that is to be recorded.");
}

Target read_target(const RevisionGraph &graph, const std::vector<Node> &rows,
                   const std::vector<std::string> &destinations, bool purge) {
  if (destinations.empty()) throw Error(kInvalidParameterValue, "no revision is given");
  Target target;
  NodeSet taken(graph.size());
  for (const std::string &text : destinations) {
    if (purge && !graph.find_name(text))
      if (const auto relative = parse_relative(text); relative && !relative->symbol)
        throw Error(kInvalidParameterValue,
                    fmt::format("{} starts from the rows that purge deletes", in_quotes(clipped(text))), {},
                    "Name the revision itself.");
    const Destination destination = resolve_destination(graph, rows, text);
    if (destination.revisions.empty()) {
      if (destination.branch) {
        target.branches.push_back(*destination.branch);
      } else {
        target.all_to_base = true;
      }
    }
    // label@heads may name a head and one that it depends on; together they mean the upper one.
    for (const Node node : graph.maximal(destination.revisions))
      if (taken.insert(node)) target.revisions.push_back(node);
  }
  const std::vector<Node> &nodes = target.revisions;
  if (target.all_to_base && !nodes.empty()) refuse_overlap(graph.id(nodes.front()), "base");
  const NodeSet to_base = graph.lineage(target.branches, Relation::kAll);
  for (const Node node : nodes)
    if (!target.branches.empty() && to_base.contains(node)) refuse_overlap(graph.id(node), "base");
  if (graph.maximal(nodes).size() == nodes.size()) return target;
  NodeSet maximal(graph.size());
  for (const Node node : graph.maximal(nodes)) maximal.insert(node);
  const Node lower =
      *std::find_if(nodes.begin(), nodes.end(), [&](Node node) { return !maximal.contains(node); });
  const Node upper = *std::find_if(nodes.begin(), nodes.end(),
                                   [&](Node node) { return graph.is_ancestor(lower, node, Relation::kAll); });
  refuse_overlap(graph.id(upper), graph.id(lower));
}

// Collects the steps from the rows to the target.
class Stamp {
 public:
  Stamp(const RevisionGraph &graph, std::vector<Row> rows, const Target &target)
      : graph_(graph), rows_(std::move(rows)), target_(target), standing_(graph.size()) {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (!rows_[i].node) continue;
      places_.emplace_back(*rows_[i].node, i);
      if (rows_[i].kind == RowKind::kRevision) standing_.insert(*rows_[i].node);
    }
    std::sort(places_.begin(), places_.end());
  }

  StampPlan plan() {
    mend_copies();
    to_base();
    for (const Node node : target_.revisions) move_to(node);
    mend_overlaps();
    mend_spelling();
    for (const Row &row : rows_)
      if (!row.gone) plan_.rows_after.push_back(*row.text);
    plan_.rows_after.insert(plan_.rows_after.end(), inserted_.begin(), inserted_.end());
    return std::move(plan_);
  }

 private:
  void drop(Row &row, std::string reason = {}) {
    plan_.steps.push_back({RowOperation::kDelete, row.text, std::nullopt, std::move(reason)});
    row.gone = true;
    if (row.kind == RowKind::kRevision) standing_.erase(*row.node);
  }

  void update(Row &row, Node node, std::string reason = {}) {
    if (row.kind == RowKind::kRevision) standing_.erase(*row.node);
    standing_.insert(node);
    plan_.steps.push_back({RowOperation::kUpdate, row.text, graph_.id(node), std::move(reason)});
    row.text = graph_.id(node);
    row.node = node;
    row.kind = RowKind::kRevision;
  }

  // Rows that share lineage with `node`, in the table's order.
  std::vector<std::size_t> rows_of_lineage(Node node) const {
    const Node start[] = {node};
    const NodeSet lineage = graph_.lineage(start, Relation::kAll);
    std::vector<std::size_t> result;
    for (const auto &[recorded, place] : places_)
      if (lineage.contains(recorded)) result.push_back(place);
    std::sort(result.begin(), result.end());
    return result;
  }

  void mend_copies() {
    for (Row &row : rows_) {
      if (!row.text) {
        drop(row, "NULL is no revision");
      } else if (row.copies > 1) {
        plan_.steps.push_back({RowOperation::kDeleteCopies, row.text, std::nullopt,
                               fmt::format("it stood there {} times", row.copies)});
      }
    }
  }

  void to_base() {
    if (!target_.all_to_base && target_.branches.empty()) return;
    const NodeSet lineage = graph_.lineage(target_.branches, Relation::kAll);
    for (Row &row : rows_)
      if (!row.gone && (target_.all_to_base || lineage.contains(*row.node))) drop(row);
  }

  void move_to(Node node) {
    const bool is_there = standing_.contains(node);
    Row *last = nullptr;
    for (const std::size_t place : rows_of_lineage(node)) {
      Row &row = rows_[place];
      if (row.gone || row.moved) continue;
      if (is_there) {
        if (row.node != node || row.kind != RowKind::kRevision)
          drop(row, fmt::format("it shares lineage with {}", in_quotes(clipped(graph_.id(node)))));
        continue;
      }
      if (last != nullptr) drop(*last);
      last = &row;
    }
    if (is_there) return;
    if (last != nullptr) {
      update(*last, node);
      last->moved = true;
      return;
    }
    plan_.steps.push_back({RowOperation::kInsert, std::nullopt, graph_.id(node), {}});
    inserted_.push_back(graph_.id(node));
  }

  // The rows that are left share lineage with no destination, but may overlap among themselves.
  void mend_overlaps() {
    std::vector<Node> nodes;
    for (const Row &row : rows_)
      if (!row.gone) nodes.push_back(*row.node);
    NodeSet kept(graph_.size());
    for (const Node node : graph_.maximal(nodes)) kept.insert(node);
    for (Row &row : rows_)
      if (!row.gone && !kept.contains(*row.node)) drop(row, "another row implies it");
  }

  void mend_spelling() {
    for (Row &row : rows_) {
      if (row.gone || row.kind == RowKind::kRevision) continue;
      if (standing_.contains(*row.node)) {
        drop(row, fmt::format("it stands for {}", in_quotes(clipped(graph_.id(*row.node)))));
      } else {
        update(row, *row.node, row.kind == RowKind::kLabel ? "it was a branch label" : "it was a prefix");
      }
    }
  }

  const RevisionGraph &graph_;
  std::vector<Row> rows_;
  const Target &target_;
  NodeSet standing_;                                  // ids that stand as rows now
  std::vector<std::pair<Node, std::size_t>> places_;  // what was recorded at first, and the row's index
  std::vector<std::string> inserted_;
  StampPlan plan_;
};

}  // namespace

StampPlan plan_stamp(const RevisionGraph &graph, const std::vector<std::optional<std::string>> &rows,
                     const std::vector<std::string> &destinations, bool purge) {
  std::vector<Row> distinct = distinct_rows(graph, rows);
  std::vector<Node> recorded;
  for (const Row &row : distinct) {
    if (row.node) recorded.push_back(*row.node);
    if (!purge && row.text && !row.node) refuse_row(graph, row);
  }
  const Target target = read_target(graph, purge ? std::vector<Node>{} : recorded, destinations, purge);
  if (!purge) return Stamp(graph, std::move(distinct), target).plan();

  StampPlan plan;
  for (const Row &row : distinct)
    plan.steps.push_back({RowOperation::kDelete, row.text, std::nullopt, "purge"});
  for (const Node node : target.revisions) {
    plan.steps.push_back({RowOperation::kInsert, std::nullopt, graph.id(node), {}});
    plan.rows_after.push_back(graph.id(node));
  }
  return plan;
}

}  // namespace migfix::core
