// The revisions of one environment and how they follow each other.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/edge_list.hpp"
#include "core/graph_problem.hpp"
#include "core/node_set.hpp"
#include "core/revision.hpp"

namespace migfix::core {

/// Which edges count: down_revision alone, or depends_on with it (the order in which Alembic runs
/// revisions, and in which the rows of a version table must be an antichain).
enum class Relation { kDown, kAll };

/// Built once, never changed. Whatever the input, building succeeds: what Alembic would refuse is among
/// problems(), and the edge or label that makes the trouble is left out (a parent that is not there, an
/// edge of a cycle, a label that is taken); of duplicates the last one counts, in the place of the first.
/// Building takes time and memory in proportion to the input (but for sorting), and nothing recurses.
class RevisionGraph {
 public:
  /// A name of a revision: its id or a branch label that it carries.
  struct Name {
    std::string_view text;
    Node node;
    bool is_label;
  };

  RevisionGraph() = default;
  /// `revisions` in the order in which Alembic would load them; it decides ties (heads, history).
  explicit RevisionGraph(std::vector<Revision> revisions);
  RevisionGraph(RevisionGraph &&) = default;
  RevisionGraph &operator=(RevisionGraph &&) = default;
  RevisionGraph(const RevisionGraph &) = delete;  // names_ points into revisions_
  RevisionGraph &operator=(const RevisionGraph &) = delete;

  std::size_t size() const noexcept { return revisions_.size(); }
  bool empty() const noexcept { return revisions_.empty(); }
  const Revision &revision(Node node) const { return revisions_[node]; }
  const std::string &id(Node node) const { return revisions_[node].revision; }
  std::vector<std::string> ids(std::span<const Node> nodes) const;
  const std::vector<GraphProblem> &problems() const noexcept { return problems_; }

  // By name. Case matters, as in Alembic.
  std::optional<Node> find(std::string_view id) const;
  std::optional<Node> find_label(std::string_view label) const;
  /// An id, or else a label.
  std::optional<Node> find_name(std::string_view name) const;
  /// Names of more than three characters that start with `prefix`, ids in the order in which they were
  /// loaded, then labels: what Alembic takes for a partial identifier (RevisionMap._revision_for_ident).
  std::vector<Name> names_like(std::string_view prefix) const;
  /// All names, sorted.
  std::span<const Name> names() const noexcept { return names_; }

  // Next to a revision.
  std::span<const Node> parents(Node node, Relation relation) const;
  std::span<const Node> children(Node node, Relation relation) const;
  /// Revisions that this one depends on, labels resolved, those that are parents as well left out.
  std::vector<Node> dependencies(Node node) const;
  /// parents() without those dependencies that an ancestor of the revision has declared already: what
  /// Alembic looks for among the rows when it records the revision (Revision._normalized_down_revisions).
  std::vector<Node> immediate_parents(Node node) const;

  bool is_head(Node node) const { return children(node, Relation::kDown).empty(); }
  /// Nothing depends on it either.
  bool is_real_head(Node node) const { return children(node, Relation::kAll).empty(); }
  bool is_base(Node node) const { return parents(node, Relation::kDown).empty(); }
  bool is_branch_point(Node node) const { return children(node, Relation::kDown).size() > 1; }
  bool is_merge_point(Node node) const { return parents(node, Relation::kDown).size() > 1; }

  // Of the whole graph, in the order in which they were loaded.
  const std::vector<Node> &heads() const noexcept { return heads_; }
  const std::vector<Node> &real_heads() const noexcept { return real_heads_; }
  const std::vector<Node> &bases() const noexcept { return bases_; }
  std::vector<Node> branch_points() const;
  std::vector<Node> merge_points() const;
  /// All revisions, each after its parents and dependencies.
  const std::vector<Node> &order() const noexcept { return order_; }

  // Far from a revision.
  /// `nodes` and everything below them (above them). Takes one pass over the graph however many they are.
  NodeSet ancestors(std::span<const Node> nodes, Relation relation) const;
  NodeSet descendants(std::span<const Node> nodes, Relation relation) const;
  /// Both at once: what shares lineage with at least one of `nodes` (RevisionMap._shares_lineage).
  NodeSet lineage(std::span<const Node> nodes, Relation relation) const;
  /// `ancestor` is strictly below `descendant`. Looks only at revisions between the two.
  bool is_ancestor(Node ancestor, Node descendant, Relation relation) const;
  /// One is the other, or below it.
  bool is_related(Node one, Node other, Relation relation) const;
  /// Those of `nodes` that are below no other of them, each once, in the order given. One pass.
  std::vector<Node> maximal(std::span<const Node> nodes) const;

  /// The revisions that Alembic counts to the branch `label`: the lineage upwards of the revision that
  /// carries it and, where that is one plain line, on downwards to the first branch or merge point
  /// (RevisionMap._add_branches). Empty if there is no such label.
  NodeSet branch(std::string_view label) const;

 private:
  using Edges = std::vector<EdgeList::Edge>;

  void take(std::vector<Revision> &&revisions);
  void check_ids();
  void index_names();
  void link(Edges &down, Edges &dependencies);
  void drop_cycles(Edges &down, Edges &dependencies);
  void measure();
  NodeSet reach(std::span<const Node> nodes, const EdgeList &edges) const;

  std::vector<Revision> revisions_;
  std::vector<GraphProblem> problems_;
  std::vector<Name> names_;  // sorted by text; an id before a label of the same text
  EdgeList down_;
  EdgeList all_;
  EdgeList up_;
  EdgeList all_up_;
  std::vector<Node> heads_;
  std::vector<Node> real_heads_;
  std::vector<Node> bases_;
  std::vector<Node> order_;
  std::vector<std::uint32_t> level_;  // edges of the longest way down to a revision without parents
  // Each revision hangs under its first down_revision; a revision's subtree has the numbers
  // [tree_number_, tree_end_), so most questions of is_ancestor are two comparisons.
  std::vector<std::uint32_t> tree_number_;
  std::vector<std::uint32_t> tree_end_;
};

}  // namespace migfix::core
