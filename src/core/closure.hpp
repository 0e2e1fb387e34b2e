// The cheapest set of revisions that holds with each revision all of its ancestors.
#pragma once

#include <cstdint>
#include <vector>

#include "core/revision_graph.hpp"

namespace migfix::core {

/// All sets of the least weight lie between these two, and these two are among them.
struct ClosureRange {
  NodeSet lowest;
  NodeSet highest;
};

/// `weights` by node; negative: the revision is better in than out. A minimum cut (J. C. Picard, Maximal
/// closure of a graph, 1976), found with Dinic's algorithm.
ClosureRange cheapest_closures(const RevisionGraph &graph, const std::vector<std::int64_t> &weights);

}  // namespace migfix::core
