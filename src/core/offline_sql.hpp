// What the output of `alembic upgrade base:heads --sql` tells of the revisions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/offline_line.hpp"
#include "core/operation.hpp"
#include "core/revision.hpp"

namespace migfix::core {

/// One statement, as the server's parser understands it.
struct SqlPiece {
  enum class Kind : std::uint8_t {
    kOther,
    kBegin,               // BEGIN or START TRANSACTION without options
    kCommit,              // COMMIT or END without options
    kVersionWrite,        // one row of a column version_num, by literals
    kCreateVersionTable,  // CREATE TABLE with a column version_num
    kDropTable,           // of one table
    kUnreadable,          // no SQL of this server
  };
  Kind kind = Kind::kOther;
  std::string_view text;  // as it stands, comments in front included, without the semicolon
  std::uint32_t line = 0;
  bool ended = true;             // by a semicolon
  VersionWrite write;            // kVersionWrite; `table` also of kCreateVersionTable and kDropTable
  std::string reason;            // kUnreadable: the server's message
  std::uint32_t error_line = 0;  // kUnreadable
  OperationKind operation = OperationKind::kOther;
  std::string object;  // what it is about, as SQL writes it; empty where it is about none or many
};

struct OfflineStatement {
  std::string_view text;
  std::uint32_t line = 0;
  bool in_transaction = false;  // false in an autocommit block, and where transactional_ddl is off
  OperationKind operation = OperationKind::kOther;
  std::string object;
  std::string unreadable;  // the server's message where it cannot parse the text
};

struct OfflineRevision {
  /// depends_on holds what showed: dependencies whose version rows the step took away. Those that another row
  /// stood for already do not show. No labels, no message.
  Revision revision;
  std::uint32_t line = 0;  // of its marker
  std::vector<OfflineStatement> statements;
};

enum class OfflineProblemKind : std::uint8_t {
  kBrokenOff,  // the output ends too early: the revision is not loaded
  kInvalid,    // not loaded either
  kSyntax,     // a statement that the server cannot parse; it is kept as such
  kNotSql,     // passed over
  kNotice,
};

/// "broken off", "invalid", "syntax", "not SQL", "notice".
const char *offline_problem_kind_name(OfflineProblemKind kind);

struct OfflineProblem {
  OfflineProblemKind kind = OfflineProblemKind::kNotice;
  std::string revision;  // empty: none
  std::uint32_t line = 0;
  std::string reason;
};

/// Its texts point into the text that was read.
struct OfflineSql {
  std::string version_table;               // as SQL writes it
  std::vector<OfflineRevision> revisions;  // in the order of the text
  std::vector<OfflineProblem> problems;
};

/// Fed with the text in its order by who cuts it into statements: comments and pieces, all of them views into
/// one text that outlives the result.
class OfflineSqlReader {
 public:
  /// A comment that fills a line between two statements, from its first column. Says whether it is a marker
  /// and so belongs to no statement. Throws 22023 for a script that does no upgrade.
  bool comment(std::string_view comment, std::uint32_t line);

  /// `rest` begins a line between two statements. Takes what stands there and is nothing for an SQL scanner:
  /// a log line, a traceback, psql's meta-command, a version statement whose id holds a quote. Returns how
  /// many bytes that are, 0 for SQL.
  std::size_t take(std::string_view rest, std::uint32_t line);

  /// A statement.
  void piece(SqlPiece piece);

  /// A line in front of a statement that is no part of it: what a print() left.
  void stray_line(std::string_view text, std::uint32_t line);

  /// `unreadable` is a piece that the server cannot parse: where in it Alembic's own next words stand all the
  /// same, swallowed by an unterminated quote or the like. 0: nowhere.
  std::size_t recovery_point(std::string_view unreadable) const;

  /// Whether so much could not be read that reading on is no use.
  bool is_hopeless() const noexcept { return syntax_errors_ > kMostSyntaxErrors; }

  /// No more is read, although more stands there from `line` on.
  void stop(std::uint32_t line);

  /// Throws 22023 where the text is no output of `alembic upgrade --sql`.
  OfflineSql finish();

  static constexpr std::size_t kMostSyntaxErrors = 1000;

 private:
  struct OpenPiece {
    SqlPiece piece;
    bool in_transaction;
  };
  // From one marker to the next.
  struct Segment {
    OfflineMarker::Kind kind = OfflineMarker::Kind::kUpgrade;
    std::string_view marker;
    std::uint32_t line = 0;
    std::string revision;
    std::vector<std::string> parents;
    std::vector<OpenPiece> pieces;
  };

  Segment segment_of(const OfflineMarker &marker, std::string_view comment, std::uint32_t line) const;
  void settle();
  void merge_from(std::size_t index);
  void close(Segment &segment);
  void give_up(const Segment &segment, const std::string &why);
  void outside(const SqlPiece &piece);
  std::vector<std::string> parents_of(std::string_view names) const;
  std::string why_cut_off() const;
  void problem(OfflineProblemKind kind, const std::string &revision, std::uint32_t line, std::string reason);
  std::string open_revision() const;

  OfflineSql result_;
  // Segments without their version statement so far: one, or more where a comment of a body looks like a
  // marker, or where a revision is broken.
  std::vector<Segment> open_;
  std::unordered_map<std::string, std::size_t> open_ids_;  // the first of that id
  std::unordered_set<std::string> known_;                  // ids that are loaded
  bool knows_comma_ = false;                               // one of them holds ", "
  std::unordered_set<std::string> rows_;                   // of the version table, as Alembic counts them
  bool rows_known_ = false;                                // the text creates the version table
  bool saw_marker_ = false;
  bool saw_quote_ = false;  // in an id
  bool in_transaction_ = false;
  std::uint32_t begin_line_ = 0;
  std::string log_error_;  // the last line of the log that is an error
  std::string failure_;    // what Python said last
  std::uint32_t failure_line_ = 0;
  std::optional<SqlPiece> cut_;  // the last statement, where the text ends within it
  std::size_t syntax_errors_ = 0;
  std::size_t log_lines_ = 0;
  std::uint32_t log_line_ = 0;
  std::size_t not_sql_ = 0;
  std::size_t outside_ = 0;  // statements that belong to no revision
  std::uint32_t outside_line_ = 0;
  std::uint32_t stopped_ = 0;
};

}  // namespace migfix::core
