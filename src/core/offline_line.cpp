#include "core/offline_line.hpp"

#include <algorithm>
#include <array>

namespace migfix::core {

namespace {

constexpr std::string_view kBlank = " \t\r\f";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

bool take(std::string_view &text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool take_back(std::string_view &text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

std::optional<VersionWrite> read_insert(std::string_view line) {
  constexpr std::string_view kColumn = " (version_num) VALUES ('";
  const std::size_t column = line.find(kColumn);
  if (column == std::string_view::npos || column == 0) return std::nullopt;
  const std::string table(line.substr(0, column));
  line.remove_prefix(column + kColumn.size());
  take_back(line, " RETURNING " + table + ".version_num");
  if (!take_back(line, "')")) return std::nullopt;
  return VersionWrite{VersionWrite::Kind::kInsert, table, {}, std::string(line)};
}

std::optional<VersionWrite> read_update(std::string_view line) {
  constexpr std::string_view kColumn = " SET version_num='";
  const std::size_t column = line.find(kColumn);
  if (column == std::string_view::npos || column == 0) return std::nullopt;
  const std::string table(line.substr(0, column));
  line.remove_prefix(column + kColumn.size());
  const std::string where = "' WHERE " + table + ".version_num = '";
  const std::size_t condition = line.find(where);
  if (condition == std::string_view::npos || !take_back(line, "'") || line.size() < condition + where.size())
    return std::nullopt;
  const std::string_view from = line.substr(condition + where.size());
  return VersionWrite{VersionWrite::Kind::kUpdate, table, std::string(from),
                      std::string(line.substr(0, condition))};
}

std::optional<VersionWrite> read_delete(std::string_view line) {
  constexpr std::string_view kWhere = " WHERE ";
  constexpr std::string_view kColumn = ".version_num = '";
  const std::size_t where = line.find(kWhere);
  if (where == std::string_view::npos || where == 0) return std::nullopt;
  const std::string table(line.substr(0, where));
  line.remove_prefix(where + kWhere.size());
  if (!take(line, table) || !take(line, kColumn) || !take_back(line, "'")) return std::nullopt;
  return VersionWrite{VersionWrite::Kind::kDelete, table, std::string(line), {}};
}

}  // namespace

std::optional<OfflineMarker> read_offline_marker(std::string_view line) {
  static constexpr std::array<std::pair<std::string_view, OfflineMarker::Kind>, 3> kWords = {{
      {"upgrade", OfflineMarker::Kind::kUpgrade},
      {"downgrade", OfflineMarker::Kind::kDowngrade},
      {"stamp_revision", OfflineMarker::Kind::kStamp},
  }};
  if (!take(line, "-- Running ")) return std::nullopt;
  for (const auto &[word, kind] : kWords) {
    std::string_view names = line;
    if (!take(names, word) || !(names.starts_with(' '))) continue;
    names = trimmed(names);
    // "->" alone is what an editor that strips blanks leaves of a base's arrow.
    if (names.starts_with("-> ") || names.ends_with(" ->") || names.find(" -> ") != std::string_view::npos)
      return OfflineMarker{kind, names};
  }
  return std::nullopt;
}

std::optional<VersionWrite> read_version_line(std::string_view line) {
  while (!line.empty() && kBlank.find(line.back()) != std::string_view::npos) line.remove_suffix(1);
  if (!take_back(line, ";")) return std::nullopt;
  if (take(line, "INSERT INTO ")) return read_insert(line);
  if (take(line, "UPDATE ")) return read_update(line);
  if (take(line, "DELETE FROM ")) return read_delete(line);
  return std::nullopt;
}

bool is_log_line(std::string_view line) {
  static constexpr std::array<std::string_view, 8> kLevels = {"DEBUG",   "INFO",  "WARN",  "WARNI",
                                                              "WARNING", "ERROR", "CRITI", "CRITICAL"};
  const std::size_t end = line.find_first_of(" :[");
  if (end == std::string_view::npos) return false;
  return std::find(kLevels.begin(), kLevels.end(), line.substr(0, end)) != kLevels.end();
}

bool is_failure_line(std::string_view line) {
  return line.starts_with("Traceback (most recent call last):") || trimmed(line).starts_with("FAILED: ");
}

std::string_view line_at(std::string_view text, std::size_t begin) {
  std::string_view line = text.substr(begin, text.find('\n', begin) - begin);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::size_t next_line(std::string_view text, std::size_t begin) {
  const std::size_t end = text.find('\n', begin);
  return end == std::string_view::npos ? text.size() : end + 1;
}

std::string_view last_line(std::string_view text) {
  const std::size_t end = text.find_last_not_of(" \t\r\f\n");
  if (end == std::string_view::npos) return {};
  text = text.substr(0, end + 1);
  return trimmed(text.substr(text.rfind('\n') + 1));
}

std::string offline_text(std::string text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  bool windows = text.find('\n') != std::string::npos;
  for (std::size_t at = text.find('\n'); windows && at != std::string::npos; at = text.find('\n', at + 1))
    windows = at > 0 && text[at - 1] == '\r';
  if (!windows) return text;
  std::size_t kept = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n') continue;
    text[kept++] = text[at];
  }
  text.resize(kept);
  return text;
}

}  // namespace migfix::core
