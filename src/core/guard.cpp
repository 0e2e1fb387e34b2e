#include "core/guard.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/sql_text.hpp"
#include "core/version_id.hpp"

namespace migfix::core {

namespace {

std::string recorded_sentence(const Twin &twin) {
  if (!twin.recorded) {
    return "It was recorded before migfix watched this table, or past its guard: migfix.version_log has no entry.";
  }
  return fmt::format("It was recorded {}, with {} (log {}).", who_and_when(*twin.recorded), what(*twin.recorded),
                     twin.recorded->log_id);
}

// What mends it depends on who wrote the row: this migration itself, a second runner, or somebody before.
std::string mend(const RowWrite &write, const Twin &twin, const std::string &functions,
                 const std::string &database) {
  if (twin.this_transaction) {
    return fmt::format(
        "This same transaction recorded it before: the migration itself (a body, a dump that it loads) "
        "writes the version table. Take that statement out of it; or let the guard absorb it, as a "
        "superuser, and run the migration again:\n"
        "ALTER DATABASE {0} SET migfix.guard = 'heal';\n"
        "What stands now: SELECT * FROM {1}migfix_current();",
        database, functions);
  }
  if (twin.meanwhile) {
    return fmt::format(
        "Another runner migrated meanwhile and nothing of this run was kept. Run it again: it goes on from what "
        "is recorded now:\nSELECT * FROM {}migfix_current();",
        functions);
  }
  if (twin.recorded) {
    return fmt::format(
        "If {0} is applied here, this script starts from a state that the database is not in: run \"alembic "
        "upgrade head\" instead. If it is not applied, take the record back first:\n"
        "SELECT * FROM {1}migfix_undo({2});\n"
        "What else is out of step: SELECT {1}migfix_diagnose();",
        in_quotes(*write.new_version), functions, twin.recorded->log_id);
  }
  return fmt::format(
      "If {0} is applied here, this script starts from a state that the database is not in: run \"alembic "
      "upgrade head\" instead. What is out of step:\nSELECT {1}migfix_diagnose();",
      in_quotes(*write.new_version), functions);
}

void reject_impossible(const RowWrite &write) {
  if (!write.new_version) {
    throw Error(kNotNullViolation, fmt::format("a version in {} cannot be NULL", write.version_table),
                "Alembic takes a NULL row for an empty database and never removes it.",
                "Record a revision's own id, as \"alembic history\" lists it.");
  }
  if (const auto why = why_never_a_revision(*write.new_version)) {
    throw Error(kCheckViolation,
                fmt::format("{} can never be a revision in {}", in_quotes(*write.new_version), write.version_table),
                as_sentence(*why) + " " + what_alembic_does_with(*write.new_version),
                "Record the revision's own id, as \"alembic heads\" lists it.");
  }
}

}  // namespace

bool twins_matter(const RowWrite &write) {
  const bool judges = write.mode == GuardMode::kEnforce || write.mode == GuardMode::kHeal;
  return judges && write.new_version && !(write.update && write.old_version == write.new_version);
}

RowVerdict judge_row(const RowWrite &write, const std::optional<Twin> &twin, const std::string &functions,
                     const std::string &database) {
  if (write.mode == GuardMode::kObserve || write.mode == GuardMode::kOff) return RowVerdict::kAccept;
  if (write.update && write.old_version == write.new_version) return RowVerdict::kAccept;
  reject_impossible(write);
  if (!twin) return RowVerdict::kAccept;
  if (write.mode == GuardMode::kHeal) return write.update ? RowVerdict::kRemoveTwin : RowVerdict::kSkip;
  if (write.may_resolve) return RowVerdict::kAccept;
  throw Error(kUniqueViolation,
              fmt::format("version {} is already recorded in {}", in_quotes(*write.new_version), write.version_table),
              recorded_sentence(*twin), mend(write, *twin, functions, database));
}

Notice healed(const RowWrite &write, RowVerdict verdict, const Twin &twin) {
  Notice notice;
  if (verdict == RowVerdict::kSkip) {
    notice.message = fmt::format("version {} is already recorded in {}: INSERT passed over",
                                 in_quotes(*write.new_version), write.version_table);
  } else {
    notice.message = fmt::format("version {} was already recorded in {}: its row gives way to the one that was {}",
                                 in_quotes(*write.new_version), write.version_table,
                                 write.old_version ? in_quotes(*write.old_version) : "NULL");
  }
  notice.detail = recorded_sentence(twin);
  return notice;
}

Notice emptied_without_ddl(const std::string &version_table, const std::optional<LogEntry> &emptied,
                           const std::string &functions) {
  Notice notice;
  notice.message = fmt::format("{} records no version any more, and no DDL ran with that", version_table);
  notice.detail =
      "The next \"alembic upgrade\" starts from the very first revision and fails on the first object that is there "
      "already.";
  notice.hint = emptied ? fmt::format("If that was not meant, this puts the rows back:\nSELECT * FROM {}migfix_undo({});",
                                      functions, emptied->log_id)
                        : fmt::format("If that was not meant: SELECT {}migfix_diagnose();", functions);
  return notice;
}

}  // namespace migfix::core
