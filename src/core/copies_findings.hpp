// Objects of one name in several schemas: a part of judge_duplicates.
#pragma once

#include <vector>

#include "core/facts.hpp"
#include "core/finding.hpp"

namespace migfix::core {

/// MF302 (on one search_path) and MF303 (families of copies).
std::vector<Finding> judge_copies(const Facts &facts);

}  // namespace migfix::core
