// The log of version rows, read for many version tables at once.
#pragma once

#include "core/installation.hpp"
#include "server/version_table_catalog.hpp"

namespace migfix::server {

/// Takes the lock that reading the log needs, without waiting for it. Says in `not_checked` why it cannot be
/// read, and returns false, where another session has locked the log or it is not there.
bool lock_log(std::vector<core::NotChecked> &not_checked);

/// Tells tables whose guard was taken off by hand from those where it is missing. Reads the log with its
/// owner's rights, whoever asks: that and who did it is no secret.
void mark_taken_off(std::vector<CatalogTable> &tables);

/// Fills `facts.log` of every table, the entries under its former names included: the latest few hundred
/// each, fewer where there are very many tables and nothing depends on more. Returns the entries of drops
/// of tables that are not among `tables`, newest first. Nothing is read, and `not_checked` says so, where the
/// current role may not read migfix.version_log.
std::vector<core::LogEntry> read_log(std::vector<CatalogTable> &tables,
                                     std::vector<core::NotChecked> &not_checked);

}  // namespace migfix::server
