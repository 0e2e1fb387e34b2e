#include "core/closure.hpp"

#include <random>

#include <gtest/gtest.h>

namespace migfix::core {
namespace {

bool is_closed(const RevisionGraph &graph, std::uint32_t set) {
  for (Node node = 0; node < graph.size(); ++node) {
    if ((set >> node & 1U) == 0) continue;
    for (const Node parent : graph.parents(node, Relation::kAll))
      if ((set >> parent & 1U) == 0) return false;
  }
  return true;
}

std::uint32_t bits(const NodeSet &set) {
  std::uint32_t all = 0;
  for (const Node node : set.nodes()) all |= 1U << node;
  return all;
}

RevisionGraph random_graph(std::mt19937 &random, std::size_t size) {
  std::vector<Revision> revisions;
  for (std::size_t i = 0; i < size; ++i) {
    Revision revision;
    revision.revision = "r" + std::to_string(i);
    if (i > 0 && random() % 8 != 0) revision.down_revision.push_back("r" + std::to_string(random() % i));
    if (i > 1 && random() % 4 == 0) revision.depends_on.push_back("r" + std::to_string(random() % i));
    revisions.push_back(std::move(revision));
  }
  return RevisionGraph(std::move(revisions));
}

// Against every closed set there is.
TEST(CheapestClosures, AreTheIntersectionAndTheUnionOfAllCheapestSets) {
  std::mt19937 random(4);
  for (int round = 0; round < 400; ++round) {
    const RevisionGraph graph = random_graph(random, 1 + random() % 11);
    std::vector<std::int64_t> weights;
    for (std::size_t i = 0; i < graph.size(); ++i) weights.push_back(static_cast<int>(random() % 7) - 3);
    std::int64_t least = 0;
    std::uint32_t lowest = 0;
    std::uint32_t highest = 0;
    for (std::uint32_t set = 0; set < 1U << graph.size(); ++set) {
      if (!is_closed(graph, set)) continue;
      std::int64_t sum = 0;
      for (Node node = 0; node < graph.size(); ++node)
        if ((set >> node & 1U) != 0) sum += weights[node];
      if (sum < least || set == 0) {
        least = sum;
        lowest = set;
        highest = set;
      } else if (sum == least) {
        lowest &= set;
        highest |= set;
      }
    }
    const ClosureRange range = cheapest_closures(graph, weights);
    ASSERT_EQ(bits(range.lowest), lowest) << "round " << round;
    ASSERT_EQ(bits(range.highest), highest) << "round " << round;
  }
}

TEST(CheapestClosures, TakesALongLineInOneGo) {
  std::vector<Revision> revisions;
  for (int i = 0; i < 3000; ++i) {
    Revision revision;
    revision.revision = "r" + std::to_string(i);
    if (i > 0) revision.down_revision.push_back("r" + std::to_string(i - 1));
    revisions.push_back(std::move(revision));
  }
  const RevisionGraph graph(std::move(revisions));
  std::vector<std::int64_t> weights(graph.size(), 1);
  weights[2000] = -2001;  // one better than all that it needs
  const ClosureRange range = cheapest_closures(graph, weights);
  EXPECT_EQ(range.lowest.count(), 2001U);
  EXPECT_EQ(range.highest.count(), 2001U);
}

}  // namespace
}  // namespace migfix::core
