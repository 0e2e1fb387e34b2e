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

/// The text that Alembic sends where a row goes or moves on, for a step or a stamp
/// (alembic.runtime.migration.HeadMaintainer), so that a migration may stand behind it.
bool is_sent_by_alembic(const LogEntry &entry);

/// The versions that the log leaves recorded, sorted: those that it has seen, without those that Alembic took
/// back or moved on from. What went any other way (rows cleared by hand) is among them.
std::vector<std::string> left_recorded(const std::vector<LogEntry> &log);

/// ` "a" was recorded 2026-11-21 10:03:07+00 by role …, with INSERT of "a".` with a blank before it; empty
/// where the log does not tell.
std::string recorded_sentence(const std::vector<LogEntry> &log, const std::string &version);

}  // namespace migfix::core
