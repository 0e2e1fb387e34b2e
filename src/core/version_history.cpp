#include "core/version_history.hpp"

#include <algorithm>

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

std::string recorded_sentence(const std::vector<LogEntry> &log, const std::string &version) {
  const LogEntry *entry = recorded_by(log, version);
  if (entry == nullptr) return {};
  return fmt::format(" {} was recorded {}, with {}.", in_quotes(clipped(version)), who_and_when(*entry),
                     what(*entry));
}

}  // namespace migfix::core
