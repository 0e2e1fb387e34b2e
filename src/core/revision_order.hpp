// The order in which Alembic lists revisions.
#pragma once

#include <vector>

#include "core/revision_graph.hpp"

namespace migfix::core {

/// `wanted`, each before its parents and dependencies, in the order of Alembic's history: from the first of
/// `heads` down its branch, and over to another branch where that has to come first
/// (RevisionMap._topological_sort). Where Alembic stops with an AssertionError because a part of `wanted` is
/// not reached from `heads` within it, the order is a plain one.
std::vector<Node> newest_first(const RevisionGraph &graph, const NodeSet &wanted,
                               const std::vector<Node> &heads);

}  // namespace migfix::core
