// Rows that are no known revision: a part of judge_rows_by_graph.
#pragma once

#include <optional>
#include <string>

#include "core/antichain.hpp"
#include "core/facts.hpp"
#include "core/finding.hpp"

namespace migfix::core {

/// Was the version recorded after the environment was loaded last, so that it may be a revision newer than
/// what is known? False where the log does not tell.
bool recorded_after_load(const Environment &environment, const VersionTable &table,
                         const std::string &version);

/// MF103 for all rows of the table that are unknown; nothing where there is none.
std::optional<Finding> judge_unknown(const Facts &facts, const Environment &environment,
                                     const VersionTable &table, const RowsJudgement &judgement);

}  // namespace migfix::core
