// Known names that an unknown one may be meant for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/revision_graph.hpp"

namespace migfix::core {

/// Edits (insert, delete, replace a byte) between two texts; `one` counts in lower case, without surrounding
/// blanks, and up to its 64th byte; case of `other` does not matter.
/// Stops counting at `most` + 1.
std::size_t edit_distance(std::string_view one, std::string_view other, std::size_t most);

/// Ids (and labels, if `with_labels`) of the graph nearest to `text`, nearest first, at most `most` of them:
/// those that differ only in case or surrounding blanks, that `text` starts or that start with it, and those
/// within a third of its length by edit distance.
std::vector<std::string> nearest_names(const RevisionGraph &graph, std::string_view text, bool with_labels,
                                       std::size_t most = 3);

/// "Did you mean "a", "b" or "c"?", or nothing where there are none: for a HINT.
std::string did_you_mean(const std::vector<std::string> &names);

}  // namespace migfix::core
