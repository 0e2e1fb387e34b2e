#include "core/sqlalchemy_table.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/sqlalchemy_expression.hpp"

namespace migfix::core {
namespace {

struct TableConstraint {
  std::uint64_t order;  // SQLAlchemy writes constraints in the order of their making
  std::string sql;
};

struct TableParts {
  std::vector<ColumnDefinition> columns;
  std::vector<TableConstraint> constraints;
  std::vector<std::string> indexes;
  bool has_key = false;
  std::optional<SqlName> key_name;
  std::vector<std::string> key_columns;  // as a PrimaryKeyConstraint names them
  std::string key_suffix;
  std::uint32_t key_line = 0;
};

// The columns of a constraint, by name; SQLAlchemy looks them up in the table.
std::vector<SqlName> constraint_columns(const std::vector<ValuePtr> &items, const TableParts &parts,
                                        std::uint32_t line) {
  std::vector<SqlName> names;
  for (const ValuePtr &item : items) {
    if (!item->is(ValueKind::kString)) not_literal(*item, "a constraint's column");
    const auto column =
        std::find_if(parts.columns.begin(), parts.columns.end(),
                     [&](const ColumnDefinition &known) { return known.name.text == item->text; });
    if (column == parts.columns.end()) {
      throw NotLiteral{line, "a constraint names the column \"" + item->text + "\", which the table lacks"};
    }
    names.push_back(column->name);
  }
  return names;
}

void read_primary_key(const Value &part, TableParts &parts) {
  Arguments args(part, {}, true);
  args.ignore({"info", "comment"});
  parts.has_key = true;
  parts.key_name = args.name("name");
  parts.key_line = part.line;
  parts.key_columns.clear();
  for (const SqlName &name : constraint_columns(args.rest(), parts, part.line))
    parts.key_columns.push_back(name.text);
  parts.key_suffix = deferrability(args);
  args.finish();
}

void read_foreign_key(const Value &part, TableParts &parts) {
  Arguments args(part, {"columns", "refcolumns", "name", "onupdate", "ondelete", "deferrable", "initially",
                        "use_alter", "link_to_name", "match", "table", "info"});
  args.ignore({"link_to_name", "table", "info", "comment"});
  const Value &own = args.need("columns");
  const Value &others = args.need("refcolumns");
  if (!own.is(ValueKind::kList) && !own.is(ValueKind::kTuple)) not_literal(own, "the foreign key");
  if (!others.is(ValueKind::kList) && !others.is(ValueKind::kTuple)) not_literal(others, "the foreign key");
  const std::vector<SqlName> columns = constraint_columns(own.items, parts, part.line);
  for (const SqlName &name : columns) {
    for (ColumnDefinition &column : parts.columns)
      column.references = column.references || column.name.text == name.text;
  }
  std::vector<SqlName> remote;
  std::string table;
  for (const ValuePtr &item : others.items) {
    if (!item->is(ValueKind::kString)) not_literal(*item, "the foreign key's column");
    const std::size_t dot = item->text.rfind('.');
    if (dot == std::string::npos || dot == 0 || dot + 1 == item->text.size()) {
      throw NotLiteral{part.line, "the foreign key does not name table and column"};
    }
    const std::string whole = item->text.substr(0, dot);
    const std::size_t schema_dot = whole.rfind('.');
    const bool has_schema = schema_dot != std::string::npos && schema_dot > 0;
    const SqlName name{has_schema ? whole.substr(schema_dot + 1) : whole, false, std::nullopt};
    if (name.text.empty()) throw NotLiteral{part.line, "the foreign key does not name table and column"};
    const std::string qualified =
        has_schema ? qualified_name(name, SqlName{whole.substr(0, schema_dot), false, std::nullopt})
                   : quote_sql_name(name);
    if (!table.empty() && table != qualified) throw NotLiteral{part.line, "the foreign key names two tables"};
    table = qualified;
    remote.push_back({item->text.substr(dot + 1), false, std::nullopt});
  }
  const bool use_alter = args.flag("use_alter").value_or(false);
  std::string sql = constraint_prefix(args.name("name"), part.line);
  sql += foreign_key_sql(columns, table, remote, args);
  args.finish();
  if (!use_alter) parts.constraints.push_back({part.order, std::move(sql)});
}

void read_unique(const Value &part, TableParts &parts) {
  Arguments args(part, {}, true);
  args.ignore({"info", "comment"});
  const std::vector<SqlName> columns = constraint_columns(args.rest(), parts, part.line);
  if (columns.empty()) throw NotLiteral{part.line, "a unique constraint has no columns"};
  std::string sql = constraint_prefix(args.name("name"), part.line) + "UNIQUE (" + name_list(columns) + ")";
  sql += deferrability(args);
  args.finish();
  parts.constraints.push_back({part.order, std::move(sql)});
}

void read_check(const Value &part, TableParts &parts) {
  Arguments args(part, {"sqltext", "name", "deferrable", "initially", "table", "info"});
  args.ignore({"table", "info", "comment"});
  std::string sql = constraint_prefix(args.name("name"), part.line);
  sql += "CHECK (" + sql_condition(args.need("sqltext"), "the check constraint") + ")" + deferrability(args);
  if (args.flag("postgresql_not_valid").value_or(false)) sql += " NOT VALID";
  args.finish();
  parts.constraints.push_back({part.order, std::move(sql)});
}

void read_part(const Value &part, const TableName &table, TableParts &parts) {
  if (part.is_object("sa.PrimaryKeyConstraint")) {
    read_primary_key(part, parts);
  } else if (part.is_object("sa.ForeignKeyConstraint")) {
    read_foreign_key(part, parts);
  } else if (part.is_object("sa.UniqueConstraint")) {
    read_unique(part, parts);
  } else if (part.is_object("sa.CheckConstraint")) {
    read_check(part, parts);
  } else if (part.is_object("pg.ExcludeConstraint")) {
    Arguments args(part, {}, true);
    args.ignore({"info", "comment"});
    std::string sql = constraint_prefix(args.name("name"), part.line) + exclude_sql(args.rest(), args);
    args.finish();
    parts.constraints.push_back({part.order, std::move(sql)});
  } else if (part.is_object("sa.Index")) {
    Arguments args(part, {"name"}, true);
    const auto name = args.name("name");
    if (!name) throw NotLiteral{part.line, "an index has no name"};
    parts.indexes.push_back(create_index_sql(*name, false, table, args.rest(), args));
    args.finish();
  } else if (!part.is(ValueKind::kNone)) {
    not_literal(part, "a part of the table");
  }
}

// PrimaryKeyConstraint._autoincrement_column of sqlalchemy/sql/schema.py.
const ColumnDefinition *autoincrement_column(const std::vector<const ColumnDefinition *> &key) {
  using Autoincrement = ColumnDefinition::Autoincrement;
  if (key.size() != 1) {
    for (const ColumnDefinition *column : key) {
      if (column->autoincrement == Autoincrement::kYes) return column;
    }
    return nullptr;
  }
  const ColumnDefinition &column = *key[0];
  if (column.autoincrement == Autoincrement::kNo) return nullptr;
  if (column.type.serial == SerialKind::kNone) {
    if (column.autoincrement == Autoincrement::kYes)
      throw NotLiteral{0, "autoincrement does not fit the type of a column"};
    return nullptr;
  }
  if (column.autoincrement == Autoincrement::kYes) return &column;
  if (column.has_default || column.has_server_default) return nullptr;
  if (column.references && column.autoincrement != Autoincrement::kIgnoreForeignKey) return nullptr;
  return &column;
}

bool is_serial(const ColumnDefinition &column, const ColumnDefinition *autoincrement) {
  return &column == autoincrement && column.identity.empty() && !column.has_default && !column.has_sequence;
}

std::string table_options(Arguments &args) {
  std::string sql;
  if (const ValuePtr inherits = args.find("postgresql_inherits")) {
    std::vector<SqlName> names;
    if (inherits->is(ValueKind::kString))
      names.push_back(name_of(*inherits, "inherited table"));
    else
      names = args.names("postgresql_inherits");
    sql += " INHERITS ( " + name_list(names) + " )";
  }
  if (const auto partition = args.text("postgresql_partition_by")) sql += " PARTITION BY " + *partition;
  if (const auto oids = args.flag("postgresql_with_oids")) sql += *oids ? " WITH OIDS" : " WITHOUT OIDS";
  if (const auto commit = args.text("postgresql_on_commit")) {
    std::string text = *commit;
    for (char &c : text) c = c == '_' ? ' ' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    sql += " ON COMMIT " + text;
  }
  if (const auto space = args.name("postgresql_tablespace")) sql += " TABLESPACE " + quote_sql_name(*space);
  return sql;
}

std::string index_using(const std::string &method, std::uint32_t line) {
  std::string lower = method;
  for (char &c : lower) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) {
      throw NotLiteral{line, "\"" + method + "\" is no index method"};
    }
  }
  return lower;
}

