// Findings MF2xx and MF301: the schema against the revisions.
#pragma once

#include <vector>

#include "core/facts.hpp"
#include "core/finding.hpp"

namespace migfix::core {

std::vector<Finding> judge_schemas(const Facts &facts);

/// How the one version table of that name stands; null where that is not known. An empty name: the only one.
const SchemaStanding *standing_of(const Facts &facts, const std::string &version_table);

/// The one call that mends everything that can be mended without a decision; empty where there is nothing.
std::string repair_of_all(const Facts &facts);

}  // namespace migfix::core
