#include "core/revision_graph.hpp"

#include <algorithm>

#include "core/utf8.hpp"

namespace migfix::core {

std::vector<std::string> RevisionGraph::ids(std::span<const Node> nodes) const {
  std::vector<std::string> result;
  result.reserve(nodes.size());
  for (const Node node : nodes) result.push_back(id(node));
  return result;
}

namespace {

// First name that is not less than `text`.
std::span<const RevisionGraph::Name>::iterator first_from(std::span<const RevisionGraph::Name> names,
                                                          std::string_view text) {
  return std::lower_bound(
      names.begin(), names.end(), text,
      [](const RevisionGraph::Name &name, std::string_view wanted) { return name.text < wanted; });
}

}  // namespace

std::optional<Node> RevisionGraph::find_name(std::string_view name) const {
  const std::span<const Name> all = names_;
  const auto at = first_from(all, name);
  if (at == all.end() || at->text != name) return std::nullopt;
  return at->node;
}

std::optional<Node> RevisionGraph::find(std::string_view id) const {
  const std::span<const Name> all = names_;
  const auto at = first_from(all, id);
  if (at == all.end() || at->text != id || at->is_label) return std::nullopt;
  return at->node;
}

std::optional<Node> RevisionGraph::find_label(std::string_view label) const {
  const std::span<const Name> all = names_;
  const auto at = first_from(all, label);
  if (at == all.end() || at->text != label || !at->is_label) return std::nullopt;
  return at->node;
}

std::vector<RevisionGraph::Name> RevisionGraph::names_like(std::string_view prefix) const {
  std::vector<Name> result;
  const std::span<const Name> all = names_;
  for (auto at = first_from(all, prefix); at != all.end() && at->text.starts_with(prefix); ++at)
    if (character_count(at->text) > 3) result.push_back(*at);
  std::stable_sort(result.begin(), result.end(), [](const Name &a, const Name &b) {
    return std::pair(a.is_label, a.node) < std::pair(b.is_label, b.node);
  });
  return result;
}

std::span<const Node> RevisionGraph::parents(Node node, Relation relation) const {
  return relation == Relation::kDown ? down_.of(node) : all_.of(node);
}

std::span<const Node> RevisionGraph::children(Node node, Relation relation) const {
  return relation == Relation::kDown ? up_.of(node) : all_up_.of(node);
}

std::vector<Node> RevisionGraph::dependencies(Node node) const {
  // parents() lists the dependencies last.
  const auto all = parents(node, Relation::kAll);
  return {all.begin() + static_cast<std::ptrdiff_t>(parents(node, Relation::kDown).size()), all.end()};
}

std::vector<Node> RevisionGraph::immediate_parents(Node node) const {
  const auto down = parents(node, Relation::kDown);
  std::vector<Node> result(down.begin(), down.end());
  for (const Node dependency : dependencies(node)) {
    // A child of the dependency below `node` that is not a child by down_revision alone has declared it.
    const auto above = children(dependency, Relation::kAll);
    const bool declared_below = std::any_of(above.begin(), above.end(), [&](Node other) {
      if (other == node || !is_ancestor(other, node, Relation::kDown)) return false;
      const auto &declared = revision(other).depends_on;
      return std::any_of(declared.begin(), declared.end(),
                         [&](const std::string &name) { return find_name(name) == dependency; });
    });
    if (!declared_below) result.push_back(dependency);
  }
  return result;
}

std::vector<Node> RevisionGraph::branch_points() const {
  std::vector<Node> result;
  for (Node node = 0; node < size(); ++node)
    if (is_branch_point(node)) result.push_back(node);
  return result;
}

std::vector<Node> RevisionGraph::merge_points() const {
  std::vector<Node> result;
  for (Node node = 0; node < size(); ++node)
    if (is_merge_point(node)) result.push_back(node);
  return result;
}

NodeSet RevisionGraph::reach(std::span<const Node> nodes, const EdgeList &edges) const {
  NodeSet seen(size());
  std::vector<Node> open;
  for (const Node node : nodes)
    if (seen.insert(node)) open.push_back(node);
  while (!open.empty()) {
    const Node node = open.back();
    open.pop_back();
    for (const Node next : edges.of(node))
      if (seen.insert(next)) open.push_back(next);
  }
  return seen;
}

NodeSet RevisionGraph::ancestors(std::span<const Node> nodes, Relation relation) const {
  return reach(nodes, relation == Relation::kDown ? down_ : all_);
}

NodeSet RevisionGraph::descendants(std::span<const Node> nodes, Relation relation) const {
  return reach(nodes, relation == Relation::kDown ? up_ : all_up_);
}

NodeSet RevisionGraph::lineage(std::span<const Node> nodes, Relation relation) const {
  NodeSet both = ancestors(nodes, relation);
  both |= descendants(nodes, relation);
  return both;
}

bool RevisionGraph::is_ancestor(Node ancestor, Node descendant, Relation relation) const {
  const auto in_subtree = [&](Node node) {
    return tree_number_[node] >= tree_number_[ancestor] && tree_number_[node] < tree_end_[ancestor];
  };
  if (level_[descendant] <= level_[ancestor]) return false;
  if (in_subtree(descendant)) return true;
  const EdgeList &edges = relation == Relation::kDown ? down_ : all_;
  NodeSet seen(size());
  std::vector<Node> open{descendant};
  while (!open.empty()) {
    const Node node = open.back();
    open.pop_back();
    for (const Node parent : edges.of(node)) {
      if (parent == ancestor) return true;
      if (level_[parent] <= level_[ancestor] || !seen.insert(parent)) continue;
      if (in_subtree(parent)) return true;
      open.push_back(parent);
    }
  }
  return false;
}

bool RevisionGraph::is_related(Node one, Node other, Relation relation) const {
  return one == other || is_ancestor(one, other, relation) || is_ancestor(other, one, relation);
}

std::vector<Node> RevisionGraph::maximal(std::span<const Node> nodes) const {
  std::vector<Node> below;
  for (const Node node : nodes) {
    const auto next = parents(node, Relation::kAll);
    below.insert(below.end(), next.begin(), next.end());
  }
  const NodeSet covered = ancestors(below, Relation::kAll);
  NodeSet taken(size());
  std::vector<Node> result;
  for (const Node node : nodes)
    if (!covered.contains(node) && taken.insert(node)) result.push_back(node);
  return result;
}

NodeSet RevisionGraph::branch(std::string_view label) const {
  const auto carrier = find_label(label);
  if (!carrier) return NodeSet(size());
  const Node start[] = {*carrier};
  NodeSet members = descendants(start, Relation::kDown);
  // Where nothing above it branches or merges, Alembic walks from the tip of the line down again, past
  // the revision that carries the label, and stops at the first branch or merge point.
  const auto is_plain = [&](Node node) {
    return children(node, Relation::kAll).size() <= 1 && !is_merge_point(node);
  };
  Node tip = *carrier;
  while (is_plain(tip) && !is_head(tip)) tip = children(tip, Relation::kDown).front();
  if (!is_plain(tip)) return members;
  Node node = *carrier;
  while (is_plain(node)) {
    members.insert(node);
    if (is_base(node)) break;
    node = parents(node, Relation::kDown).front();
  }
  return members;
}

}  // namespace migfix::core