// What postgresql_ops looks an element up by.
std::string element_key(const Value &element) {
  if (element.is(ValueKind::kString)) return element.text;
  if ((element.is_object("sa.text") || element.is_object("sa.column") ||
       element.is_object("sa.literal_column")) &&
      !element.items.empty() && element.items[0]->is(ValueKind::kString)) {
    return element.items[0]->text;
  }
  return {};
}

}  // namespace

std::string create_index_sql(const SqlName &name, bool name_may_be_cut, const TableName &table,
                             const std::vector<ValuePtr> &columns, Arguments &args) {
  args.ignore({"quote", "info", "_table", "unique"});
  SqlName index = name;
  index.may_shorten = index.may_shorten || name_may_be_cut;
  std::map<std::string, std::string> operator_classes;
  if (const ValuePtr ops = args.find("postgresql_ops")) {
    if (!ops->is(ValueKind::kDict)) not_literal(*ops, "postgresql_ops");
    for (std::size_t i = 0; i + 1 < ops->items.size(); i += 2) {
      if (!ops->items[i]->is(ValueKind::kString) || !ops->items[i + 1]->is(ValueKind::kString))
        not_literal(*ops->items[i], "postgresql_ops");
      operator_classes[ops->items[i]->text] = ops->items[i + 1]->text;
    }
  }
  std::string sql = "CREATE ";
  if (args.flag("unique").value_or(false)) sql += "UNIQUE ";
  sql += "INDEX ";
  if (args.flag("postgresql_concurrently").value_or(false)) sql += "CONCURRENTLY ";
  if (args.flag("if_not_exists").value_or(false)) sql += "IF NOT EXISTS ";
  sql += limited_name(index, args.line()) + " ON " + table.qualified() + " ";
  if (const auto method = args.text("postgresql_using"))
    sql += "USING " + index_using(*method, args.line()) + " ";
  sql += "(";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Value &element = *columns[i];
    if (!element.is(ValueKind::kString) && !element.is(ValueKind::kObject)) not_literal(element, "an index element");
    if (i > 0) sql += ", ";
    sql += element.is(ValueKind::kString) ? quote_sql_name(name_of(element, "column"))
                                          : sql_expression(element, "an index element");
    const auto found = operator_classes.find(element_key(element));
    if (found != operator_classes.end()) sql += " " + found->second;
  }
  if (columns.empty()) throw NotLiteral{args.line(), "an index has no columns"};
  sql += ")";
  if (args.find("postgresql_include")) {
    const std::vector<SqlName> included = args.names("postgresql_include");
    if (!included.empty()) sql += " INCLUDE (" + name_list(included) + ")";
  }
  if (args.flag("postgresql_nulls_not_distinct").value_or(false)) sql += " NULLS NOT DISTINCT";
  if (const ValuePtr with = args.find("postgresql_with")) {
    if (!with->is(ValueKind::kDict)) not_literal(*with, "postgresql_with");
    std::string options;
    for (std::size_t i = 0; i + 1 < with->items.size(); i += 2) {
      const Value &key = *with->items[i];
      const Value &item = *with->items[i + 1];
      const bool plain =
          key.is(ValueKind::kString) &&
          (item.is(ValueKind::kString) || item.is(ValueKind::kInteger) || item.is(ValueKind::kFloat));
      if (!plain) not_literal(item, "postgresql_with");
      options += (options.empty() ? "" : ", ") + key.text + " = " + item.text;
    }
    if (!options.empty()) sql += " WITH (" + options + ")";
  }
  if (const auto space = args.name("postgresql_tablespace")) sql += " TABLESPACE " + quote_sql_name(*space);
  if (const ValuePtr where = args.find("postgresql_where"))
    sql += " WHERE " + sql_condition(*where, "postgresql_where");
  return sql;
}

