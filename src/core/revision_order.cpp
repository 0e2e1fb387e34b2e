#include "core/revision_order.hpp"

#include <algorithm>

namespace migfix::core {

namespace {

constexpr std::uint32_t kNone = UINT32_MAX;

// Searching for the branch that has to come first may take this many steps in all: graphs of people take
// far less. After that the rest is listed in plain order.
constexpr std::size_t kPatience = 20'000'000;

// The walk keeps a list of places, each at one revision of the front. A revision is covered while it is
// at the front or below a revision that is; it is listed when it is at the front and nothing covered is
// above it. Alembic keeps a set of ancestors for each place instead, which takes time by the square.
class FrontWalk {
 public:
  FrontWalk(const RevisionGraph &graph, const NodeSet &wanted, const std::vector<Node> &heads)
      : graph_(graph),
        wanted_(wanted),
        waiting_(wanted),
        covered_above_(graph.size(), 0),
        covered_(graph.ancestors(heads_within(wanted, heads), Relation::kAll)),
        place_of_(graph.size(), kNone) {
    for (const Node node : covered_.nodes())
      for (const Node parent : graph.parents(node, Relation::kAll)) ++covered_above_[parent];
    for (const Node head : heads_within(wanted, heads)) append(head);
  }

  std::vector<Node> run() {
    std::uint32_t place = first_;
    while (place != kNone) {
      const Node node = places_[place].node;
      if (covered_above_[node] > 0) {
        place = first_place_above(node);
        continue;
      }
      if (waiting_.contains(node)) {
        listed_.push_back(node);
        waiting_.erase(node);
      }
      place = move_down(place);
    }
    if (!waiting_.empty()) {
      listed_.clear();
      const auto &order = graph_.order();
      for (auto at = order.rbegin(); at != order.rend(); ++at)
        if (wanted_.contains(*at)) listed_.push_back(*at);
    }
    return std::move(listed_);
  }

 private:
  struct Place {
    Node node;
    std::uint32_t before;
    std::uint32_t after;
  };

  static std::vector<Node> heads_within(const NodeSet &wanted, const std::vector<Node> &heads) {
    std::vector<Node> result;
    for (const Node head : heads)
      if (wanted.contains(head)) result.push_back(head);
    std::sort(result.begin(), result.end());
    result.erase(std::unique(result.begin(), result.end()), result.end());
    return result;
  }

  void append(Node node) {
    const auto place = static_cast<std::uint32_t>(places_.size());
    places_.push_back({node, last_, kNone});
    if (last_ == kNone) {
      first_ = place;
    } else {
      places_[last_].after = place;
    }
    last_ = place;
    place_of_[node] = place;
  }

  // The revision at `place` has been listed: the place goes on to what is below, or away. Returns the place
  // to go on from.
  std::uint32_t move_down(std::uint32_t place) {
    const Node node = places_[place].node;
    std::vector<Node> next = graph_.immediate_parents(node);
    std::erase_if(next,
                  [&](Node parent) { return !waiting_.contains(parent) || place_of_[parent] != kNone; });
    place_of_[node] = kNone;
    if (!next.empty()) {
      places_[place].node = next.front();
      place_of_[next.front()] = place;
      for (std::size_t i = 1; i < next.size(); ++i) append(next[i]);
    }
    uncover(node);
    if (!next.empty()) return place;
    const auto [ignored, before, after] = places_[place];
    (before == kNone ? first_ : places_[before].after) = after;
    (after == kNone ? last_ : places_[after].before) = before;
    return before == kNone ? first_ : before;
  }

  void uncover(Node node) {
    std::vector<Node> open{node};
    while (!open.empty()) {
      const Node gone = open.back();
      open.pop_back();
      covered_.erase(gone);
      for (const Node parent : graph_.parents(gone, Relation::kAll))
        if (--covered_above_[parent] == 0 && place_of_[parent] == kNone) open.push_back(parent);
    }
  }

  // Places are appended only, so of two the one with the lower number comes first.
  std::uint32_t first_place_above(Node node) {
    std::uint32_t found = kNone;
    NodeSet seen(graph_.size());
    std::vector<Node> open{node};
    while (!open.empty()) {
      const Node current = open.back();
      open.pop_back();
      for (const Node child : graph_.children(current, Relation::kAll)) {
        if (++steps_ > kPatience) return kNone;
        if (!covered_.contains(child) || !seen.insert(child)) continue;
        found = std::min(found, place_of_[child]);
        open.push_back(child);
      }
    }
    return found;
  }

  const RevisionGraph &graph_;
  const NodeSet &wanted_;
  NodeSet waiting_;
  std::vector<std::uint32_t> covered_above_;  // covered children of each revision
  NodeSet covered_;
  std::vector<std::uint32_t> place_of_;
  std::vector<Place> places_;
  std::uint32_t first_ = kNone;
  std::uint32_t last_ = kNone;
  std::size_t steps_ = 0;
  std::vector<Node> listed_;
};

}  // namespace

std::vector<Node> newest_first(const RevisionGraph &graph, const NodeSet &wanted,
                               const std::vector<Node> &heads) {
  return FrontWalk(graph, wanted, heads).run();
}

}  // namespace migfix::core
