// Runners: sessions that migrate, as Alembic does. Only one at a time holds the runner lock of a version
// table; what the others are told is worded here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/guard.hpp"
#include "core/log_entry.hpp"
#include "core/row_step.hpp"

namespace migfix::core {

inline constexpr char kSerializationFailure[6] = "40001";
inline constexpr char kLockNotAvailable[6] = "55P03";

/// Is it, to the letter, what Alembic reads the version rows with (MigrationContext.get_current_heads), as
/// SQLAlchemy's compiler writes it: `SELECT t.version_num \nFROM t`, with the blank and the line break, and t
/// the table's name, quoted where it must be, with its schema where version_table_schema is set? Blanks,
/// semicolons and comments round it do not count. A person or a health check writes `SELECT version_num FROM
/// t`, or no line break, and is no runner.
bool is_alembic_read(std::string_view statement);

/// The session that holds a runner lock.
struct RunnerHolder {
  std::int32_t pid = 0;          // 0: a prepared transaction
  std::string role;              // raw; empty where it is not told
  std::string application_name;  // empty where it gave none, or where it is not told
  std::string client_address;    // empty for a Unix socket or where it is not told
  std::string since;             // start of its transaction; empty where it is not told
};

/// For the middle of a sentence: `pid 4711, role appuser, application "alembic", from 10.0.0.7`; or
/// `a prepared transaction`.
std::string holder_words(const RunnerHolder &holder);

/// How long, as settings write it: `5min`, `90s`, `200ms`.
std::string duration_words(int milliseconds);

/// What a runner has read, against what stands there when it holds the runner lock and begins to change
/// things.
struct Meanwhile {
  std::string version_table;        // as SQL writes it
  std::optional<Rows> read;         // nothing: there was no such table
  std::optional<Rows> now;          // likewise
  std::optional<LogEntry> changed;  // the last change in the log
  std::string functions;            // prefix of the calls that hints give: empty, or a schema and a dot
};

/// The same rows, in whatever order, or still no table?
bool same_state(const std::optional<Rows> &read, const std::optional<Rows> &now);

/// 40001: another runner has migrated since this one has read.
Error overtaken(const Meanwhile &meanwhile);

/// 40001: this session waits for the runner lock while the one that holds it waits for a lock of this
/// session.
Error gives_way(const std::string &version_table, const RunnerHolder &holder, const std::string &functions);

/// 55P03: the runner lock was not to be had within `milliseconds`. `holder`: nothing where it has just ended.
Error waited_in_vain(const std::string &version_table, const std::optional<RunnerHolder> &holder,
                     int milliseconds);

/// What a runner is told that reads on without the lock.
Notice reads_on(const std::string &version_table, const std::optional<RunnerHolder> &holder,
                int milliseconds);

}  // namespace migfix::core
