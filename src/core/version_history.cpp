#include "core/version_history.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/sql_text.hpp"
#include "core/utf8.hpp"

namespace migfix::core {

const LogEntry *last_change(const std::vector<LogEntry> &log) {
  const auto last = std::find_if(log.rbegin(), log.rend(),
                                 [](const LogEntry &entry) { return changes_rows(entry.operation); });
  return last == log.rend() ? nullptr : &*last;
}

const LogEntry *recorded_by(const std::vector<LogEntry> &log, const std::string &version) {
  const auto last = std::find_if(log.rbegin(), log.rend(), [&](const LogEntry &entry) {
    return changes_rows(entry.operation) && entry.new_version == version;
  });
  return last == log.rend() ? nullptr : &*last;
}

bool is_sent_by_alembic(const LogEntry &entry) {
  const auto has = [&](std::string_view part) { return entry.statement.find(part) != std::string::npos; };
  return has(".version_num = '") && (has("SET version_num='") || has("DELETE FROM "));
}

std::vector<std::string> left_recorded(const std::vector<LogEntry> &log) {
  std::set<std::string> versions;
  for (const LogEntry &entry : log) {
    if (!changes_rows(entry.operation)) continue;
    if (entry.old_version && is_sent_by_alembic(entry)) versions.erase(*entry.old_version);
    if (entry.new_version) versions.insert(*entry.new_version);
  }
  return {versions.begin(), versions.end()};
}

std::string recorded_sentence(const std::vector<LogEntry> &log, const std::string &version) {
  const LogEntry *entry = recorded_by(log, version);
  if (entry == nullptr) return {};
  return fmt::format(" {} was recorded {}, with {}.", in_quotes(clipped(version)), who_and_when(*entry),
                     what(*entry));
}

}  // namespace migfix::core
