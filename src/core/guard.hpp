// The guard's judgement of one row, and of a table at the end of a transaction.
#pragma once

#include <optional>
#include <string>

#include "core/guard_mode.hpp"
#include "core/log_entry.hpp"
#include "core/notice.hpp"

namespace migfix::core {

/// A row that is about to be written.
struct RowWrite {
  std::string version_table;  // as SQL writes it
  GuardMode mode = GuardMode::kEnforce;
  std::optional<std::string> old_version;  // of an UPDATE
  std::optional<std::string> new_version;
  bool update = false;       // else an INSERT
  bool may_resolve = false;  // the statement may handle a conflict itself (ON CONFLICT), and a key will speak
};

/// What stands in the way of it: another row with the new version.
struct Twin {
  std::optional<LogEntry> recorded;  // the log's entry that recorded it, where there is one
  bool this_transaction = false;     // that entry was written by the transaction that writes now
  bool meanwhile = false;            // it was committed by another one after this one had begun
};

enum class RowVerdict {
  kAccept,
  kSkip,        // pass over the INSERT: the version is recorded already
  kRemoveTwin,  // let the UPDATE through and take the other row out
};

/// Judges the row. Throws core::Error: 23502 for NULL, 23514 for what can never be a revision (ALEMBIC.md
/// 4.5), 23505 under enforce for a version that is recorded already. `functions` is the prefix of migfix's
/// functions in the calls that the hints give: empty, or a schema and a dot; `database` as SQL writes it.
RowVerdict judge_row(const RowWrite &write, const std::optional<Twin> &twin, const std::string &functions,
                     const std::string &database);

/// Would the judge need to know of twins at all? Not where the version stays the same or the mode only logs.
bool twins_matter(const RowWrite &write);

/// What a healed write is told: which row was passed over or taken out.
Notice healed(const RowWrite &write, RowVerdict verdict, const Twin &twin);

/// Judges a table that a transaction has left empty without any DDL. `emptied` is the last entry that took
/// a version away.
Notice emptied_without_ddl(const std::string &version_table, const std::optional<LogEntry> &emptied,
                           const std::string &functions);

}  // namespace migfix::core
