#include "core/operation_ddl.hpp"

#include <array>
#include <utility>
#include <vector>

#include "core/sqlalchemy_argument.hpp"
#include "core/sqlalchemy_expression.hpp"

namespace migfix::core {
namespace {

// One call while its SQL is written.
struct Call {
  Arguments args;
  std::optional<TableName> batch;
  ScriptOperation operation;

  void sql(std::string text) { operation.sql.push_back({std::move(text), {}, false}); }

  /// The table that the call is about: the batch's own, or its arguments.
  TableName table(std::string_view name_argument = "table_name",
                  std::string_view schema_argument = "schema") {
    TableName name;
    if (batch) {
      name = *batch;
    } else {
      name.schema = args.name(schema_argument);
      name.name = args.need_name(name_argument);
    }
    operation.object = name.qualified();
    return name;
  }
};

using Writer = void (*)(Call &);

struct OperationRule {
  std::string_view name;
  OperationKind kind;
  std::vector<std::string_view> arguments;  // "table_name" and "source_table" are not passed in a batch
  bool variadic;
  Writer write;
};

std::string identity_default(Arguments &args, const Value &given, const TableName &table,
                             const std::string &column) {
  const std::string head = "ALTER TABLE " + table.altered() + " ALTER COLUMN " + column + " ";
  // Only a default that was none before is written in full; a change is the difference of the two.
  if (!args.has("existing_server_default") || args.find("existing_server_default")) {
    throw NotLiteral{given.line, "the identity replaces a default that is not said to be None"};
  }
  return head + "ADD " + identity_clause(given);
}

void write_alter_column(Call &call) {
  Arguments &args = call.args;
  args.ignore({"existing_comment", "existing_nullable", "existing_autoincrement", "autoincrement",
               "existing_server_default", "insert_before", "insert_after"});
  const TableName table = call.table();
  const SqlName column = args.need_name("column_name");
  const std::string head = "ALTER TABLE " + table.altered() + " ALTER COLUMN " + quote_sql_name(column) + " ";
  const ValuePtr existing = args.find("existing_type");
  for (const std::string_view name : {"type_", "existing_type"}) {
    const ValuePtr type = args.find(name);
    if (!type || !type->is(ValueKind::kObject)) continue;
    for (const auto &[keyword, value] : type->keywords) {
      if (keyword == "create_constraint" && truth_of(*value) != 0)
        throw NotLiteral{type->line, "the type has a CHECK constraint of its own"};
    }
  }
  const ValuePtr type = args.find("type_");
  const auto using_sql = args.text("postgresql_using");
  if (type) {
    std::string text = head + "TYPE " + sql_type(*type, std::nullopt).sql;
    if (using_sql && !using_sql->empty()) text += " USING " + *using_sql;
    call.sql(std::move(text));
  } else if (using_sql) {
    throw NotLiteral{args.line(), "postgresql_using stands without type_, which Alembic rejects"};
  }
  if (args.has("nullable") && args.find("nullable")) {
    call.sql(head + (args.flag("nullable").value_or(false) ? "DROP NOT NULL" : "SET NOT NULL"));
  }
  if (args.has("server_default")) {
    const ValuePtr given = args.find("server_default");
    const ValuePtr before = args.find("existing_server_default");
    if (!given) {
      const bool identity = before && before->is_object("sa.Identity");
      if (before && (before->is_object("sa.Computed") || before->is(ValueKind::kUnknown)))
        not_literal(*before, "the existing default");
      call.sql(head + (identity ? "DROP IDENTITY" : "DROP DEFAULT"));
    } else if (given->is(ValueKind::kBool) && !given->flag) {
      // False: leave it
    } else if (given->is_object("sa.Identity")) {
      call.sql(identity_default(args, *given, table, quote_sql_name(column)));
    } else if (before && (before->is_object("sa.Identity") || before->is_object("sa.Computed"))) {
      not_literal(*before, "the existing default");
    } else {
      const std::string value = sql_default(*given);
      if (value.empty()) not_literal(*given, "the server default");
      call.sql(head + "SET DEFAULT " + value);
    }
  }
  if (args.has("comment")) {
    const ValuePtr given = args.find("comment");
    const std::string target = "COMMENT ON COLUMN " + table.altered() + "." + quote_sql_name(column) + " IS ";
    if (!given)
      call.sql(target + "NULL");
    else if (given->is(ValueKind::kString))
      call.sql(target + sql_literal(given->text));
    else if (!given->is(ValueKind::kBool) || given->flag)
      not_literal(*given, "the comment");
  }
  if (const auto name = args.name("new_column_name")) {
    call.sql("ALTER TABLE " + table.altered() + " RENAME " + quote_sql_name(column) + " TO " +
             quote_sql_name(*name));
  }
}

void write_add_column(Call &call) {
  Arguments &args = call.args;
  const TableName table = call.table();
  const ColumnDefinition column = read_column(args.need("column"), table);
  if (args.find("insert_before") || args.find("insert_after"))
    throw NotLiteral{args.line(), "the column is put in its place by copying the table"};
  const bool exists = args.flag("if_not_exists").value_or(false);
  using Autoincrement = ColumnDefinition::Autoincrement;
  const bool serial = column.primary_key && column.type.serial != SerialKind::kNone &&
                      column.autoincrement != Autoincrement::kNo && column.identity.empty() &&
                      !column.has_default && !column.has_sequence &&
                      (column.autoincrement == Autoincrement::kYes ||
                       (!column.has_server_default &&
                        (!column.references || column.autoincrement == Autoincrement::kIgnoreForeignKey)));
  bool nullable = column.nullable.value_or(!column.primary_key);
  if (!column.identity.empty() && !column.nullable) nullable = false;
  const std::string alter = "ALTER TABLE " + table.altered();
  call.sql(alter + " ADD COLUMN " + (exists ? "IF NOT EXISTS " : "") + column_sql(column, serial, nullable));
  const std::string add = "ALTER TABLE " + table.qualified() + " ADD ";
  for (const std::string &foreign : column.foreign_keys) call.sql(add + foreign);
  if (column.index) {
    Arguments none(Value{}, {});
    if (column.unique) none.bind("unique", bool_value(true));
    const std::vector<ValuePtr> elements{text_value(ValueKind::kString, column.name.text, args.line())};
    call.sql(create_index_sql(default_index_name(table, column.name), true, table, elements, none));
  } else if (column.unique) {
    call.sql(add + "UNIQUE (" + quote_sql_name(column.name) + ")");
  }
  if (column.comment && !column.comment->empty()) {
    call.sql("COMMENT ON COLUMN " + table.qualified() + "." + quote_sql_name(column.name) + " IS " +
             sql_literal(*column.comment));
  }
}

void write_create_table(Call &call) {
  const TableName table = call.table();
  call.operation.sql = create_table_sql(table, call.args.rest(), call.args);
}

void write_drop_table(Call &call) {
  call.args.ignore({"comment", "info", "prefixes", "postgresql_tablespace", "postgresql_inherits",
                    "postgresql_partition_by", "postgresql_with_oids", "postgresql_on_commit"});
  const bool exists = call.args.flag("if_exists").value_or(false);
  call.sql(std::string("DROP TABLE ") + (exists ? "IF EXISTS " : "") + call.table().qualified());
}

void write_rename_table(Call &call) {
  const TableName table = call.table();
  call.sql("ALTER TABLE " + table.altered() + " RENAME TO " +
           quote_sql_name(call.args.need_name("new_table_name")));
}

void write_drop_column(Call &call) {
  const TableName table = call.table();
  const bool exists = call.args.flag("if_exists").value_or(false);
  call.args.ignore({"mssql_drop_check", "mssql_drop_default", "mssql_drop_foreign_key"});
  call.sql("ALTER TABLE " + table.altered() + " DROP COLUMN " + (exists ? "IF EXISTS " : "") +
           quote_sql_name(call.args.need_name("column_name")));
}

void write_create_index(Call &call) {
  const TableName table = call.table();
  const Value &columns = call.args.need("columns");
  if (!columns.is(ValueKind::kList) && !columns.is(ValueKind::kTuple))
    not_literal(columns, "the index's columns");
  call.sql(create_index_sql(call.args.need_name("index_name"), false, table, columns.items, call.args));
}

void write_drop_index(Call &call) {
  Arguments &args = call.args;
  args.ignore({"table_name", "unique", "postgresql_using", "postgresql_where", "postgresql_ops",
               "postgresql_include", "postgresql_with", "postgresql_tablespace",
               "postgresql_nulls_not_distinct"});
  const SqlName name = args.need_name("index_name");
  std::optional<SqlName> schema = call.batch ? call.batch->schema : args.name("schema");
  std::string sql = "DROP INDEX ";
  if (args.flag("postgresql_concurrently").value_or(false)) sql += "CONCURRENTLY ";
  if (args.flag("if_exists").value_or(false)) sql += "IF EXISTS ";
  const std::string index = limited_name(name, args.line());
  call.operation.object = schema ? quote_sql_name(*schema) + "." + index : index;
  call.sql(sql + call.operation.object);
}

void write_create_foreign_key(Call &call) {
  Arguments &args = call.args;
  args.ignore({"comment"});
  const TableName table = call.table("source_table", "source_schema");
  const SqlName referent = args.need_name("referent_table");
  const std::string remote = qualified_name(referent, args.name("referent_schema"));
  std::string sql = "ALTER TABLE " + table.qualified() + " ADD " +
                    constraint_prefix(args.name("constraint_name"), args.line());
  sql += foreign_key_sql(args.names("local_cols"), remote, args.names("remote_cols"), args);
  if (args.flag("use_alter").value_or(false)) throw NotLiteral{args.line(), "use_alter is set"};
  call.sql(std::move(sql));
}

void write_create_unique(Call &call) {
  Arguments &args = call.args;
  args.ignore({"info"});
  const TableName table = call.table();
  const std::vector<SqlName> columns = args.names("columns");
  if (columns.empty()) throw NotLiteral{args.line(), "a unique constraint has no columns"};
  std::string sql = "ALTER TABLE " + table.qualified() + " ADD " +
                    constraint_prefix(args.name("constraint_name"), args.line()) + "UNIQUE (" +
                    name_list(columns) + ")";
  call.sql(sql + deferrability(args));
}

void write_create_check(Call &call) {
  Arguments &args = call.args;
  args.ignore({"info"});
  const TableName table = call.table();
  std::string sql = "ALTER TABLE " + table.qualified() + " ADD " +
                    constraint_prefix(args.name("constraint_name"), args.line());
  sql +=
      "CHECK (" + sql_condition(args.need("condition"), "the check constraint") + ")" + deferrability(args);
  if (args.flag("postgresql_not_valid").value_or(false)) sql += " NOT VALID";
  call.sql(std::move(sql));
}

void write_create_primary_key(Call &call) {
  Arguments &args = call.args;
  const TableName table = call.table();
  const std::vector<SqlName> columns = args.names("columns");
  if (columns.empty()) throw NotLiteral{args.line(), "a primary key has no columns"};
  call.sql("ALTER TABLE " + table.qualified() + " ADD " +
           constraint_prefix(args.name("constraint_name"), args.line()) + "PRIMARY KEY (" +
           name_list(columns) + ")");
}

void write_create_exclude(Call &call) {
  Arguments &args = call.args;
  const TableName table = call.table();
  std::string sql = "ALTER TABLE " + table.qualified() + " ADD " +
                    constraint_prefix(args.name("constraint_name"), args.line());
  call.sql(sql + exclude_sql(args.rest(), args));
}

void write_drop_constraint(Call &call) {
  Arguments &args = call.args;
  args.ignore({"type_"});
  const TableName table = call.table();
  const SqlName name = args.need_name("constraint_name");
  const bool exists = args.flag("if_exists").value_or(false);
  call.sql("ALTER TABLE " + table.qualified() + " DROP CONSTRAINT " + (exists ? "IF EXISTS " : "") +
           limited_name(name, args.line()));
}

void write_table_comment(Call &call) {
  call.args.ignore({"existing_comment"});
  const TableName table = call.table();
  const ValuePtr comment = call.args.find("comment");
  if (!comment || !comment->is(ValueKind::kString))
    throw NotLiteral{call.args.line(), "the comment is no literal string"};
  call.sql("COMMENT ON TABLE " + table.qualified() + " IS " + sql_literal(comment->text));
}

void write_drop_table_comment(Call &call) {
  call.args.ignore({"existing_comment"});
  call.sql("COMMENT ON TABLE " + call.table().qualified() + " IS NULL");
}

void write_execute(Call &call) {
  call.args.ignore({"execution_options"});
  const Value &given = call.args.need("sqltext");
  if (given.is(ValueKind::kString)) {
    call.sql(plain_text(given.text, given.line));
  } else if (given.is_object("sa.text") || given.is_object("sa.DDL")) {
    Arguments args(given, {"text"});
    args.ignore({"statement"});
    const auto text = args.text(args.has("statement") ? "statement" : "text");
    args.finish();
    if (!text) not_literal(given, "the SQL");
    if (given.text == "sa.DDL" && text->find('%') != std::string::npos) not_literal(given, "the SQL");
    call.sql(given.text == "sa.DDL" ? *text : plain_text(*text, given.line));
  } else if (given.is_object("sa.CreateSequence") && given.items.size() == 1 && given.keywords.empty()) {
    const Value &sequence = *given.items[0];
    std::string options = identity_options(sequence, 1);
    if (options.find("START WITH") == std::string::npos) {
      const std::size_t at = options.find("INCREMENT BY") == 0 ? options.find(' ', 13) : 0;
      if (at == 0)
        options = "START WITH 1" + (options.empty() ? std::string() : " " + options);
      else if (at == std::string::npos)
        options += " START WITH 1";
      else
        options.insert(at, " START WITH 1");
    }
    call.sql("CREATE SEQUENCE " + sequence_name(sequence) + " " + options);
  } else if (given.is_object("sa.DropSequence") && given.items.size() == 1 && given.keywords.empty()) {
    call.sql("DROP SEQUENCE " + sequence_name(*given.items[0]));
  } else if ((given.is_object("sa.CreateSchema") || given.is_object("sa.DropSchema")) &&
             given.items.size() == 1 && given.keywords.empty()) {
    const SqlName name = name_of(*given.items[0], "schema");
    call.sql((given.text == "sa.CreateSchema" ? "CREATE SCHEMA " : "DROP SCHEMA ") + quote_sql_name(name));
  } else {
    not_literal(given, "the SQL");
  }
}

void write_bulk_insert(Call &call) {
  throw NotLiteral{call.args.line(), "it inserts rows"};
}

const std::vector<OperationRule> &rules() {
  using K = OperationKind;
  static const std::vector<OperationRule> kRules = {
      {"create_table", K::kCreateTable, {"table_name"}, true, write_create_table},
      {"drop_table", K::kDropTable, {"table_name", "schema"}, false, write_drop_table},
      {"rename_table",
       K::kRenameTable,
       {"table_name", "new_table_name", "schema"},
       false,
       write_rename_table},
      {"add_column", K::kAddColumn, {"table_name", "column", "schema"}, false, write_add_column},
      {"drop_column", K::kDropColumn, {"table_name", "column_name", "schema"}, false, write_drop_column},
      {"alter_column",
       K::kAlterColumn,
       {"table_name", "column_name", "nullable", "comment", "server_default", "new_column_name", "type_",
        "existing_type", "existing_server_default", "existing_nullable", "existing_comment", "schema"},
       false,
       write_alter_column},
      {"create_index",
       K::kCreateIndex,
       {"index_name", "table_name", "columns", "schema", "unique"},
       false,
       write_create_index},
      {"drop_index", K::kDropIndex, {"index_name", "table_name", "schema"}, false, write_drop_index},
      {"create_foreign_key",
       K::kAddConstraint,
       {"constraint_name", "source_table", "referent_table", "local_cols", "remote_cols", "onupdate",
        "ondelete", "deferrable", "initially", "match", "source_schema", "referent_schema"},
       false,
       write_create_foreign_key},
      {"create_unique_constraint",
       K::kAddConstraint,
       {"constraint_name", "table_name", "columns", "schema"},
       false,
       write_create_unique},
      {"create_check_constraint",
       K::kAddConstraint,
       {"constraint_name", "table_name", "condition", "schema"},
       false,
       write_create_check},
      {"create_primary_key",
       K::kAddConstraint,
       {"constraint_name", "table_name", "columns", "schema"},
       false,
       write_create_primary_key},
      {"create_exclude_constraint",
       K::kAddConstraint,
       {"constraint_name", "table_name"},
       true,
       write_create_exclude},
      {"drop_constraint",
       K::kDropConstraint,
       {"constraint_name", "table_name", "type_", "schema"},
       false,
       write_drop_constraint},
      {"create_table_comment",
       K::kComment,
       {"table_name", "comment", "existing_comment", "schema"},
       false,
       write_table_comment},
      {"drop_table_comment",
       K::kComment,
       {"table_name", "existing_comment", "schema"},
       false,
       write_drop_table_comment},
      {"execute", K::kExecute, {"sqltext", "execution_options"}, false, write_execute},
      {"bulk_insert", K::kData, {"table", "rows", "multiinsert"}, false, write_bulk_insert},
  };
  return kRules;
}

const OperationRule *rule_named(std::string_view name) {
  for (const OperationRule &rule : rules()) {
    if (rule.name == name) return &rule;
  }
  return nullptr;
}

// Alembic's other names for the same arguments.
std::string_view canonical_argument(std::string_view operation, std::string_view argument) {
  if (operation == "rename_table" && argument == "old_table_name") return "table_name";
  if ((operation == "create_unique_constraint" || operation == "create_check_constraint") &&
      argument == "source")
    return "table_name";
  if (argument == "type" && operation == "drop_constraint") return "type_";
  if (argument == "name" && (operation == "create_index" || operation == "drop_index")) return "index_name";
  if (argument == "name" && (operation.substr(0, 7) == "create_" || operation == "drop_constraint") &&
      operation != "create_table") {
    return "constraint_name";
  }
  return argument;
}

}  // namespace

bool is_operation(std::string_view name) {
  return rule_named(name) != nullptr;
}

ScriptOperation make_operation(std::string_view name, const Value &call, const std::optional<TableName> &batch) {
  ScriptOperation operation;
  operation.line = call.line;
  operation.call = (batch ? "batch_op." : "op.") + std::string(name);
  const OperationRule *rule = rule_named(name);
  if (rule == nullptr) {
    operation.opaque = "it is no operation that is known here";
    return operation;
  }
  operation.kind = rule->kind;
  Value renamed = call;
  renamed.text = operation.call;
  for (auto &[key, value] : renamed.keywords) key = canonical_argument(name, key);
  std::vector<std::string_view> arguments = rule->arguments;
  if (batch)
    std::erase_if(arguments, [](std::string_view argument) {
      return argument == "table_name" || argument == "source_table";
    });
  try {
    Call state{Arguments(renamed, arguments, rule->variadic), batch, operation};
    try {
      rule->write(state);
      state.args.ignore({});
      state.args.finish();
      return std::move(state.operation);
    } catch (const NotLiteral &problem) {
      operation.object = state.operation.object;
      operation.opaque = problem.reason;
      if (problem.line != 0) operation.line = problem.line;
    }
  } catch (const NotLiteral &problem) {
    operation.opaque = problem.reason;
  }
  return operation;
}

ScriptOperation make_enum_operation(const Value &type, bool create, const Value &call) {
  ScriptOperation operation;
  operation.line = call.line;
  operation.kind = create ? OperationKind::kCreateType : OperationKind::kDropType;
  operation.call = std::string("Enum.") + (create ? "create" : "drop");
  try {
    Arguments args(call, {"bind", "checkfirst"});
    args.ignore({"bind"});
    const SqlType sql = sql_type(type, std::nullopt);
    // ENUM looks first unless told not to; sa.Enum the other way round.
    const bool check_first =
        args.flag("checkfirst").value_or(!args.has("checkfirst") && type.text == "pg.ENUM");
    args.finish();
    for (const EnumType &one : sql.enums) {
      operation.object = one.qualified();
      operation.sql.push_back({create ? one.create_sql() : one.drop_sql(), {}, check_first});
    }
    if (sql.enums.empty()) throw NotLiteral{type.line, "the type is no native enum"};
  } catch (const NotLiteral &problem) {
    operation.sql.clear();
    operation.opaque = problem.reason;
  }
  return operation;
}

ScriptOperation make_execution(const Value &call, const std::string &what) {
  ScriptOperation operation = make_operation("execute", call, std::nullopt);
  operation.call = what;
  if (operation.is_opaque()) operation.kind = OperationKind::kData;
  return operation;
}

}  // namespace migfix::core
