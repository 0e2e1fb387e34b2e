#include "core/partition_bound.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "core/expression_names.hpp"

namespace migfix::core {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// 9 for a digit; anything else for itself.
bool has_shape(std::string_view text, std::string_view shape) {
  return std::equal(text.begin(), text.end(), shape.begin(), shape.end(),
                    [](char c, char wanted) { return wanted == '9' ? is_digit(c) : c == wanted; });
}

bool is_whole_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

bool is_word_of_bounds(const std::string &word) {
  constexpr std::array<std::string_view, 14> kWords = {"for",      "values",   "from",      "to",   "in",
                                                       "with",     "modulus",  "remainder", "null", "default",
                                                       "minvalue", "maxvalue", "true",      "false"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

// The text of a literal as the server would write it; nothing where that depends on the type.
std::optional<std::string> literal(std::string text) {
  while (text.ends_with(' ')) text.pop_back();  // of a char(n)
  if (is_whole_number(text)) return text;
  if (has_shape(text, "9999-99-99")) return "'" + text + " 00:00:00'";
  if (has_shape(text, "9999-99-99 99:99") || has_shape(text, "9999-99-99T99:99")) text += ":00";
  if (has_shape(text, "9999-99-99 99:99:99") || has_shape(text, "9999-99-99T99:99:99")) {
    text[10] = ' ';
    return "'" + text + "'";
  }
  if (text == "t" || text == "true") return "true";
  if (text == "f" || text == "false") return "false";
  if (std::any_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  return "'" + text + "'";
}

}  // namespace

PartitionBound partition_bound(std::string_view text) {
  PartitionBound bound;
  for (const ExpressionToken &token : expression_tokens(text)) {
    std::string part = token.value;
    if (token.kind == ExpressionToken::Kind::kString) {
      const bool plain = part.size() >= 2 && part.front() == '\'' && part.back() == '\'';
      const auto written = plain ? literal(part.substr(1, part.size() - 2)) : std::nullopt;
      bound.known &= written.has_value();
      part = written.value_or(token.value);
    } else if (token.is_name()) {
      bound.known &= is_word_of_bounds(part);
    } else if (token.kind == ExpressionToken::Kind::kNumber) {
      bound.known &= is_whole_number(part);
    }
    const bool joined = bound.form.empty() || bound.form.ends_with('-');
    bound.form += (joined ? "" : " ") + part;
  }
  return bound;
}

}  // namespace migfix::core
