// One row of migfix.version_log: what happened to a version row, and who did it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/attribution.hpp"

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

struct LogEntry : Attribution {
  std::int64_t log_id = 0;
  std::int64_t change_id = 0;  // the log_id of the first entry of the same change
  std::string version_table;   // schema-qualified and quoted where SQL needs it: public.alembic_version
  Operation operation = Operation::kInsert;
  std::optional<std::string> old_version;
  std::optional<std::string> new_version;
  std::string reason;  // empty where none was given
};

/// What it did: `UPDATE of "a" to "b"`, `INSERT of "a"`, `DELETE of "a"`, `TRUNCATE with "a"`, …
std::string what(const LogEntry &entry);

}  // namespace migfix::core
