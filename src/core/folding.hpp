// Folding: findings that say the same of many version tables, or objects, become one.
#pragma once

#include <vector>

#include "core/facts.hpp"
#include "core/finding.hpp"

namespace migfix::core {

/// Findings with one code and severity whose messages are the same but for the names of the version table,
/// the object and their schema become one, as soon as they are more than three. It names the first three
/// and counts the rest; its fix mends all of them, or the first and says how to see the others.
std::vector<Finding> fold(const Facts &facts, std::vector<Finding> findings);

}  // namespace migfix::core
