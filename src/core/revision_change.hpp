// What loading a revision again changes.
#pragma once

#include <string>
#include <vector>

#include "core/revision_graph.hpp"

namespace migfix::core {

/// The same down_revision and depends_on, in whatever order.
bool same_parents(const Revision &one, const Revision &other);

/// Clauses that say what is different in `after`: "down_revision was a, is b".
std::vector<std::string> describe_change(const Revision &before, const Revision &after);

/// A revision known from its script or by hand, after its SQL was loaded too. SQL tells less: no branch
/// labels, no message, and of dependencies only those that showed in the version rows. So what is known stays,
/// but for parents that the SQL has otherwise, and dependencies that `graph` (as known so far) does not imply.
Revision with_sql(const Revision &known, const Revision &told, const RevisionGraph &graph);

}  // namespace migfix::core
