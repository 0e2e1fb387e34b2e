// Several rows in one version table, judged by the log alone: a part of judge_version_rows.
#pragma once

#include <string>
#include <vector>

#include "core/facts.hpp"
#include "core/finding.hpp"

namespace migfix::core {

/// MF104 or MF105, for a table whose environment is not known. `versions`: its distinct versions that could
/// be revisions.
std::vector<Finding> judge_several_by_log(const Facts &facts, const VersionTable &table,
                                          const std::vector<std::string> &versions);

}  // namespace migfix::core
