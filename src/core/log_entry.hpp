// One row of migfix.version_log: what happened to a version row, and who did it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace migfix::core {

enum class Operation {
  kInsert,     // new_version was recorded
  kUpdate,     // old_version became new_version
  kDelete,     // old_version was taken out
  kTruncate,   // the same, by TRUNCATE
  kDrop,       // the same, with the table
  kSkip,       // heal passed over an INSERT of new_version, which was recorded already
  kRename,     // the version table got a new name or schema
  kProtect,    // the guard was put on by hand
  kUnprotect,  // the guard was taken off by hand
};

/// The word that the log's column `operation` has ("insert", "update", …).
const char *operation_name(Operation operation);

/// The reverse of operation_name; nothing for any other word.
std::optional<Operation> operation_named(const std::string &name);

/// Does the operation change which versions are recorded?
bool changes_rows(Operation operation);

struct LogEntry {
  std::int64_t log_id = 0;
  std::int64_t change_id = 0;  // the log_id of the first entry of the same change
  std::string logged_at;       // in the session's TimeZone and ISO style: 2026-11-21 10:03:07+00
  std::string transaction_id;  // xid8 as text
  std::string version_table;   // schema-qualified and quoted where SQL needs it: public.alembic_version
  Operation operation = Operation::kInsert;
  std::optional<std::string> old_version;
  std::optional<std::string> new_version;
  std::string session_role;
  std::string current_role;
  std::string application_name;  // empty where the client gave none
  std::string client_address;    // empty for a Unix socket
  std::int32_t pid = 0;
  std::string statement;
  std::string reason;  // empty where none was given
};

/// Who did it and when, for the end of a sentence:
/// `2026-11-21 10:03:07+00 by role appuser as deployer (application "alembic", pid 4711, from 10.0.0.7)`.
/// The current role is named only where it differs from the session's.
std::string who_and_when(const LogEntry &entry);

/// What it did: `UPDATE of "a" to "b"`, `INSERT of "a"`, `DELETE of "a"`, `TRUNCATE with "a"`, …
std::string what(const LogEntry &entry);

}  // namespace migfix::core
