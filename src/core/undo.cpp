#include "core/undo.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kShown = 5;

std::string refusal(const UndoRequest &request) {
  return fmt::format("cannot undo log entry {}: {} has changed since", request.log_id, request.version_table);
}

[[noreturn]] void refuse_later_changes(const UndoRequest &request) {
  std::vector<std::string> changes;
  for (const LogEntry &entry : request.since)
    changes.push_back(fmt::format("log {}: {} {}", entry.log_id, what(entry), who_and_when(entry)));
  throw Error(kObjectNotInPrerequisiteState, refusal(request),
              fmt::format("Since then: {}.", list_of(changes, kShown)),
              fmt::format("Undo the latest change first:\nSELECT * FROM {}migfix_undo({});", request.functions,
                          request.since.back().log_id));
}

[[noreturn]] void refuse_unlogged(const UndoRequest &request, const std::string &trouble) {
  throw Error(kObjectNotInPrerequisiteState, refusal(request),
              fmt::format("{}, and the log does not say how that came: the guard was off or passed over.", trouble),
              fmt::format("SELECT * FROM {0}migfix_current(); shows the rows of now; {0}migfix_stamp records what is right.",
                          request.functions));
}

std::string shown(const std::optional<std::string> &row) { return row ? in_quotes(*row) : "A NULL row"; }

void put(Rows &rows, const std::optional<std::string> &row, const UndoRequest &request) {
  if (row && std::find(rows.begin(), rows.end(), row) != rows.end())
    refuse_unlogged(request, fmt::format("{} is recorded there again", shown(row)));
  rows.insert(rows.begin(), row);  // entries are reverted from the last to the first
}

void take(Rows &rows, const std::optional<std::string> &row, const UndoRequest &request) {
  const auto found = std::find(rows.begin(), rows.end(), row);
  if (found == rows.end()) refuse_unlogged(request, fmt::format("{} is not recorded there any more", shown(row)));
  rows.erase(found);
}

void revert(Rows &rows, const LogEntry &entry, const UndoRequest &request) {
  switch (entry.operation) {
    case Operation::kInsert:
      take(rows, entry.new_version, request);
      break;
    case Operation::kUpdate:
      take(rows, entry.new_version, request);
      put(rows, entry.old_version, request);
      break;
    case Operation::kDelete:
    case Operation::kTruncate:
      put(rows, entry.old_version, request);
      break;
    case Operation::kDrop:
      if (entry.old_version) put(rows, entry.old_version, request);  // a table without rows has one entry, without versions
      break;
    case Operation::kSkip:
    case Operation::kRename:
    case Operation::kProtect:
    case Operation::kUnprotect:
      break;
  }
}

}  // namespace

Rows rows_before(const Rows &now, const UndoRequest &request) {
  if (std::none_of(request.change.begin(), request.change.end(),
                   [](const LogEntry &entry) { return changes_rows(entry.operation); })) {
    const char *operation = request.change.empty() ? "nothing" : operation_name(request.change.front().operation);
    throw Error(kInvalidParameterValue, fmt::format("log entry {} changed no version rows", request.log_id),
                fmt::format("Its operation is {}.", operation));
  }
  if (!request.since.empty()) refuse_later_changes(request);
  const bool dropped = std::any_of(request.change.begin(), request.change.end(),
                                   [](const LogEntry &entry) { return entry.operation == Operation::kDrop; });
  if (!request.table_exists && !dropped) {
    throw Error(kUndefinedTable, fmt::format("version table {} does not exist", request.version_table),
                fmt::format("Log entry {} is about its rows.", request.log_id));
  }
  Rows rows = now;
  for (auto entry = request.change.rbegin(); entry != request.change.rend(); ++entry) revert(rows, *entry, request);
  return rows;
}

}  // namespace migfix::core
