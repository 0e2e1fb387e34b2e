// Version rows judged with the graph of revisions: a part of judge_version_rows.
#pragma once

#include <vector>

#include "core/facts.hpp"
#include "core/finding.hpp"

namespace migfix::core {

/// MF103, MF104, MF106 and MF114 to MF116, for each version table whose environment is known. Tables with the
/// same rows share what costs a pass over the graph.
std::vector<Finding> judge_rows_by_graph(const Facts &facts);

}  // namespace migfix::core
