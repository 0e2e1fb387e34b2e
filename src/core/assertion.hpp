// The error of migfix_assert.
#pragma once

#include <optional>
#include <vector>

#include "core/error.hpp"
#include "core/finding.hpp"
#include "core/installation.hpp"

namespace migfix::core {

/// The error (P0001) where a finding is as bad as `severity` or worse, or where something could not be
/// checked; nothing where all is well. Its message counts the findings and gives the first, its detail has
/// them all in a line each, its hint the first fix that is a statement.
std::optional<Error> failed_assertion(std::vector<Finding> findings, Severity severity,
                                      const Installation &installation);

}  // namespace migfix::core
