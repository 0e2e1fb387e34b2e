// Columns, and the clauses that columns and tables share.
#include <algorithm>
#include <array>
#include <span>

#include "core/sqlalchemy_expression.hpp"
#include "core/sqlalchemy_table.hpp"

namespace migfix::core {
namespace {

std::string upper(std::string text) {
  for (char &c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

// validate_sql_phrase(): SQLAlchemy lets only these through.
std::string phrase(const std::string &text, std::span<const std::string_view> allowed, std::uint32_t line) {
  const std::string wanted = upper(text);
  if (std::find(allowed.begin(), allowed.end(), wanted) == allowed.end()) {
    throw NotLiteral{line, "\"" + text + "\" is no SQL phrase that SQLAlchemy takes there"};
  }
  return text;
}

// "schema.table.column" as a ForeignKey names what it refers to.
std::pair<std::string, SqlName> remote_column(const Value &value) {
  if (!value.is(ValueKind::kString)) not_literal(value, "the foreign key's column");
  const std::string &spec = value.text;
  const std::size_t dot = spec.rfind('.');
  if (dot == std::string::npos || dot == 0 || dot + 1 == spec.size()) {
    throw NotLiteral{value.line, "the foreign key does not name table and column"};
  }
  const std::string table = spec.substr(0, dot);
  const std::size_t schema_dot = table.rfind('.');
  const SqlName column{spec.substr(dot + 1), false, std::nullopt};
  if (schema_dot == std::string::npos) return {quote_sql_name({table, false, std::nullopt}), column};
  if (schema_dot == 0 || schema_dot + 1 == table.size()) {
    throw NotLiteral{value.line, "the foreign key does not name table and column"};
  }
  const SqlName name{table.substr(schema_dot + 1), false, std::nullopt};
  return {qualified_name(name, SqlName{table.substr(0, schema_dot), false, std::nullopt}), column};
}

void read_column_part(const Value &part, ColumnDefinition &column) {
  if (part.is_object("sa.ForeignKey")) {
    Arguments args(part, {"column", "_constraint", "use_alter", "name", "onupdate", "ondelete", "deferrable",
                          "initially", "link_to_name", "match", "info", "comment"});
    args.ignore({"_constraint", "link_to_name", "info", "comment"});
    const bool use_alter = args.flag("use_alter").value_or(false);
    const auto [table, remote] = remote_column(args.need("column"));
    std::string sql = constraint_prefix(args.name("name"), part.line);
    sql += foreign_key_sql({column.name}, table, {remote}, args);
    args.finish();
    column.references = true;
    if (!use_alter)
      column.foreign_keys.push_back(std::move(sql));
    else
      throw NotLiteral{part.line, "the foreign key is to be added by a later ALTER TABLE"};
  } else if (part.is_object("sa.CheckConstraint")) {
    Arguments args(part, {"sqltext", "name", "deferrable", "initially", "table", "info"});
    args.ignore({"table", "info", "comment"});
    std::string sql = constraint_prefix(args.name("name"), part.line);
    sql += "CHECK (" + sql_condition(args.need("sqltext"), "the check constraint") + ")";
    sql += deferrability(args);
    args.finish();
    column.checks.push_back(std::move(sql));
  } else if (part.is_object("sa.Computed")) {
    column.computed = computed_clause(part);
    column.has_server_default = true;
  } else if (part.is_object("sa.Identity")) {
    column.identity = identity_clause(part);
  } else if (part.is_object("sa.Sequence")) {
    bool optional = false;
    for (const auto &[name, value] : part.keywords)
      optional = optional || (name == "optional" && truth_of(*value) != 0);
    column.has_sequence = !optional;
  } else if (part.is_object("sa.FetchedValue")) {
    column.has_server_default = true;
  } else if (part.is_object("sa.DefaultClause")) {
    column.server_default = sql_default(part);
    column.has_server_default = true;
  } else if (!part.is(ValueKind::kNone)) {
    not_literal(part, "the column \"" + column.name.text + "\"");
  }
}

bool is_type(const Value &value) {
  static constexpr std::array<std::string_view, 7> kParts = {
      "sa.ForeignKey", "sa.CheckConstraint", "sa.Computed",     "sa.Identity",
      "sa.Sequence",   "sa.FetchedValue",    "sa.DefaultClause"};
  if (value.is(ValueKind::kObject))
    return std::find(kParts.begin(), kParts.end(), value.text) == kParts.end();
  return !value.is(ValueKind::kNone);
}

}  // namespace

std::string constraint_prefix(const std::optional<SqlName> &name, std::uint32_t line) {
  return name ? "CONSTRAINT " + limited_name(*name, line) + " " : std::string();
}

std::string deferrability(Arguments &args) {
  std::string sql;
  if (const auto deferrable = args.flag("deferrable")) sql += *deferrable ? " DEFERRABLE" : " NOT DEFERRABLE";
  if (const auto initially = args.text("initially")) {
    static constexpr std::array<std::string_view, 2> kWhen = {"DEFERRED", "IMMEDIATE"};
    sql += " INITIALLY " + phrase(*initially, kWhen, args.line());
  }
  return sql;
}

std::string name_list(const std::vector<SqlName> &names) {
  std::string sql;
  for (const SqlName &name : names) sql += (sql.empty() ? "" : ", ") + quote_sql_name(name);
  return sql;
}

std::string foreign_key_sql(const std::vector<SqlName> &columns, const std::string &remote_table,
                            const std::vector<SqlName> &remote_columns, Arguments &args) {
  if (columns.empty() || columns.size() != remote_columns.size()) {
    throw NotLiteral{args.line(), "the foreign key has not as many columns here as there"};
  }
  std::string sql = "FOREIGN KEY(" + name_list(columns) + ") REFERENCES " + remote_table + " (" +
                    name_list(remote_columns) + ")";
  if (const auto match = args.text("match")) sql += " MATCH " + *match;
  static constexpr std::array<std::string_view, 5> kActions = {"RESTRICT", "CASCADE", "SET NULL", "NO ACTION",
                                                               "SET DEFAULT"};
  if (const auto action = args.text("ondelete"))
    sql += " ON DELETE " + phrase(*action, kActions, args.line());
  if (const auto action = args.text("onupdate"))
    sql += " ON UPDATE " + phrase(*action, kActions, args.line());
  sql += deferrability(args);
  if (args.flag("postgresql_not_valid").value_or(false)) sql += " NOT VALID";
  return sql;
}

ColumnDefinition read_column(const Value &value, const TableName &table) {
  if (!value.is_object("sa.Column")) not_literal(value, "a column");
  Arguments args(value, {}, true);
  args.ignore({"onupdate", "server_onupdate", "key", "doc", "info", "insert_default", "sort_order",
               "insert_sentinel"});
  ColumnDefinition column;
  std::size_t next = 0;
  const std::vector<ValuePtr> &parts = args.rest();
  if (const ValuePtr name = args.find("name")) {
    column.name = name_of(*name, "column name");
  } else {
    if (parts.empty()) not_literal(value, "a column");
    column.name = name_of(*parts[next++], "column name");
  }
  if (const auto quote = args.flag("quote")) column.name.quote = *quote;
  ValuePtr type = args.find("type_");
  if (!type && next < parts.size() && is_type(*parts[next])) type = parts[next++];
  if (!type) throw NotLiteral{value.line, "the column \"" + column.name.text + "\" has no type"};
  try {
    column.type = sql_type(*type, table.schema);
  } catch (NotLiteral &problem) {
    problem.reason += " (column \"" + column.name.text + "\")";
    throw;
  }
  for (; next < parts.size(); ++next) read_column_part(*parts[next], column);
  column.primary_key = args.flag("primary_key").value_or(false);
  if (args.has("nullable")) column.nullable = args.flag("nullable").value_or(false);
  if (const ValuePtr given = args.find("autoincrement")) {
    using Autoincrement = ColumnDefinition::Autoincrement;
    if (given->is(ValueKind::kBool))
      column.autoincrement = given->flag ? Autoincrement::kYes : Autoincrement::kNo;
    else if (!given->is(ValueKind::kString))
      not_literal(*given, "autoincrement");
    else if (given->text == "ignore_fk")
      column.autoincrement = Autoincrement::kIgnoreForeignKey;
    else if (given->text != "auto")
      column.autoincrement = Autoincrement::kNo;
  } else if (args.has("autoincrement")) {
    column.autoincrement = ColumnDefinition::Autoincrement::kNo;
  }
  if (const ValuePtr given = args.find("default")) {
    if (given->is_object("sa.Sequence"))
      read_column_part(*given, column);
    else
      column.has_default = true;
  }
  if (const ValuePtr given = args.find("server_default")) {
    if (given->is_object("sa.Computed") || given->is_object("sa.Identity")) {
      read_column_part(*given, column);
    } else {
      column.server_default = sql_default(*given);
      column.has_server_default = true;
    }
  }
  column.unique = args.flag("unique").value_or(false);
  column.index = args.flag("index").value_or(false);
  if (args.flag("system").value_or(false))
    throw NotLiteral{value.line, "the column \"" + column.name.text + "\" is a system column"};
  column.comment = args.text("comment");
  args.finish();
  return column;
}

std::string column_sql(const ColumnDefinition &column, bool serial, bool nullable) {
  std::string sql = quote_sql_name(column.name);
  if (serial) {
    sql += column.type.serial == SerialKind::kBig     ? " BIGSERIAL"
           : column.type.serial == SerialKind::kSmall ? " SMALLSERIAL"
                                                      : " SERIAL";
  } else {
    sql += " " + column.type.sql;
    if (!column.server_default.empty()) sql += " DEFAULT " + column.server_default;
  }
  if (!column.computed.empty()) sql += " " + column.computed;
  if (!column.identity.empty()) sql += " " + column.identity;
  if (!nullable && column.identity.empty())
    sql += " NOT NULL";
  else if (nullable && !column.identity.empty())
    sql += " NULL";
  for (const std::string &check : column.checks) sql += " " + check;
  return sql;
}

SqlName default_index_name(const TableName &table, const SqlName &column) {
  std::string name = "ix_";
  if (table.schema) {
    std::string schema = table.schema->text;
    std::replace(schema.begin(), schema.end(), '.', '_');
    name += schema + "_";
  }
  return {name + table.name.text + "_" + column.text, true, std::nullopt};
}

}  // namespace migfix::core
