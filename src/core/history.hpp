// Ranges of revisions, as `alembic history -r` takes them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/revision_graph.hpp"

namespace migfix::core {

/// The revisions of `range`, newest first: `a:b`, `:b`, `a:`, `:` and the empty text (all), with
/// identifiers, relative ones (-3: counts from the heads, :+2 and a:+2 from the lower end) and `current`
/// (`rows`, what is recorded now) at either end; the lower end is in the range
/// (command.history, ScriptDirectory.walk_revisions, RevisionMap._collect_upgrade_revisions).
/// Throws 22023 with Alembic's words: no colon; "Requested range a:b does not refer to
/// ancestor/descendant revisions along the same branch"; "Requested revision a overlaps with other
/// requested revisions b"; and what Identifiers throws.
std::vector<Node> history(const RevisionGraph &graph, const std::vector<Node> &rows, std::string_view range);

}  // namespace migfix::core
