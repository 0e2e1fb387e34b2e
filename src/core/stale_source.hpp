// Statements that mean something else by now than when they ran.
#pragma once

#include <string>

#include "core/node_set.hpp"
#include "core/revision_graph.hpp"
#include "core/revision_statement.hpp"

namespace migfix::core {

/// Whether the statement that makes a view, a function or a trigger would fail or make another one if it were
/// run after all of `revisions`: it names what one of them renamed or moved after it, or takes by "*" the
/// columns of a table that was given or lost some since. `source` is its text, as one of these revisions has
/// it; a text that none of them has is stale. What stands within a function's body does not count.
bool is_stale(const std::string &source, const RevisionGraph &graph, const StatementsOf &statements,
              const NodeSet &revisions);

}  // namespace migfix::core
