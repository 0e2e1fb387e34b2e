// Tables, columns, constraints and indexes of SQLAlchemy, as its PostgreSQL dialect writes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/operation.hpp"
#include "core/python_value.hpp"
#include "core/sqlalchemy_argument.hpp"
#include "core/sqlalchemy_name.hpp"
#include "core/sqlalchemy_type.hpp"

namespace migfix::core {

struct TableName {
  SqlName name;
  std::optional<SqlName> schema;

  std::string qualified() const { return qualified_name(name, schema); }
  std::string altered() const { return altered_name(name, schema); }
};

struct ColumnDefinition {
  SqlName name;
  SqlType type;
  bool primary_key = false;
  std::optional<bool> nullable;  // as given
  enum class Autoincrement { kAuto, kYes, kNo, kIgnoreForeignKey } autoincrement = Autoincrement::kAuto;
  bool has_default = false;  // Python's own; no Sequence
  bool has_sequence = false;
  bool has_server_default = false;
  std::string server_default;  // SQL; empty: none
  std::string computed;
  std::string identity;
  std::vector<std::string> checks;        // written behind the column
  std::vector<std::string> foreign_keys;  // constraints of the table
  bool references = false;                // it is in a foreign key, its own or the table's
  bool unique = false;
  bool index = false;
  std::optional<std::string> comment;
};

/// sa.Column(...) of a table. Throws NotLiteral.
ColumnDefinition read_column(const Value &value, const TableName &table);

/// The column as CREATE TABLE and ADD COLUMN write it. `serial`: the table's autoincrementing column.
std::string column_sql(const ColumnDefinition &column, bool serial, bool nullable);

/// "CREATE [UNIQUE] INDEX ..." out of arguments that are named "index_name", "columns" and as those of
/// sa.Index.
std::string create_index_sql(const SqlName &name, bool name_may_be_cut, const TableName &table,
                             const std::vector<ValuePtr> &columns, Arguments &args);

/// "ix_table_column" as SQLAlchemy names the index of Column(index=True).
SqlName default_index_name(const TableName &table, const SqlName &column);

/// "CONSTRAINT name " or nothing.
std::string constraint_prefix(const std::optional<SqlName> &name, std::uint32_t line);
/// " DEFERRABLE INITIALLY DEFERRED" and the like.
std::string deferrability(Arguments &args);
/// "FOREIGN KEY(a) REFERENCES t (b) ON DELETE ..." with what the arguments say.
std::string foreign_key_sql(const std::vector<SqlName> &columns, const std::string &remote_table,
                            const std::vector<SqlName> &remote_columns, Arguments &args);
/// "EXCLUDE USING gist (...)".
std::string exclude_sql(const std::vector<ValuePtr> &elements, Arguments &args);
/// "a, b".
std::string name_list(const std::vector<SqlName> &names);

/// Everything that op.create_table(table, *parts, ...) sends: enum types, the table, its indexes and
/// comments.
std::vector<OperationSql> create_table_sql(const TableName &table, const std::vector<ValuePtr> &parts,
                                           Arguments &args);

}  // namespace migfix::core
