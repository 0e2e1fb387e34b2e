// What the log of one version table tells of its rows.
#pragma once

#include <string>
#include <vector>

#include "core/log_entry.hpp"

namespace migfix::core {

/// The latest entry that changed a row; null where there is none. `log`: oldest first.
const LogEntry *last_change(const std::vector<LogEntry> &log);

/// The latest entry that recorded the version; null where there is none.
const LogEntry *recorded_by(const std::vector<LogEntry> &log, const std::string &version);

/// ` "a" was recorded 2026-11-21 10:03:07+00 by role …, with INSERT of "a".` with a blank before it; empty
/// where the log does not tell.
std::string recorded_sentence(const std::vector<LogEntry> &log, const std::string &version);

}  // namespace migfix::core
