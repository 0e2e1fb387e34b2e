// Diagnosis: facts in, findings out.
#pragma once

#include <vector>

#include "core/facts.hpp"
#include "core/finding.hpp"

namespace migfix::core {

/// Every finding, sorted (sort_findings). Findings that say the same of many version tables are folded
/// into one that names the first few.
std::vector<Finding> diagnose(const Facts &facts);

// Its parts, a family of codes each.
std::vector<Finding> judge_version_rows(const Facts &facts);   // MF1xx
std::vector<Finding> judge_environments(const Facts &facts);   // MF1xx about no single table
std::vector<Finding> judge_duplicates(const Facts &facts);     // MF3xx
std::vector<Finding> judge_leftovers(const Facts &facts);      // MF4xx
std::vector<Finding> judge_privileges(const Facts &facts);     // MF5xx
std::vector<Finding> judge_installation(const Facts &facts);   // MF9xx

}  // namespace migfix::core
