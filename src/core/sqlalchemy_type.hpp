// SQLAlchemy's types as its PostgreSQL dialect writes them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/python_value.hpp"
#include "core/sqlalchemy_name.hpp"

namespace migfix::core {

struct EnumType {
  SqlName name;
  std::optional<SqlName> schema;
  std::vector<std::string> labels;
  bool with_table = true;  // CREATE TYPE comes before the CREATE TABLE of a table that uses it

  std::string qualified() const { return qualified_name(name, schema); }
  std::string create_sql() const;
  std::string drop_sql() const { return "DROP TYPE " + qualified(); }
  /// What Alembic's memo knows it by.
  std::string memo_key() const;
};

enum class SerialKind { kNone, kSmall, kInteger, kBig };

struct SqlType {
  std::string sql;
  SerialKind serial = SerialKind::kNone;  // what an autoincrementing primary key of the type becomes
  std::vector<EnumType> enums;            // of the type itself or of an array of it
};

/// The SQL of a type: a call (sa.String(30)) or a class (sa.Integer). `table_schema`: of the table that the
/// column stands in, which an enum with inherit_schema takes over. Throws NotLiteral for what is no type
/// known here.
SqlType sql_type(const Value &value, const std::optional<SqlName> &table_schema);

/// True for sa.Enum(...) and postgresql.ENUM(...), and for either with_variant().
bool is_enum(const Value &value);

}  // namespace migfix::core
