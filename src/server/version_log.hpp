// migfix.version_log: append-only; read by whom it is granted, written by migfix alone.
#pragma once

#include "core/log_entry.hpp"
#include "server/query.hpp"

namespace migfix::server {

/// The columns of an entry in the order that entry_from reads them, for a query over migfix.version_log.
#define MIGFIX_LOG_ENTRY                                                                                 \
  "log_id, change_id, to_char(logged_at, 'YYYY-MM-DD HH24:MI:SSOF') AS at, transaction_id,"             \
  " version_table, operation, old_version, new_version, session_role, \"current_role\","                \
  " application_name, host(client_address) AS host, pid, statement, coalesce(reason, '') AS reason"

/// An entry from a row whose first columns are MIGFIX_LOG_ENTRY.
core::LogEntry entry_from(const RowView &row);

/// The owner of migfix.version_log. Throws PgError where it is not there.
Oid log_owner();

struct NewEntry {
  Oid table = InvalidOid;     // for the change it belongs to
  std::string version_table;  // its name as SQL writes it
  core::Operation operation = core::Operation::kInsert;
  std::optional<std::string> old_version;
  std::optional<std::string> new_version;
  std::optional<std::string> former_name;  // kRename: the name before
};

/// Writes an entry with the rights of the log's owner, whoever acts, and returns its log_id. Attribution is
/// taken from the session.
std::int64_t append(const NewEntry &entry);

/// The latest entry that recorded `version` in that table, whichever transaction committed it until now.
std::optional<core::LogEntry> last_recorded(const std::string &version_table, const std::string &version);

/// The latest entry of a change of that table's rows, whichever transaction committed it until now.
std::optional<core::LogEntry> last_change(const std::string &version_table);

/// Was the entry written after the current transaction had begun?
bool logged_since_start(std::int64_t log_id);

/// One entry by its id.
std::optional<core::LogEntry> entry_of(std::int64_t log_id);

/// All entries of a change, oldest first.
std::vector<core::LogEntry> entries_of_change(const std::string &version_table, std::int64_t change_id);

/// The versions that this transaction has recorded in a version table, from the entry `first` on.
std::unordered_set<std::string> recorded_now(const std::string &version_table, std::int64_t first);

/// What became of a version table after an entry.
struct Aftermath {
  std::string version_table;           // its name today: renames are followed
  std::vector<core::LogEntry> changes;  // younger entries that changed rows, oldest first
};
Aftermath aftermath(const std::string &version_table, std::int64_t log_id);

/// The latest migfix_protect or migfix_unprotect of a table.
std::optional<core::LogEntry> last_protection(const std::string &version_table);

/// The id of the current transaction as the log writes it; empty where it has none yet.
std::string current_transaction();

}  // namespace migfix::server
