// What a revision's upgrade() does, as far as its text says it.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace migfix::core {

enum class OperationKind : std::uint8_t {
  kCreateTable,
  kDropTable,
  kRenameTable,
  kAddColumn,
  kDropColumn,
  kAlterColumn,
  kCreateIndex,
  kDropIndex,
  kAddConstraint,
  kDropConstraint,
  kCreateType,
  kDropType,
  kComment,
  kExecute,  // SQL that the script holds
  kData,     // rows: bulk_insert, or SQL over a connection
  kOther,
};

/// "create table", "drop type" ...
const char *operation_kind_name(OperationKind kind);

/// One statement as SQLAlchemy's PostgreSQL dialect writes it, without a final semicolon.
struct OperationSql {
  std::string sql;
  std::string
      once;  // not empty: sent only if no earlier statement of the run had the same key (an enum type)
  bool check_first = false;  // sent only if the type is absent (CREATE TYPE) or present (DROP TYPE)
};

struct ScriptOperation {
  OperationKind kind = OperationKind::kOther;
  std::uint32_t line = 0;
  std::string call;  // "op.create_table", "batch_op.add_column", "Enum.create"
  std::string
      object;  // the table, or the type or index itself; schema-qualified as written; empty if unknown
  std::vector<OperationSql> sql;
  std::string opaque;  // not empty: why what it does cannot be said; `sql` is empty then

  bool is_opaque() const { return !opaque.empty(); }
};

/// Which enum types a run has created with a table so far: `alembic upgrade` keeps one such memo a run, and a
/// second table with the same type does not create it again (SQLAlchemy's ENUM._check_for_name_in_memos).
using EnumMemo = std::set<std::string>;

/// The statements of `operations` in their order, less those that `memo` says were sent before; `memo` is
/// updated. Revisions of a run are to be passed in the order in which they run.
std::vector<std::string> statements_of(const std::vector<ScriptOperation> &operations, EnumMemo &memo);

}  // namespace migfix::core
