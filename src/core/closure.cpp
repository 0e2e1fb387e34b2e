#include "core/closure.hpp"

#include <algorithm>
#include <limits>

namespace migfix::core {

namespace {

constexpr std::int64_t kUnlimited = std::numeric_limits<std::int64_t>::max() / 4;

// A network in which the source feeds what is better in, the sink takes from what is better out, and every
// revision passes on to its parents without limit.
class Network {
 public:
  Network(const RevisionGraph &graph, const std::vector<std::int64_t> &weights)
      : source_(static_cast<std::uint32_t>(graph.size())),
        sink_(source_ + 1),
        first_(graph.size() + 2, kNone) {
    for (Node node = 0; node < graph.size(); ++node) {
      if (weights[node] < 0) add(source_, node, -weights[node]);
      if (weights[node] > 0) add(node, sink_, weights[node]);
      for (const Node parent : graph.parents(node, Relation::kAll)) add(node, parent, kUnlimited);
    }
  }

  void saturate() {
    while (measure()) {
      next_ = first_;
      while (push() > 0) {
      }
    }
  }

  // Revisions that can still be reached from the source: the smallest cut.
  NodeSet reached() const {
    return walk(source_, [&](std::uint32_t edge) { return edges_[edge].room > 0; });
  }

  // Revisions from which the sink can still be reached.
  NodeSet reaching() const {
    return walk(sink_, [&](std::uint32_t edge) { return edges_[edge ^ 1].room > 0; });
  }

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  struct Edge {
    std::uint32_t to;
    std::uint32_t next;
    std::int64_t room;
  };

  void add(std::uint32_t from, std::uint32_t to, std::int64_t room) {
    edges_.push_back({to, first_[from], room});
    first_[from] = static_cast<std::uint32_t>(edges_.size() - 1);
    edges_.push_back({from, first_[to], 0});
    first_[to] = static_cast<std::uint32_t>(edges_.size() - 1);
  }

  // How far each place is from the source; false where the sink is out of reach.
  bool measure() {
    level_.assign(first_.size(), kNone);
    level_[source_] = 0;
    std::vector<std::uint32_t> queue{source_};
    for (std::size_t i = 0; i < queue.size(); ++i)
      for (std::uint32_t edge = first_[queue[i]]; edge != kNone; edge = edges_[edge].next)
        if (edges_[edge].room > 0 && level_[edges_[edge].to] == kNone) {
          level_[edges_[edge].to] = level_[queue[i]] + 1;
          queue.push_back(edges_[edge].to);
        }
    return level_[sink_] != kNone;
  }

  // One way from source to sink along rising levels, filled; 0 where there is none left. No recursion: a way
  // may be as long as the history.
  std::int64_t push() {
    std::vector<std::uint32_t> way;
    std::uint32_t at = source_;
    while (at != sink_) {
      std::uint32_t &edge = next_[at];
      while (edge != kNone && (edges_[edge].room == 0 || level_[edges_[edge].to] != level_[at] + 1))
        edge = edges_[edge].next;
      if (edge != kNone) {
        way.push_back(edge);
        at = edges_[edge].to;
        continue;
      }
      if (way.empty()) return 0;
      level_[at] = kNone;  // a dead end
      at = edges_[way.back() ^ 1].to;
      way.pop_back();
    }
    std::int64_t most = kUnlimited;
    for (const std::uint32_t edge : way) most = std::min(most, edges_[edge].room);
    for (const std::uint32_t edge : way) {
      edges_[edge].room -= most;
      edges_[edge ^ 1].room += most;
    }
    return most;
  }

  template <class Open>
  NodeSet walk(std::uint32_t start, const Open &open) const {
    NodeSet nodes(source_);
    std::vector<bool> seen(first_.size());
    seen[start] = true;
    std::vector<std::uint32_t> queue{start};
    for (std::size_t i = 0; i < queue.size(); ++i)
      for (std::uint32_t edge = first_[queue[i]]; edge != kNone; edge = edges_[edge].next) {
        const std::uint32_t to = edges_[edge].to;
        if (!open(edge) || seen[to]) continue;
        seen[to] = true;
        queue.push_back(to);
        if (to < source_) nodes.insert(to);
      }
    return nodes;
  }

  std::uint32_t source_;
  std::uint32_t sink_;
  std::vector<std::uint32_t> first_;
  std::vector<std::uint32_t> next_;
  std::vector<std::uint32_t> level_;
  std::vector<Edge> edges_;
};

}  // namespace

ClosureRange cheapest_closures(const RevisionGraph &graph, const std::vector<std::int64_t> &weights) {
  Network network(graph, weights);
  network.saturate();
  ClosureRange range{network.reached(), NodeSet(graph.size())};
  for (Node node = 0; node < graph.size(); ++node) range.highest.insert(node);
  range.highest -= network.reaching();
  return range;
}

}  // namespace migfix::core
