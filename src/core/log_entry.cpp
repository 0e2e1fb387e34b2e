#include "core/log_entry.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

constexpr std::array<std::pair<Operation, const char *>, 9> kNames{{
    {Operation::kInsert, "insert"},
    {Operation::kUpdate, "update"},
    {Operation::kDelete, "delete"},
    {Operation::kTruncate, "truncate"},
    {Operation::kDrop, "drop"},
    {Operation::kSkip, "skip"},
    {Operation::kRename, "rename"},
    {Operation::kProtect, "protect"},
    {Operation::kUnprotect, "unprotect"},
}};

std::string version_text(const std::optional<std::string> &version) {
  return version ? in_quotes(*version) : std::string("NULL");
}

}  // namespace

const char *operation_name(Operation operation) {
  for (const auto &[known, name] : kNames) {
    if (known == operation) return name;
  }
  return "";
}

std::optional<Operation> operation_named(const std::string &name) {
  for (const auto &[operation, known] : kNames) {
    if (name == known) return operation;
  }
  return std::nullopt;
}

bool changes_rows(Operation operation) {
  switch (operation) {
    case Operation::kInsert:
    case Operation::kUpdate:
    case Operation::kDelete:
    case Operation::kTruncate:
    case Operation::kDrop:
      return true;
    case Operation::kSkip:
    case Operation::kRename:
    case Operation::kProtect:
    case Operation::kUnprotect:
      return false;
  }
  return false;
}

std::string what(const LogEntry &entry) {
  switch (entry.operation) {
    case Operation::kInsert:
      return "INSERT of " + version_text(entry.new_version);
    case Operation::kUpdate:
      return fmt::format("UPDATE of {} to {}", version_text(entry.old_version),
                         version_text(entry.new_version));
    case Operation::kDelete:
      return "DELETE of " + version_text(entry.old_version);
    case Operation::kTruncate:
      return "TRUNCATE with " + version_text(entry.old_version);
    case Operation::kDrop:
      return "DROP with " + version_text(entry.old_version);
    case Operation::kSkip:
      return "INSERT of " + version_text(entry.new_version) + ", passed over";
    case Operation::kRename:
      return "rename of the version table";
    case Operation::kProtect:
      return "migfix_protect";
    case Operation::kUnprotect:
      return "migfix_unprotect";
  }
  return {};
}

}  // namespace migfix::core
