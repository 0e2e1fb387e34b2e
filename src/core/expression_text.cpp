#include "core/expression_text.hpp"

#include <array>
#include <algorithm>
#include <cstddef>

namespace migfix::core {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

char small(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string small(std::string_view text) {
  std::string letters(text);
  std::transform(letters.begin(), letters.end(), letters.begin(), [](char c) { return small(c); });
  return letters;
}

/// Where the quoted part that begins at `begin` ends: past '...', E'...', "...", $tag$...$tag$; `begin` where
/// none begins there.
std::size_t past_quotes(std::string_view text, std::size_t begin) {
  const char c = text[begin];
  if (c == '\'' || c == '"') {
    const bool escapes =
        c == '\'' && begin > 0 && small(text[begin - 1]) == 'e' && (begin == 1 || !is_word(text[begin - 2]));
    std::size_t i = begin + 1;
    while (i < text.size()) {
      if (escapes && text[i] == '\\') {
        i += 2;
      } else if (text[i] == c) {
        return i + 1;  // a doubled quote begins the next part
      } else {
        ++i;
      }
    }
    return text.size();
  }
  if (c != '$' || (begin > 0 && is_word(text[begin - 1]))) return begin;
  std::size_t tag = begin + 1;
  while (tag < text.size() && text[tag] != '$' && is_word(text[tag])) ++tag;
  if (tag >= text.size() || text[tag] != '$') return begin;
  if (tag > begin + 1 && text[begin + 1] >= '0' && text[begin + 1] <= '9') return begin;
  const std::string_view mark = text.substr(begin, tag + 1 - begin);
  const std::size_t end = text.find(mark, tag + 1);
  return end == std::string_view::npos ? text.size() : end + mark.size();
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && (is_blank(text.back()) || text.back() == ';')) text.remove_suffix(1);
  return text;
}

/// The place past the parenthesis that closes the one at `begin`; npos where none does.
std::size_t past_parenthesis(std::string_view text, std::size_t begin) {
  std::size_t depth = 0;
  for (std::size_t i = begin; i < text.size();) {
    if (const std::size_t past = past_quotes(text, i); past != i) {
      i = past;
      continue;
    }
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth == 0) return i + 1;
    ++i;
  }
  return std::string_view::npos;
}

std::string_view bare(std::string_view text) {
  text = trimmed(text);
  while (!text.empty() && text.front() == '(' && past_parenthesis(text, 0) == text.size()) {
    text = trimmed(text.substr(1, text.size() - 2));
  }
  return text;
}

bool is_call(std::string_view text) {
  std::size_t i = 0;
  bool word = false;
  while (i < text.size() && (is_word(text[i]) || text[i] == '.' || text[i] == '"')) {
    i = text[i] == '"' ? past_quotes(text, i) : i + 1;
    word = true;
  }
  if (!word || i >= text.size() || text[i] != '(' || past_parenthesis(text, i) != text.size()) return false;
  // What looks like a call and is none to the grammar's index_elem.
  constexpr std::array<std::string_view, 5> kWords = {"array", "row", "not", "exists", "in"};
  return std::find(kWords.begin(), kWords.end(), small(text.substr(0, i))) == kWords.end();
}

/// Beyond b_expr: operators that are words, outside of parentheses.
bool has_word_operator(std::string_view text) {
  constexpr std::array<std::string_view, 14> kWords = {"and",     "or",      "not",     "in",      "like",
                                                       "ilike",   "similar", "between", "is",      "isnull",
                                                       "notnull", "at",      "collate", "overlaps"};
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (const std::size_t past = past_quotes(text, i); past != i) {
      i = past;
    } else if (is_word(text[i])) {
      std::size_t end = i;
      while (end < text.size() && is_word(text[end])) ++end;
      const std::string word = small(text.substr(i, end - i));
      if (depth == 0 && std::find(kWords.begin(), kWords.end(), word) != kWords.end()) return true;
      i = end;
    } else {
      if (text[i] == '(') ++depth;
      if (text[i] == ')' && depth > 0) --depth;
      ++i;
    }
  }
  return false;
}

}  // namespace

std::string bare_expression(std::string_view text) {
  return std::string(bare(text));
}

std::string in_parentheses(std::string_view text) {
  const std::string_view inner = bare(text);
  // A comment to the end of the line would swallow the parenthesis.
  const bool comment = inner.find("--") != std::string_view::npos;
  return "(" + std::string(inner) + (comment ? "\n)" : ")");
}

std::string as_default(std::string_view text) {
  const std::string_view inner = bare(text);
  if (has_word_operator(inner) || inner.find("--") != std::string_view::npos) return in_parentheses(inner);
  return std::string(inner);
}

std::string as_element(std::string_view text) {
  const std::string_view inner = bare(text);
  return is_call(inner) ? std::string(inner) : in_parentheses(inner);
}

std::string loose_form(std::string_view text) {
  const std::string_view inner = bare(text);
  std::string form;
  bool gap = false;
  for (std::size_t i = 0; i < inner.size();) {
    if (is_blank(inner[i])) {
      gap = true;
      ++i;
      continue;
    }
    // Between two words the blank is what parts them.
    if (gap && !form.empty() && is_word(form.back()) && is_word(inner[i])) form += ' ';
    gap = false;
    if (const std::size_t past = past_quotes(inner, i); past != i) {
      form += inner.substr(i, past - i);
      i = past;
    } else {
      form += small(inner[i++]);
    }
  }
  return form;
}

bool is_null_constant(const Expression &expression) {
  const std::string form = loose_form(shown_text(expression));
  return form == "null" || (form.starts_with("null::") && !has_word_operator(form) &&
                            form.find_first_of("'+-*/|<>=") == std::string::npos);
}

const std::string &shown_text(const Expression &expression) {
  return expression.normal.empty() ? expression.text : expression.normal;
}

const std::string &sql_source(const Expression &expression) {
  return expression.text.empty() ? expression.normal : expression.text;
}

}  // namespace migfix::core
