#include "core/sqlalchemy_expression.hpp"

#include <array>
#include <cstddef>
#include <utility>

#include "core/sqlalchemy_argument.hpp"
#include "core/sqlalchemy_name.hpp"
#include "core/sqlalchemy_type.hpp"

namespace migfix::core {
namespace {

// Functions of the SQL standard that are written without brackets (sqlalchemy/sql/compiler.py, FUNCTIONS).
std::string function_name(const std::string &name, bool &bare) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kBare = {
      {{"current_date", "CURRENT_DATE"},
       {"current_time", "CURRENT_TIME"},
       {"current_timestamp", "CURRENT_TIMESTAMP"},
       {"current_user", "CURRENT_USER"},
       {"localtime", "LOCALTIME"},
       {"localtimestamp", "LOCALTIMESTAMP"},
       {"session_user", "SESSION_USER"},
       {"user", "USER"}}};
  std::string lower = name;
  for (char &c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  bare = false;
  for (const auto &[word, sql] : kBare) {
    if (lower != word) continue;
    bare = true;
    return std::string(sql);
  }
  static constexpr std::array<std::string_view, 15> kKnown = {
      "now",    "coalesce", "max",       "min",  "sum",        "count",        "concat",   "char_length",
      "random", "sysdate",  "array_agg", "rank", "dense_rank", "percent_rank", "cume_dist"};
  for (const auto known : kKnown) {
    if (lower == known) return lower;
  }
  return name;
}

std::string function_call(const Value &value, std::string_view what) {
  const std::string path = value.text.substr(5);  // behind "func."
  if (!value.keywords.empty())
    throw NotLiteral{value.line, std::string(what) + " has a function with keywords"};
  bool bare = false;
  std::string sql = path.find('.') == std::string::npos ? function_name(path, bare) : path;
  if (sql == "sysdate") throw NotLiteral{value.line, std::string(what) + " uses sysdate"};
  if (bare && value.items.empty()) return sql;
  sql += '(';
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    if (i > 0) sql += ", ";
    sql += sql_expression(*value.items[i], what);
  }
  return sql + ')';
}

}  // namespace

std::string sql_expression(const Value &value, std::string_view what) {
  switch (value.kind) {
    case ValueKind::kString:
      return sql_literal(value.text);
    case ValueKind::kInteger:
    case ValueKind::kFloat:
      return value.text;
    case ValueKind::kNone:
      return "NULL";
    case ValueKind::kBool:
      return value.flag ? "true" : "false";
    case ValueKind::kObject:
      break;
    default:
      not_literal(value, what);
  }
  if (value.text.compare(0, 5, "func.") == 0) return function_call(value, what);
  if (value.text == ".next_value" && value.items.size() == 1) {
    return "nextval(" + sql_literal(sequence_name(*value.items[0])) + ")";
  }
  if (value.text == "sa.true" && value.items.empty()) return "true";
  if (value.text == "sa.false" && value.items.empty()) return "false";
  if (value.text == "sa.null" && value.items.empty()) return "NULL";
  if (value.text == "sa.text") {
    Arguments args(value, {"text"});
    const auto text = args.text("text");
    args.finish();
    if (!text) not_literal(value, what);
    return plain_text(*text, value.line);
  }
  if (value.text == "sa.literal_column") {
    Arguments args(value, {"text", "type_"});
    args.ignore({"type_"});
    const auto text = args.text("text");
    args.finish();
    if (!text) not_literal(value, what);
    return *text;
  }
  if (value.text == "sa.column") {
    Arguments args(value, {"text", "type_"});
    args.ignore({"type_"});
    const SqlName name = args.need_name("text");
    args.finish();
    return quote_sql_name(name);
  }
  if (value.text == "sa.literal" || value.text == "op.inline_literal") {
    Arguments args(value, {"value", "type_"});
    if (args.find("type_")) not_literal(value, what);
    const Value &inner = args.need("value");
    args.finish();
    if (inner.is(ValueKind::kObject)) not_literal(inner, what);
    return sql_expression(inner, what);
  }
  if (value.text == "sa.cast") {
    Arguments args(value, {"expression", "type_"});
    const std::string inner = sql_expression(args.need("expression"), what);
    const SqlType type = sql_type(args.need("type_"), std::nullopt);
    args.finish();
    return "CAST(" + inner + " AS " + type.sql + ")";
  }
  not_literal(value, what);
}

std::string sql_condition(const Value &value, std::string_view what) {
  if (value.is(ValueKind::kString)) return plain_text(value.text, value.line);
  if (value.is_object("sa.text") || value.is_object("sa.literal_column")) return sql_expression(value, what);
  not_literal(value, what);
}

