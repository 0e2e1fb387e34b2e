#include "core/expression_names.hpp"

#include <algorithm>
#include <array>

namespace migfix::core {

namespace {

using Token = ExpressionToken;
using Kind = ExpressionToken::Kind;

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80U);
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
bool is_operator(char c) {
  return std::string_view("+-*/<>=~!@#%^&|`?").find(c) != std::string_view::npos;
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::vector<Token> all() {
    while (pass_blanks()) {
      const std::size_t begin = at_;
      Token token = next();
      token.begin = begin;
      token.length = at_ - begin;
      if (token.value.empty() && !token.is_name()) token.value = text_.substr(begin, token.length);
      tokens_.push_back(std::move(token));
    }
    return std::move(tokens_);
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  bool pass_blanks() {
    while (at_ < text_.size()) {
      if (is_blank(text_[at_])) {
        ++at_;
      } else if (peek() == '-' && peek(1) == '-') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (peek() == '/' && peek(1) == '*') {
        const std::size_t end = text_.find("*/", at_ + 2);
        at_ = end == std::string_view::npos ? text_.size() : end + 2;
      } else {
        return true;
      }
    }
    return false;
  }

  Token next() {
    Token token;
    const char c = peek();
    if (c == '"') {
      token.kind = Kind::kQuotedName;
      token.value = quoted('"', false);
    } else if (c == '\'') {
      token.kind = Kind::kString;
      quoted('\'', false);
    } else if (is_name_start(c)) {
      const bool marks_string =
          std::string_view("eEbBxXnN").find(c) != std::string_view::npos && peek(1) == '\'';
      if (marks_string) {
        ++at_;
        token.kind = Kind::kString;
        quoted('\'', c == 'e' || c == 'E');
      } else {
        token.kind = Kind::kName;
        for (; is_name_start(peek()) || is_digit(peek()) || peek() == '$'; ++at_) {
          const char letter = peek();
          token.value += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
        }
      }
    } else if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
      token.kind = Kind::kNumber;
      while (is_digit(peek()) || peek() == '.' || is_name_start(peek())) ++at_;
    } else if (c == '$') {
      token.kind = Kind::kString;
      dollar_quoted();
    } else if (c == ':' && peek(1) == ':') {
      at_ += 2;
    } else if (is_operator(c)) {
      token.kind = Kind::kOperator;
      while (is_operator(peek())) ++at_;
    } else {
      ++at_;
    }
    return token;
  }

  std::string quoted(char mark, bool backslashes) {
    std::string value;
    for (++at_; at_ < text_.size(); ++at_) {
      if (backslashes && peek() == '\\') {
        ++at_;
      } else if (peek() == mark) {
        if (peek(1) != mark) {
          ++at_;
          break;
        }
        ++at_;
      }
      if (at_ < text_.size()) value += text_[at_];
    }
    at_ = std::min(at_, text_.size());
    return value;
  }

  void dollar_quoted() {
    std::size_t end = at_ + 1;
    while (end < text_.size() && (is_name_start(text_[end]) || is_digit(text_[end]))) ++end;
    if (end >= text_.size() || text_[end] != '$') {
      at_ = end;  // a parameter
      return;
    }
    const std::string_view tag = text_.substr(at_, end + 1 - at_);
    const std::size_t close = text_.find(tag, end + 1);
    at_ = close == std::string_view::npos ? text_.size() : close + tag.size();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
};

/// Words that quote_identifier would quote and that a column or a type is likely to be called.
// clang-format off
constexpr auto kReserved = std::to_array<std::string_view>({
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization",
    "between", "bigint", "binary", "bit", "boolean", "both", "case", "cast", "char", "character",
    "check", "coalesce", "collate", "collation", "column", "concurrently", "constraint", "create",
    "cross", "current_catalog", "current_date", "current_role", "current_schema", "current_time",
    "current_timestamp", "current_user", "dec", "decimal", "default", "deferrable", "desc", "distinct",
    "do", "else", "end", "except", "exists", "extract", "false", "fetch", "float", "for", "foreign",
    "freeze", "from", "full", "grant", "greatest", "group", "grouping", "having", "ilike", "in",
    "initially", "inner", "inout", "int", "integer", "intersect", "interval", "into", "is", "isnull",
    "join", "lateral", "leading", "least", "left", "like", "limit", "localtime", "localtimestamp",
    "national", "natural", "nchar", "none", "normalize", "not", "notnull", "null", "nullif", "numeric",
    "offset", "on", "only", "or", "order", "out", "outer", "overlaps", "overlay", "placing", "position",
    "precision", "primary", "real", "references", "returning", "right", "row", "select", "session_user",
    "setof", "similar", "smallint", "some", "substring", "symmetric", "table", "tablesample", "then",
    "time", "timestamp", "to", "trailing", "treat", "trim", "true", "union", "unique", "user", "using",
    "values", "varchar", "variadic", "verbose", "when", "where", "window", "with",
});
// clang-format on

/// Whether the name at `i` of `tokens` may be a column: no function, no type after a cast, no part of a
/// longer name but its last where the first is a table's.
bool may_be_column(const std::vector<Token> &tokens, std::size_t i) {
  if (!tokens[i].is_name()) return false;
  if (i + 1 < tokens.size() && (tokens[i + 1].is("(") || tokens[i + 1].is("."))) return false;
  return i == 0 || !(tokens[i - 1].is("::") || tokens[i - 1].is(".") || tokens[i - 1].is("collate"));
}

bool is_cast_to(const std::vector<Token> &tokens, std::size_t i, const std::string &name) {
  if (!tokens[i].is_name() || tokens[i].value != name || i == 0) return false;
  if (tokens[i - 1].is("::")) return true;
  if (tokens[i - 1].is(".") && i >= 3 && tokens[i - 2].is_name() && tokens[i - 3].is("::")) return true;
  return tokens[i - 1].is("as") && i + 1 < tokens.size() && (tokens[i + 1].is(")") || tokens[i + 1].is("["));
}

template <class Fn>
std::string replaced(const std::string &text, const std::string &to, Fn is_one) {
  const std::vector<Token> tokens = expression_tokens(text);
  std::string result;
  std::size_t done = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!is_one(tokens, i)) continue;
    result.append(text, done, tokens[i].begin - done).append(to);
    done = tokens[i].begin + tokens[i].length;
  }
  return result.append(text, done, std::string::npos);
}

