// Edges between the revisions of a graph, packed.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/node_set.hpp"

namespace migfix::core {

/// For each node the nodes that its edges lead to, in the order in which they were given. Two arrays
/// whatever the number of nodes, so 100,000 revisions cost no 100,000 allocations.
class EdgeList {
 public:
  using Edge = std::pair<Node, Node>;  // from, to

  EdgeList() : start_(1, 0) {}
  EdgeList(std::size_t size, const std::vector<Edge> &edges);

  std::span<const Node> of(Node node) const noexcept {
    return {targets_.data() + start_[node], targets_.data() + start_[node + 1]};
  }
  std::size_t size() const noexcept { return start_.size() - 1; }

 private:
  std::vector<std::uint32_t> start_;
  std::vector<Node> targets_;
};

/// The same edges the other way round.
std::vector<EdgeList::Edge> turned(const std::vector<EdgeList::Edge> &edges);

/// For each node the number of the strongly connected component it is in (without recursion: a cycle may
/// be 100,000 long). Nodes of one number lie on a common cycle, or are the same.
std::vector<std::uint32_t> components(const EdgeList &edges);

}  // namespace migfix::core
