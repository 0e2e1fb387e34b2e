#include "core/sqlalchemy_type.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/sqlalchemy_argument.hpp"

namespace migfix::core {
namespace {

struct PlainType {
  std::string_view path;
  std::string_view sql;
  SerialKind serial = SerialKind::kNone;
};

// Types that are written alike whatever their arguments.
constexpr std::array<PlainType, 59> kPlain = {{
    {"sa.Integer", "INTEGER", SerialKind::kInteger},
    {"sa.INTEGER", "INTEGER", SerialKind::kInteger},
    {"sa.INT", "INTEGER", SerialKind::kInteger},
    {"pg.INTEGER", "INTEGER", SerialKind::kInteger},
    {"sa.SmallInteger", "SMALLINT", SerialKind::kSmall},
    {"sa.SMALLINT", "SMALLINT", SerialKind::kSmall},
    {"pg.SMALLINT", "SMALLINT", SerialKind::kSmall},
    {"sa.BigInteger", "BIGINT", SerialKind::kBig},
    {"sa.BIGINT", "BIGINT", SerialKind::kBig},
    {"pg.BIGINT", "BIGINT", SerialKind::kBig},
    {"sa.Date", "DATE"},
    {"sa.DATE", "DATE"},
    {"pg.DATE", "DATE"},
    {"sa.DATETIME", "DATETIME"},
    {"sa.LargeBinary", "BYTEA"},
    {"pg.BYTEA", "BYTEA"},
    {"sa.BLOB", "BLOB"},
    {"sa.PickleType", "BYTEA"},
    {"sa.JSON", "JSON"},
    {"pg.JSON", "JSON"},
    {"pg.JSONB", "JSONB"},
    {"sa.UUID", "UUID"},
    {"sa.Uuid", "UUID"},
    {"pg.UUID", "UUID"},
    {"sa.REAL", "REAL"},
    {"pg.REAL", "REAL"},
    {"sa.Double", "DOUBLE PRECISION"},
    {"sa.DOUBLE", "DOUBLE"},
    {"sa.DOUBLE_PRECISION", "DOUBLE PRECISION"},
    {"pg.DOUBLE_PRECISION", "DOUBLE PRECISION"},
    {"pg.INET", "INET"},
    {"pg.CIDR", "CIDR"},
    {"pg.MACADDR", "MACADDR"},
    {"pg.MACADDR8", "MACADDR8"},
    {"pg.MONEY", "MONEY"},
    {"pg.OID", "OID"},
    {"pg.REGCLASS", "REGCLASS"},
    {"pg.REGCONFIG", "REGCONFIG"},
    {"pg.TSVECTOR", "TSVECTOR"},
    {"pg.TSQUERY", "TSQUERY"},
    {"pg.HSTORE", "HSTORE"},
    {"pg.CITEXT", "CITEXT"},
    {"pg.INT4RANGE", "INT4RANGE"},
    {"pg.INT8RANGE", "INT8RANGE"},
    {"pg.NUMRANGE", "NUMRANGE"},
    {"pg.DATERANGE", "DATERANGE"},
    {"pg.TSRANGE", "TSRANGE"},
    {"pg.TSTZRANGE", "TSTZRANGE"},
    {"pg.INT4MULTIRANGE", "INT4MULTIRANGE"},
    {"pg.INT8MULTIRANGE", "INT8MULTIRANGE"},
    {"pg.NUMMULTIRANGE", "NUMMULTIRANGE"},
    {"pg.DATEMULTIRANGE", "DATEMULTIRANGE"},
    {"pg.TSMULTIRANGE", "TSMULTIRANGE"},
    {"pg.TSTZMULTIRANGE", "TSTZMULTIRANGE"},
    {"pg.JSONPATH", "JSONPATH"},
    {"pg.BOOLEAN", "BOOLEAN"},
    {"sa.BOOLEAN", "BOOLEAN"},
    {"sa.Boolean", "BOOLEAN"},
    {"sa.MatchType", "BOOLEAN"},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 17> kStrings = {{
    {"sa.String", "VARCHAR"},
    {"sa.VARCHAR", "VARCHAR"},
    {"pg.VARCHAR", "VARCHAR"},
    {"sa.Unicode", "VARCHAR"},
    {"sa.NVARCHAR", "NVARCHAR"},
    {"sa.CHAR", "CHAR"},
    {"pg.CHAR", "CHAR"},
    {"sa.NCHAR", "NCHAR"},
    {"sa.Text", "TEXT"},
    {"sa.TEXT", "TEXT"},
    {"pg.TEXT", "TEXT"},
    {"sa.UnicodeText", "TEXT"},
    {"sa.CLOB", "CLOB"},
    {"sa.NCLOB", "NCLOB"},
    {"sa.BINARY", "BINARY"},
    {"sa.VARBINARY", "VARBINARY"},
    {"sqlmodel.sql.sqltypes.AutoString", "VARCHAR"},
}};

std::optional<std::string_view> string_type(std::string_view path) {
  for (const auto &[known, sql] : kStrings) {
    if (path == known) return sql;
  }
  return std::nullopt;
}

bool is_zero(const std::string &number) {
  return number.find_first_not_of("0") == std::string::npos;
}

std::string text_type(const Value &value, std::string_view sql) {
  Arguments args(value, {"length", "collation"});
  args.ignore({"convert_unicode", "unicode_error", "_warn_on_bytestring", "_expect_unicode"});
  std::string out(sql);
  if (const auto length = args.integer("length"); length && !is_zero(*length)) out += "(" + *length + ")";
  if (const auto collation = args.text("collation"); collation && !collation->empty())
    out += " COLLATE \"" + *collation + "\"";
  args.finish();
  return out;
}

std::string numeric_type(const Value &value, std::string_view sql) {
  Arguments args(value, {"precision", "scale", "decimal_return_scale", "asdecimal"});
  args.ignore({"decimal_return_scale", "asdecimal"});
  const auto precision = args.integer("precision");
  const auto scale = args.integer("scale");
  args.finish();
  std::string out(sql);
  if (precision) out += "(" + *precision + (scale ? ", " + *scale : std::string()) + ")";
  return out;
}

std::string float_type(const Value &value) {
  Arguments args(value, {"precision", "asdecimal", "decimal_return_scale"});
  args.ignore({"asdecimal", "decimal_return_scale"});
  const auto precision = args.integer("precision");
  args.finish();
  return precision && !is_zero(*precision) ? "FLOAT(" + *precision + ")" : "FLOAT";
}

std::string time_type(const Value &value, std::string_view sql) {
  Arguments args(value, {"timezone", "precision"});
  const bool timezone = args.flag("timezone").value_or(false);
  const auto precision = args.integer("precision");
  args.finish();
  return std::string(sql) + (precision ? "(" + *precision + ")" : std::string()) +
         (timezone ? " WITH" : " WITHOUT") + " TIME ZONE";
}

std::string interval_type(const Value &value) {
  if (value.text == "sa.Interval") {
    Arguments args(value, {"native", "second_precision", "day_precision"});
    args.ignore({"native", "day_precision"});
    const auto precision = args.integer("second_precision");
    args.finish();
    return precision ? "INTERVAL (" + *precision + ")" : "INTERVAL";
  }
  Arguments args(value, {"precision", "fields"});
  const auto precision = args.integer("precision");
  const auto fields = args.text("fields");
  args.finish();
  return "INTERVAL" + (fields ? " " + *fields : std::string()) +
         (precision ? " (" + *precision + ")" : std::string());
}

std::string bit_type(const Value &value) {
  Arguments args(value, {"length", "varying"});
  const auto length = args.integer("length");
  const bool varying = args.flag("varying").value_or(false);
  args.finish();
  if (varying) return "BIT VARYING" + (length ? "(" + *length + ")" : std::string());
  return "BIT(" + (length && !is_zero(*length) ? *length : std::string("1")) + ")";
}

SqlType enum_type(const Value &value, const std::optional<SqlName> &table_schema) {
  Arguments args(value, {}, true);
  args.ignore({"validate_strings", "values_callable", "convert_unicode", "sort_key_function", "omit_aliases",
               "_create_events", "_disable_warnings"});
  EnumType type;
  std::size_t longest = 0;
  for (const ValuePtr &label : args.rest()) {
    if (!label->is(ValueKind::kString)) not_literal(*label, "an enum label");
    type.labels.push_back(label->text);
    longest = std::max(
        longest, static_cast<std::size_t>(std::count_if(label->text.begin(), label->text.end(), [](char c) {
          return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
        })));
  }
  const bool native = args.flag("native_enum").value_or(true) || value.text == "pg.ENUM";
  const auto name = args.name("name");
  const auto length = args.integer("length");
  // sa.Enum takes create_type and drops it (SQLAlchemy 1.4 and 2.0): the type is created all the same.
  const bool create_type = args.flag("create_type").value_or(true) || value.text != "pg.ENUM";
  const bool metadata = args.find("metadata") != nullptr;
  type.schema = args.name("schema");
  if (args.flag("inherit_schema").value_or(false)) type.schema = table_schema;
  const bool constraint = args.flag("create_constraint").value_or(false);
  args.ignore({"quote"});
  args.finish();
  if (!native) {
    if (constraint) throw NotLiteral{value.line, "the enum has a CHECK constraint of its own"};
    const std::string size = length ? *length : std::to_string(longest);
    return {"VARCHAR" + (is_zero(size) ? std::string() : "(" + size + ")"), SerialKind::kNone, {}};
  }
  if (!name) throw NotLiteral{value.line, "the enum has no name"};
  type.name = *name;
  type.with_table = create_type && !metadata;
  SqlType result;
  result.sql = type.qualified();
  result.enums.push_back(std::move(type));
  return result;
}

SqlType array_type(const Value &value, const std::optional<SqlName> &table_schema) {
  Arguments args(value, {"item_type", "as_tuple", "dimensions", "zero_indexes"});
  args.ignore({"as_tuple", "zero_indexes"});
  SqlType result = sql_type(args.need("item_type"), table_schema);
  const auto dimensions = args.integer("dimensions");
  args.finish();
  int count = 1;
  if (dimensions) count = dimensions->size() == 1 ? (*dimensions)[0] - '0' : 7;
  if (count > 6) throw NotLiteral{value.line, "the array has more dimensions than PostgreSQL allows"};
  std::string suffix;
  for (int i = 0; i < count; ++i) suffix += "[]";
  const std::size_t collate = result.sql.find(" COLLATE");
  result.sql.insert(collate == std::string::npos ? result.sql.size() : collate, suffix);
  result.serial = SerialKind::kNone;
  return result;
}

SqlType variant_type(const Value &value, const std::optional<SqlName> &table_schema) {
  // x.with_variant(y, "postgresql"); SQLAlchemy 2.0 takes several dialects.
  if (value.items.size() < 3 || !value.keywords.empty()) not_literal(value, "the type variant");
  for (std::size_t i = 2; i < value.items.size(); ++i) {
    if (!value.items[i]->is(ValueKind::kString)) not_literal(*value.items[i], "the type variant");
    if (value.items[i]->text == "postgresql") return sql_type(*value.items[1], table_schema);
  }
  return sql_type(*value.items[0], table_schema);
}

}  // namespace

std::string EnumType::create_sql() const {
  std::string sql = "CREATE TYPE " + qualified() + " AS ENUM (";
  for (std::size_t i = 0; i < labels.size(); ++i) sql += (i > 0 ? ", " : "") + sql_literal(labels[i]);
  return sql + ")";
}

std::string EnumType::memo_key() const {
  return (schema ? schema->text : std::string()) + '\x1F' + name.text;
}

bool is_enum(const Value &value) {
  if (value.is_object(".with_variant")) return !value.items.empty() && is_enum(*value.items[0]);
  return value.is_object("sa.Enum") || value.is_object("pg.ENUM");
}

SqlType sql_type(const Value &given, const std::optional<SqlName> &table_schema) {
  if (given.is(ValueKind::kPath)) {  // the class stands for a call without arguments
    Value call;
    call.kind = ValueKind::kObject;
    call.line = given.line;
    call.text = short_path(given.text);
    return sql_type(call, table_schema);
  }
  if (!given.is(ValueKind::kObject)) not_literal(given, "the type");
  const std::string &path = given.text;
  if (path == ".with_variant") return variant_type(given, table_schema);
  for (const PlainType &plain : kPlain) {
    if (path != plain.path) continue;
    for (const auto &[name, value] : given.keywords) {
      if (name == "create_constraint" && truth_of(*value) != 0) {
        throw NotLiteral{given.line, "the type has a CHECK constraint of its own"};
      }
    }
    // Float and its kin are Numeric, and an autoincrementing one is SERIAL too.
    const bool numeric = plain.sql == "REAL" || plain.sql == "DOUBLE PRECISION" || plain.sql == "DOUBLE";
    return {std::string(plain.sql), numeric ? SerialKind::kInteger : plain.serial, {}};
  }
  if (const auto sql = string_type(path)) return {text_type(given, *sql), SerialKind::kNone, {}};
  if (path == "sa.Numeric" || path == "sa.NUMERIC" || path == "pg.NUMERIC")
    return {numeric_type(given, "NUMERIC"), SerialKind::kInteger, {}};
  if (path == "sa.DECIMAL") return {numeric_type(given, "DECIMAL"), SerialKind::kInteger, {}};
  if (path == "sa.Float" || path == "sa.FLOAT" || path == "pg.FLOAT")
    return {float_type(given), SerialKind::kInteger, {}};
  if (path == "sa.DateTime" || path == "sa.TIMESTAMP" || path == "pg.TIMESTAMP")
    return {time_type(given, "TIMESTAMP"), SerialKind::kNone, {}};
  if (path == "sa.Time" || path == "sa.TIME" || path == "pg.TIME")
    return {time_type(given, "TIME"), SerialKind::kNone, {}};
  if (path == "sa.Interval" || path == "pg.INTERVAL") return {interval_type(given), SerialKind::kNone, {}};
  if (path == "pg.BIT") return {bit_type(given), SerialKind::kNone, {}};
  if (path == "sa.Enum" || path == "pg.ENUM") return enum_type(given, table_schema);
  if (path == "sa.ARRAY" || path == "pg.ARRAY") return array_type(given, table_schema);
  not_literal(given, "the type");
}

}  // namespace migfix::core
