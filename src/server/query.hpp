// SQL that migfix itself runs: through SPI, with search_path pinned to pg_catalog and pg_temp.
#pragma once

#include "server/boundary.hpp"

namespace migfix::server {

using Value = std::optional<std::string>;
using Row = std::vector<Value>;

/// A statement whose plan is kept for the session. Declare it `static constinit`; parameters are of type
/// text ($1::bigint and so on in the SQL), `parameters` says how many.
struct Statement {
  const char *sql;
  int parameters = 0;
  void *plan = nullptr;
};

enum class SnapshotKind {
  kActive,  // what the calling statement sees; for read-only statements
  kLatest,  // all that is committed now, also where the transaction's own snapshot is older
  kNew,     // for statements that write, or that must see what this function itself has written
};

/// One row of an answer; its text lives until the callback returns.
class RowView {
 public:
  RowView(char **values, int count) : values_(values), count_(count) {}
  bool null(int column) const { return values_[column] == nullptr; }
  std::string_view text(int column) const { return null(column) ? std::string_view() : values_[column]; }
  std::string string(int column) const { return std::string(text(column)); }
  Value value(int column) const { return null(column) ? Value() : Value(values_[column]); }
  std::int64_t integer(int column) const { return null(column) ? 0 : strtoll(values_[column], nullptr, 10); }
  bool flag(int column) const { return !null(column) && values_[column][0] == 't'; }
  int count() const { return count_; }

 private:
  char **values_;
  int count_;
};

/// Runs the statement and calls `each` for every row. Returns the number of rows processed. Throws PgError.
std::uint64_t run(Statement &statement, const std::vector<Value> &parameters, SnapshotKind snapshot,
                  const std::function<void(const RowView &)> &each = {});

/// The same for SQL that is made up at run time; its plan is not kept.
std::uint64_t run_once(const std::string &sql, const std::vector<Value> &parameters, SnapshotKind snapshot,
                       const std::function<void(const RowView &)> &each = {});

/// All rows of a read-only statement.
std::vector<Row> select(Statement &statement, const std::vector<Value> &parameters = {},
                        SnapshotKind snapshot = SnapshotKind::kActive);

/// Acts with the rights of `role` for as long as it lives, in a restricted operation: what runs meanwhile
/// can change no setting, prepare nothing and leave nothing behind for the caller's own rights.
class RightsOf {
 public:
  explicit RightsOf(Oid role);
  ~RightsOf();
  RightsOf(const RightsOf &) = delete;
  RightsOf &operator=(const RightsOf &) = delete;

 private:
  Oid role_;
  int context_;
};

/// Throws 25006 in a read-only transaction and on a standby, 25000 in a parallel operation; `function` is
/// named in the message: "migfix_stamp()".
void require_writable(const char *function);

/// `name` as SQL writes it.
std::string quote_name(const char *name);

}  // namespace migfix::server