std::string exclude_sql(const std::vector<ValuePtr> &elements, Arguments &args) {
  std::string sql = "EXCLUDE USING ";
  sql += index_using(args.text("using").value_or("gist"), args.line()) + " (";
  if (args.find("ops")) throw NotLiteral{args.line(), "the exclude constraint has operator classes"};
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const Value &pair = *elements[i];
    if (!pair.is(ValueKind::kTuple) || pair.items.size() != 2 || !pair.items[1]->is(ValueKind::kString))
      not_literal(pair, "an exclude element");
    const Value &element = *pair.items[0];
    sql += (i > 0 ? ", " : "");
    sql += element.is(ValueKind::kString) ? quote_sql_name(name_of(element, "column"))
                                          : sql_expression(element, "an exclude element");
    sql += " WITH " + pair.items[1]->text;
  }
  if (elements.empty()) throw NotLiteral{args.line(), "an exclude constraint has no elements"};
  sql += ")";
  if (const ValuePtr where = args.find("where"))
    sql += " WHERE (" + sql_condition(*where, "the exclude constraint") + ")";
  return sql + deferrability(args);
}

std::vector<OperationSql> create_table_sql(const TableName &table, const std::vector<ValuePtr> &given,
                                           Arguments &args) {
  args.ignore({"info", "keep_existing", "extend_existing", "implicit_returning", "quote", "quote_schema",
               "listeners"});
  TableParts parts;
  for (const ValuePtr &part : given) {
    if (part->is_object("sa.Column")) parts.columns.push_back(read_column(*part, table));
  }
  for (const ValuePtr &part : given) {
    if (!part->is_object("sa.Column")) read_part(*part, table, parts);
  }
  std::set<std::string> names;
  for (const ColumnDefinition &column : parts.columns) {
    if (!names.insert(column.name.text).second)
      throw NotLiteral{args.line(), "the column \"" + column.name.text + "\" stands twice"};
  }
  std::vector<const ColumnDefinition *> flagged;
  for (const ColumnDefinition &column : parts.columns) {
    if (column.primary_key) flagged.push_back(&column);
  }
  std::vector<const ColumnDefinition *> key;
  for (const std::string &name : parts.key_columns) {
    for (const ColumnDefinition &column : parts.columns) {
      if (column.name.text == name) key.push_back(&column);
    }
  }
  const std::set<const ColumnDefinition *> in_key(key.begin(), key.end());
  if (key.empty()) key = flagged;
  const ColumnDefinition *autoincrement = autoincrement_column(key);
  if (!parts.has_key && autoincrement != nullptr) {  // an implied key puts it first
    std::stable_partition(key.begin(), key.end(),
                          [&](const ColumnDefinition *column) { return column == autoincrement; });
  }

  std::vector<OperationSql> result;
  std::string sql = "CREATE ";
  if (args.find("prefixes")) {
    const Value &prefixes = args.need("prefixes");
    if (!prefixes.is(ValueKind::kList) && !prefixes.is(ValueKind::kTuple)) not_literal(prefixes, "prefixes");
    for (const ValuePtr &prefix : prefixes.items) {
      if (!prefix->is(ValueKind::kString)) not_literal(*prefix, "prefixes");
      sql += prefix->text + " ";
    }
  }
  sql += "TABLE ";
  if (args.flag("if_not_exists").value_or(false)) sql += "IF NOT EXISTS ";
  sql += table.qualified() + " (";
  std::vector<std::string> lines;
  std::uint64_t order = std::uint64_t{1}
                        << 40;  // what columns imply is made after everything that is written out
  for (const ColumnDefinition &column : parts.columns) {
    for (const EnumType &type : column.type.enums) {
      if (type.with_table) result.push_back({type.create_sql(), type.memo_key(), false});
    }
    const bool primary = column.primary_key || in_key.count(&column) > 0;
    bool nullable = column.nullable.value_or(!primary);
    if (!column.identity.empty() && !column.nullable) nullable = false;
    lines.push_back(column_sql(column, is_serial(column, autoincrement), nullable));
    if (column.index) {
      Arguments none(Value{}, {});
      if (column.unique) none.bind("unique", bool_value(true));
      const std::vector<ValuePtr> elements{text_value(ValueKind::kString, column.name.text, args.line())};
      parts.indexes.push_back(
          create_index_sql(default_index_name(table, column.name), true, table, elements, none));
    } else if (column.unique) {
      parts.constraints.push_back({order++, "UNIQUE (" + quote_sql_name(column.name) + ")"});
    }
    for (const std::string &foreign : column.foreign_keys) parts.constraints.push_back({order++, foreign});
  }
  if (!key.empty()) {
    std::vector<SqlName> columns;
    for (const ColumnDefinition *column : key) columns.push_back(column->name);
    lines.push_back(constraint_prefix(parts.key_name, parts.key_line) + "PRIMARY KEY (" + name_list(columns) +
                    ")" + parts.key_suffix);
  }
  std::stable_sort(
      parts.constraints.begin(), parts.constraints.end(),
      [](const TableConstraint &left, const TableConstraint &right) { return left.order < right.order; });
  for (TableConstraint &constraint : parts.constraints) lines.push_back(std::move(constraint.sql));
  for (std::size_t i = 0; i < lines.size(); ++i) sql += (i > 0 ? ",\n    " : "\n    ") + lines[i];
  sql += "\n)" + table_options(args);
  result.push_back({std::move(sql), {}, false});
  for (std::string &index : parts.indexes) result.push_back({std::move(index), {}, false});
  if (const auto comment = args.text("comment"); comment && !comment->empty()) {
    result.push_back({"COMMENT ON TABLE " + table.qualified() + " IS " + sql_literal(*comment), {}, false});
  }
  for (const ColumnDefinition &column : parts.columns) {
    if (!column.comment || column.comment->empty()) continue;
    result.push_back({"COMMENT ON COLUMN " + table.qualified() + "." + quote_sql_name(column.name) + " IS " +
                          sql_literal(*column.comment),
                      {},
                      false});
  }
  return result;
}

}  // namespace migfix::core