template <class Fn>
bool replace_normal(Expression &expression, const std::string &to, Fn is_one) {
  std::string normal = replaced(expression.normal, to, is_one);
  const bool changed = normal != expression.normal;
  expression.normal = std::move(normal);
  return changed;
}

}  // namespace

std::vector<ExpressionToken> expression_tokens(std::string_view text) {
  return Scanner(text).all();
}

std::string quoted_name(const std::string &name) {
  bool plain = !name.empty() && ((name[0] >= 'a' && name[0] <= 'z') || name[0] == '_');
  for (const char c : name) plain = plain && ((c >= 'a' && c <= 'z') || is_digit(c) || c == '_');
  if (plain && std::find(kReserved.begin(), kReserved.end(), name) == kReserved.end()) return name;
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted += '"';
}

std::set<std::string> columns_read(const Expression &expression, const std::set<std::string> &candidates) {
  std::set<std::string> columns;
  if (!expression.text.empty()) {
    for (const auto &use : expression.columns) columns.insert(use.column);
    return columns;
  }
  if (expression.normal.empty()) return columns;
  const std::vector<Token> tokens = expression_tokens(expression.normal);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (may_be_column(tokens, i) && candidates.count(tokens[i].value) != 0) columns.insert(tokens[i].value);
  }
  return columns;
}

bool rename_column_in(Expression &expression, const std::string &from, const std::string &to) {
  if (expression.text.empty()) {
    return replace_normal(expression, quoted_name(to), [&](const auto &tokens, std::size_t i) {
      return may_be_column(tokens, i) && tokens[i].value == from;
    });
  }
  const std::string quoted = quoted_name(to);
  std::ptrdiff_t shift = 0;
  bool changed = false;
  for (auto &use : expression.columns) {
    use.begin = static_cast<std::uint32_t>(use.begin + shift);
    if (use.column != from || use.begin + std::size_t{use.length} > expression.text.size()) continue;
    expression.text.replace(use.begin, use.length, quoted);
    shift += static_cast<std::ptrdiff_t>(quoted.size()) - static_cast<std::ptrdiff_t>(use.length);
    use.length = static_cast<std::uint32_t>(quoted.size());
    use.column = to;
    changed = true;
  }
  if (changed) expression.normal.clear();
  return changed;
}

bool drop_qualifier_in(Expression &expression, const std::string &table) {
  if (expression.text.empty()) return false;
  bool changed = false;
  const std::vector<Token> tokens = expression_tokens(expression.text);
  for (std::size_t i = tokens.size(); i-- > 0;) {  // from the end, so that places before stay
    if (i + 2 >= tokens.size() || !tokens[i].is_name() || tokens[i].value != table || !tokens[i + 1].is("."))
      continue;
    if (i > 0 && tokens[i - 1].is(".")) continue;
    const std::size_t begin = tokens[i].begin;
    const std::size_t gone = tokens[i + 2].begin - begin;
    expression.text.erase(begin, gone);
    expression.normal.clear();
    changed = true;
    for (auto &use : expression.columns) {
      if (use.begin > begin) {
        use.begin = static_cast<std::uint32_t>(use.begin - gone);
      } else if (use.begin == begin) {
        use.length = static_cast<std::uint32_t>(use.length - gone);
      }
    }
  }
  return changed;
}

bool rename_type_in(Expression &expression, const std::string &from, const std::string &to) {
  const auto is_one = [&](const auto &tokens, std::size_t i) { return is_cast_to(tokens, i, from); };
  const std::string quoted = quoted_name(to);
  if (expression.text.empty()) return replace_normal(expression, quoted, is_one);
  const std::vector<Token> tokens = expression_tokens(expression.text);
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (is_one(tokens, i)) places.push_back(i);
  }
  if (places.empty()) return false;
  const std::ptrdiff_t growth = static_cast<std::ptrdiff_t>(quoted.size());
  for (auto &use : expression.columns) {
    std::ptrdiff_t shift = 0;
    for (const std::size_t place : places) {
      if (tokens[place].begin < use.begin)
        shift += growth - static_cast<std::ptrdiff_t>(tokens[place].length);
    }
    use.begin = static_cast<std::uint32_t>(use.begin + shift);
  }
  expression.text = replaced(expression.text, quoted, is_one);
  expression.normal.clear();
  return true;
}

}  // namespace migfix::core
