#include "core/edge_list.hpp"

#include <algorithm>

namespace migfix::core {

EdgeList::EdgeList(std::size_t size, const std::vector<Edge> &edges) : start_(size + 1, 0) {
  for (const auto &[from, to] : edges) ++start_[from + 1];
  for (std::size_t i = 0; i < size; ++i) start_[i + 1] += start_[i];
  targets_.resize(edges.size());
  std::vector<std::uint32_t> next(start_.begin(), start_.end() - 1);
  for (const auto &[from, to] : edges) targets_[next[from]++] = to;
}

std::vector<EdgeList::Edge> turned(const std::vector<EdgeList::Edge> &edges) {
  std::vector<EdgeList::Edge> result;
  result.reserve(edges.size());
  for (const auto &[from, to] : edges) result.emplace_back(to, from);
  return result;
}

// Tarjan's algorithm with its call stack written out.
std::vector<std::uint32_t> components(const EdgeList &edges) {
  constexpr std::uint32_t kNone = UINT32_MAX;
  struct Frame {
    Node node;
    std::size_t next_edge;
  };
  const std::size_t size = edges.size();
  std::vector<std::uint32_t> component(size, kNone);
  std::vector<std::uint32_t> number(size, kNone);
  std::vector<std::uint32_t> lowest(size, 0);
  std::vector<Node> open;
  std::vector<Frame> calls;
  std::uint32_t next_number = 0;
  std::uint32_t next_component = 0;

  for (Node root = 0; root < size; ++root) {
    if (number[root] != kNone) continue;
    calls.push_back({root, 0});
    while (!calls.empty()) {
      Frame &frame = calls.back();
      const Node node = frame.node;
      if (frame.next_edge == 0) {
        number[node] = lowest[node] = next_number++;
        open.push_back(node);
      }
      const auto targets = edges.of(node);
      bool descended = false;
      while (frame.next_edge < targets.size()) {
        const Node target = targets[frame.next_edge++];
        if (number[target] == kNone) {
          calls.push_back({target, 0});
          descended = true;
          break;
        }
        if (component[target] == kNone) lowest[node] = std::min(lowest[node], number[target]);
      }
      if (descended) continue;
      if (lowest[node] == number[node]) {
        Node member = node;
        do {
          member = open.back();
          open.pop_back();
          component[member] = next_component;
        } while (member != node);
        ++next_component;
      }
      calls.pop_back();
      if (!calls.empty()) {
        Node caller = calls.back().node;
        lowest[caller] = std::min(lowest[caller], lowest[node]);
      }
    }
  }
  return component;
}

}  // namespace migfix::core
