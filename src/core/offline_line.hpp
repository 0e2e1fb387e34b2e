// Lines of the output of `alembic ... --sql` that are told by their text alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace migfix::core {

/// "-- Running upgrade a, b -> m" (MigrationContext.run_migrations, RevisionStep.short_log).
struct OfflineMarker {
  enum class Kind : std::uint8_t { kUpgrade, kDowngrade, kStamp };
  Kind kind = Kind::kUpgrade;
  std::string_view names;  // "a, b -> m"; an id may hold a comma itself
};

/// Nothing where `line`, which has no line end, is no such line.
std::optional<OfflineMarker> read_offline_marker(std::string_view line);

/// A write to a version table as HeadMaintainer makes it.
struct VersionWrite {
  enum class Kind : std::uint8_t { kInsert, kUpdate, kDelete };
  Kind kind = Kind::kInsert;
  std::string table;  // as SQL writes it
  std::string from;   // of an update and a delete
  std::string to;     // of an insert and an update
};

/// The write on `line`, semicolon included, read by Alembic's templates and not as SQL: so also where an id
/// holds a quote, which Alembic does not double.
std::optional<VersionWrite> read_version_line(std::string_view line);

/// A line of Python's logging, as it stands among the SQL where both streams went to one file.
bool is_log_line(std::string_view line);

/// The first line of a Python traceback, or of Alembic's own last word.
bool is_failure_line(std::string_view line);

/// The line of `text` that begins at `begin`, without its line end.
std::string_view line_at(std::string_view text, std::size_t begin);

/// Where the next line begins; the end of the text where there is none.
std::size_t next_line(std::string_view text, std::size_t begin);

/// The last line of `text` that is not blank.
std::string_view last_line(std::string_view text);

/// Without a byte order mark, and with the line ends that the program wrote: where every line ends with CR LF
/// (a file written on Windows), those are taken for line ends everywhere, in literals too.
std::string offline_text(std::string text);

}  // namespace migfix::core
