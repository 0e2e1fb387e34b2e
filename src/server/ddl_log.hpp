// migfix.ddl_log: written by the event triggers, read by whom it is granted.
#pragma once

#include "core/ddl_memory.hpp"
#include "server/ddl_event.hpp"

namespace migfix::server {

/// Logs those of the events that belong in the log, with the running statement. What can be wrong with `read`
/// or with the log itself is found out in a subtransaction, before anything is written; then it is a WARNING,
/// and nothing is logged. The entries are written outside of it: a subtransaction with an id of its own for
/// every command would slow the snapshots of all other sessions.
void log_ddl(const std::function<std::vector<DdlEvent>()> &read);

/// Who may not read migfix.ddl_log is told nothing of it.
bool may_read_ddl_log();

/// The latest entry that created the object or, where there is none, that touched it. The current role has to
/// be one that may read the log.
std::optional<core::DdlEntry> origin_of(const core::DdlName &object);

/// What diagnosis may ask the log; nothing where the current role may not read it.
core::DdlMemory ddl_memory();

}  // namespace migfix::server