std::string sql_default(const Value &value) {
  constexpr std::string_view kWhat = "the server default";
  if (value.is_object("sa.DefaultClause")) {
    Arguments args(value, {"arg", "for_update", "_reflected"});
    args.ignore({"for_update", "_reflected"});
    const Value &inner = args.need("arg");
    args.finish();
    return sql_default(inner);
  }
  if (value.is_object("sa.FetchedValue")) return {};
  if (value.is(ValueKind::kString)) return sql_literal(value.text);
  // SQLAlchemy takes strings and SQL constructs only.
  if (!value.is(ValueKind::kObject)) not_literal(value, kWhat);
  if (value.text == "sa.Computed" || value.text == "sa.Identity" || value.text == "sa.Sequence")
    not_literal(value, kWhat);
  return sql_expression(value, kWhat);
}

std::string identity_options(const Value &value, std::size_t names_before) {
  std::vector<std::string_view> names(names_before, "-");
  for (const std::string_view name : {"start", "increment", "minvalue", "maxvalue", "nominvalue",
                                      "nomaxvalue", "cycle", "cache", "order"}) {
    names.push_back(name);
  }
  Value plain = value;
  plain.items.erase(plain.items.begin(), plain.items.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                   names_before, plain.items.size())));
  Arguments args(plain, std::vector<std::string_view>(
                            names.begin() + static_cast<std::ptrdiff_t>(names_before), names.end()));
  args.ignore({"always", "on_null", "name", "schema", "optional", "metadata", "quote", "quote_schema"});
  std::string sql;
  const auto add = [&](const std::string &option) { sql += (sql.empty() ? "" : " ") + option; };
  if (const auto number = args.integer("increment")) add("INCREMENT BY " + *number);
  if (const auto number = args.integer("start")) add("START WITH " + *number);
  if (const auto number = args.integer("minvalue")) add("MINVALUE " + *number);
  if (const auto number = args.integer("maxvalue")) add("MAXVALUE " + *number);
  if (args.flag("nominvalue")) add("NO MINVALUE");
  if (args.flag("nomaxvalue")) add("NO MAXVALUE");
  if (const auto number = args.integer("cache")) add("CACHE " + *number);
  if (const auto order = args.flag("order")) add(*order ? "ORDER" : "NO ORDER");
  if (const auto cycle = args.flag("cycle")) add(*cycle ? "CYCLE" : "NO CYCLE");
  args.finish();
  return sql;
}

std::string identity_clause(const Value &value) {
  bool always = false;
  if (!value.items.empty()) {
    if (truth_of(*value.items[0]) < 0) not_literal(*value.items[0], "the identity");
    always = truth_of(*value.items[0]) == 1;
  }
  for (const auto &[name, item] : value.keywords) {
    if (name != "always") continue;
    if (truth_of(*item) < 0) not_literal(*item, "the identity");
    always = truth_of(*item) == 1;
  }
  const std::string options = identity_options(value, 2);  // always, on_null
  std::string sql = std::string("GENERATED ") + (always ? "ALWAYS" : "BY DEFAULT") + " AS IDENTITY";
  return options.empty() ? sql : sql + " (" + options + ")";
}

std::string computed_clause(const Value &value) {
  Arguments args(value, {"sqltext", "persisted"});
  const std::string text = sql_condition(args.need("sqltext"), "the computed column");
  const auto persisted = args.flag("persisted");
  args.finish();
  if (persisted && !*persisted)
    throw NotLiteral{value.line, "the computed column is virtual, which SQLAlchemy rejects for PostgreSQL"};
  return "GENERATED ALWAYS AS (" + text + ") STORED";
}

std::string sequence_name(const Value &value) {
  if (!value.is_object("sa.Sequence")) not_literal(value, "the sequence");
  if (value.items.empty() && value.keywords.empty()) not_literal(value, "the sequence");
  std::optional<SqlName> schema;
  std::optional<SqlName> name;
  if (!value.items.empty()) name = name_of(*value.items[0], "sequence");
  for (const auto &[key, item] : value.keywords) {
    if (key == "name") name = name_of(*item, "sequence");
    if (key == "schema" && !item->is(ValueKind::kNone)) schema = name_of(*item, "schema");
    if (key == "data_type" && !item->is(ValueKind::kNone)) not_literal(value, "the sequence");
  }
  if (!name) not_literal(value, "the sequence");
  return qualified_name(*name, schema);
}

}  // namespace migfix::core
