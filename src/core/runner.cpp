#include "core/runner.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

constexpr std::string_view kBlank = " \t\r\n\f";

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// Drivers and proxies put comments before or after a statement (sqlcommenter). None in Alembic's own text, so
// that one comment is looked for by its plain end.
std::string_view bare(std::string_view text) {
  text = without_blanks(text);
  if (text.starts_with("/*")) {
    const std::size_t end = text.find("*/");
    if (end != std::string_view::npos) text = without_blanks(text.substr(end + 2));
  }
  while (text.ends_with(';')) text = without_blanks(text.substr(0, text.size() - 1));
  if (text.ends_with("*/")) {
    const std::size_t start = text.find("/*");
    if (start != std::string_view::npos) text = without_blanks(text.substr(0, start));
  }
  return text;
}

// `"a" and "b"`, or `no version`.
std::string rows_words(const Rows &rows) {
  if (rows.empty()) return "no version";
  std::vector<std::string> versions;
  for (const auto &row : rows) versions.push_back(row ? in_quotes(*row) : "NULL");
  return list_of(versions);
}

std::string held_by(const std::optional<RunnerHolder> &holder) {
  if (!holder) return "another session held it until just now";
  const std::string since =
      holder->since.empty() ? std::string() : ", in a transaction since " + holder->since;
  return "it is held by " + holder_words(*holder) + since;
}

std::string run_again(const std::string &functions) {
  return fmt::format(
      "Nothing of this transaction is kept. Run it again: it goes on from what is recorded now:\n"
      "SELECT * FROM {}migfix_current();",
      functions);
}

}  // namespace

bool is_alembic_read(std::string_view statement) {
  constexpr std::string_view kSelect = "SELECT ";
  constexpr std::string_view kColumnAndFrom = ".version_num \nFROM ";
  statement = bare(statement);
  if (!statement.starts_with(kSelect)) return false;
  statement.remove_prefix(kSelect.size());
  const std::size_t middle = statement.find(kColumnAndFrom);
  if (middle == std::string_view::npos || middle == 0) return false;
  return statement.substr(0, middle) == statement.substr(middle + kColumnAndFrom.size());
}

std::string holder_words(const RunnerHolder &holder) {
  if (holder.pid == 0) return "a prepared transaction";
  std::string words = fmt::format("pid {}", holder.pid);
  if (!holder.role.empty()) words += ", role " + holder.role;
  if (!holder.application_name.empty()) words += ", application " + in_quotes(holder.application_name);
  if (!holder.client_address.empty()) words += ", from " + holder.client_address;
  return words;
}

std::string duration_words(int milliseconds) {
  if (milliseconds > 0 && milliseconds % 60000 == 0) return fmt::format("{}min", milliseconds / 60000);
  if (milliseconds > 0 && milliseconds % 1000 == 0) return fmt::format("{}s", milliseconds / 1000);
  return fmt::format("{}ms", milliseconds);
}

bool same_state(const std::optional<Rows> &read, const std::optional<Rows> &now) {
  if (!read || !now) return read.has_value() == now.has_value();
  Rows before = *read;
  Rows after = *now;
  std::sort(before.begin(), before.end());
  std::sort(after.begin(), after.end());
  return before == after;
}

Error overtaken(const Meanwhile &meanwhile) {
  std::string detail = meanwhile.read
                           ? fmt::format("This session has read {} there", rows_words(*meanwhile.read))
                           : "This session has found no such table";
  detail += meanwhile.now ? fmt::format("; now there is {}", rows_words(*meanwhile.now))
                          : "; now the table is gone";
  if (meanwhile.changed)
    detail += fmt::format(": {}, with {} (log {}).", who_and_when(*meanwhile.changed),
                          what(*meanwhile.changed), meanwhile.changed->log_id);
  else
    detail += ".";
  return Error(kSerializationFailure,
               fmt::format("another runner has migrated {} meanwhile", meanwhile.version_table), detail,
               run_again(meanwhile.functions));
}

Error gives_way(const std::string &version_table, const RunnerHolder &holder, const std::string &functions) {
  return Error(
      kSerializationFailure, fmt::format("another runner is migrating {}", version_table),
      fmt::format("It is {}. It waits for a lock that this session holds, and this session for it: this one "
                  "gives way.",
                  holder_words(holder)),
      run_again(functions));
}

Error waited_in_vain(const std::string &version_table, const std::optional<RunnerHolder> &holder,
                     int milliseconds) {
  std::string hint = "Nothing of this transaction is kept. Run it again when the other one has ended.";
  if (holder && holder->pid != 0) {
    hint += fmt::format(" What it does:\nSELECT * FROM pg_stat_activity WHERE pid = {};", holder->pid);
  } else if (holder) {
    hint += " Which transactions are prepared:\nSELECT * FROM pg_prepared_xacts;";
  }
  return Error(
      kLockNotAvailable, fmt::format("another runner is migrating {}", version_table),
      fmt::format("Its runner lock was waited for as long as migfix.runner_timeout and lock_timeout allow "
                  "({}); {}.",
                  duration_words(milliseconds), held_by(holder)),
      hint);
}

Notice reads_on(const std::string &version_table, const std::optional<RunnerHolder> &holder,
                int milliseconds) {
  return {
      fmt::format("reading {} while another runner migrates it", version_table),
      fmt::format(
          "Its runner lock was waited for as long as migfix.runner_timeout and lock_timeout allow ({}); {}.",
          duration_words(milliseconds), held_by(holder)),
      "What is read may be out of date as soon as that one commits. DDL that follows in this transaction "
      "fails while "
      "the lock is held."};
}

}  // namespace migfix::core
