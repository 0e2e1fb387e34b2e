#include "core/sqlalchemy_name.hpp"

#include <algorithm>
#include <array>

#include "core/md5.hpp"

namespace migfix::core {
namespace {

// RESERVED_WORDS of sqlalchemy/dialects/postgresql/base.py, sorted.
constexpr std::array<std::string_view, 100> kReserved = {"all",
                                                         "analyse",
                                                         "analyze",
                                                         "and",
                                                         "any",
                                                         "array",
                                                         "as",
                                                         "asc",
                                                         "asymmetric",
                                                         "authorization",
                                                         "between",
                                                         "binary",
                                                         "both",
                                                         "case",
                                                         "cast",
                                                         "check",
                                                         "collate",
                                                         "column",
                                                         "constraint",
                                                         "create",
                                                         "cross",
                                                         "current_catalog",
                                                         "current_date",
                                                         "current_role",
                                                         "current_schema",
                                                         "current_time",
                                                         "current_timestamp",
                                                         "current_user",
                                                         "default",
                                                         "deferrable",
                                                         "desc",
                                                         "distinct",
                                                         "do",
                                                         "else",
                                                         "end",
                                                         "except",
                                                         "false",
                                                         "fetch",
                                                         "for",
                                                         "foreign",
                                                         "freeze",
                                                         "from",
                                                         "full",
                                                         "grant",
                                                         "group",
                                                         "having",
                                                         "ilike",
                                                         "in",
                                                         "initially",
                                                         "inner",
                                                         "intersect",
                                                         "into",
                                                         "is",
                                                         "isnull",
                                                         "join",
                                                         "leading",
                                                         "left",
                                                         "like",
                                                         "limit",
                                                         "localtime",
                                                         "localtimestamp",
                                                         "natural",
                                                         "new",
                                                         "not",
                                                         "notnull",
                                                         "null",
                                                         "of",
                                                         "off",
                                                         "offset",
                                                         "old",
                                                         "on",
                                                         "only",
                                                         "or",
                                                         "order",
                                                         "outer",
                                                         "over",
                                                         "overlaps",
                                                         "placing",
                                                         "primary",
                                                         "references",
                                                         "returning",
                                                         "right",
                                                         "select",
                                                         "session_user",
                                                         "similar",
                                                         "some",
                                                         "symmetric",
                                                         "table",
                                                         "then",
                                                         "to",
                                                         "trailing",
                                                         "true",
                                                         "union",
                                                         "unique",
                                                         "user",
                                                         "using",
                                                         "variadic",
                                                         "verbose",
                                                         "when",
                                                         "where"};
constexpr std::array<std::string_view, 2> kMoreReserved = {"window", "with"};

bool requires_quotes(std::string_view name) {
  const auto legal = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
  };
  if (name.empty() || (name[0] >= '0' && name[0] <= '9') || name[0] == '$') return true;
  if (!std::all_of(name.begin(), name.end(), legal)) return true;
  return std::binary_search(kReserved.begin(), kReserved.end(), name) ||
         std::binary_search(kMoreReserved.begin(), kMoreReserved.end(), name);
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string_view first_characters(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80 && count-- == 0) break;
  }
  return text.substr(0, at);
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

SqlName name_of(const Value &value, std::string_view what) {
  if (value.is(ValueKind::kString)) {
    if (value.text.empty()) throw NotLiteral{value.line, "the " + std::string(what) + " is empty"};
    return {value.text, value.flag, std::nullopt};
  }
  if (value.is_object("sa.quoted_name") && value.items.size() == 2 && value.keywords.empty() &&
      value.items[0]->is(ValueKind::kString) && !value.items[0]->text.empty()) {
    SqlName name{value.items[0]->text, false, std::nullopt};
    if (value.items[1]->is(ValueKind::kBool)) name.quote = value.items[1]->flag;
    return name;
  }
  if (value.is(ValueKind::kUnknown))
    throw NotLiteral{value.line, "the " + std::string(what) + " " + value.text};
  throw NotLiteral{value.line, "the " + std::string(what) + " is no literal string"};
}

std::string quote_sql_name(const SqlName &name) {
  if (!name.quote.value_or(requires_quotes(name.text))) return name.text;
  std::string out = "\"";
  for (const char c : name.text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string quote_dotted_name(const SqlName &name) {
  if (name.quote) return quote_sql_name(name);
  std::string out;
  std::string_view rest = name.text;
  for (;;) {
    const std::size_t dot = rest.find('.');
    const std::string_view part = rest.substr(0, dot);
    if (part.empty()) throw NotLiteral{0, "the schema has an empty part"};
    out += quote_sql_name({std::string(part), false, std::nullopt});
    if (dot == std::string_view::npos) return out;
    out += '.';
    rest.remove_prefix(dot + 1);
  }
}

std::string qualified_name(const SqlName &name, const std::optional<SqlName> &schema) {
  return schema ? quote_sql_name(*schema) + "." + quote_sql_name(name) : quote_sql_name(name);
}

std::string altered_name(const SqlName &name, const std::optional<SqlName> &schema) {
  return schema ? quote_dotted_name(*schema) + "." + quote_sql_name(name) : quote_sql_name(name);
}

std::string limited_name(const SqlName &name, std::uint32_t line) {
  constexpr std::size_t kMaxLength = 63;
  if (characters(name.text) <= kMaxLength) return quote_sql_name(name);
  if (!name.may_shorten) {
    throw NotLiteral{line,
                     "the name \"" + name.text + "\" has more than 63 characters, which SQLAlchemy rejects"};
  }
  std::string text(first_characters(name.text, kMaxLength - 8));
  text += "_" + md5_hex(name.text).substr(28);
  return quote_sql_name({std::move(text), false, name.quote});
}

std::string sql_literal(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + "'";
}

// BIND_PARAMS and BIND_PARAMS_ESC of sqlalchemy/sql/compiler.py.
std::string plain_text(std::string_view text, std::uint32_t line) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && i + 1 < text.size() && text[i + 1] == ':') {
      std::size_t end = i + 2;
      while (end < text.size() && is_word(text[end])) ++end;
      if (end >= text.size() || text[end] != ':') {
        out.append(text.substr(i + 1, end - i - 1));
        i = end - 1;
        continue;
      }
    }
    if (c == ':' && (i == 0 || (text[i - 1] != ':' && text[i - 1] != '\\' && !is_word(text[i - 1])))) {
      std::size_t end = i + 1;
      while (end < text.size() && is_word(text[end])) ++end;
      if (end > i + 1 && (end >= text.size() || text[end] != ':')) {
        throw NotLiteral{line, "its SQL has the parameter \"" +
                                   std::string(text.substr(i, std::min<std::size_t>(end - i, 64))) + "\""};
      }
    }
    out += c;
  }
  return out;
}

}  // namespace migfix::core
