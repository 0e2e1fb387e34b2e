// The report of migfix_diagnose().
#pragma once

#include <string>
#include <vector>

#include "core/facts.hpp"
#include "core/finding.hpp"

namespace migfix::core {

/// The report as people read it, a line an element, without line ends; made for a terminal of 100 columns.
std::vector<std::string> report_text(const Facts &facts, const std::vector<Finding> &findings);

/// The same as one JSON document. `status`: 0 nothing found, 1 something found, 2 something could not be
/// checked (which is never reported as fine). Text is passed on in the database's encoding.
std::string report_json(const Facts &facts, const std::vector<Finding> &findings);

/// How bad it is, for migfix_assert: the findings that are at least as bad as `severity`, the worst first.
std::vector<Finding> at_least(const std::vector<Finding> &findings, Severity severity);

}  // namespace migfix::core
