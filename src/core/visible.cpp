#include "core/visible.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace migfix::core {

namespace {

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_control);
}

std::string escaped(char c) {
  switch (c) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
}

// The code of a character of UTF-8 that text must not have raw, and how many bytes it has; 0: none.
unsigned hidden_at(std::string_view text, std::size_t at, std::size_t &bytes) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  if (byte(0) == 0xC2 && byte(1) >= 0x80 && byte(1) <= 0x9F) {
    bytes = 2;
    return byte(1);
  }
  if (byte(0) != 0xE2) return 0;
  bytes = 3;
  const unsigned code = 0x2000 + (byte(1) - 0x80) * 0x40 + (byte(2) - 0x80);
  const bool hidden = (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
  return (byte(1) == 0x80 || byte(1) == 0x81) && byte(2) >= 0x80 && hidden ? code : 0;
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Is the quote at `at` one that this letter stands in front of, and no longer word?
bool has_prefix(std::string_view sql, std::size_t at, char letter) {
  if (at == 0 || (sql[at - 1] | 0x20) != letter) return false;
  return at == 1 || !is_word(sql[at - 2]);
}

// One past the closing quote.
std::size_t end_of_quoted(std::string_view sql, std::size_t begin, bool escapes) {
  const char quote = sql[begin];
  for (std::size_t i = begin + 1; i < sql.size(); ++i) {
    if (escapes && sql[i] == '\\') {
      ++i;
    } else if (sql[i] == quote) {
      if (i + 1 >= sql.size() || sql[i + 1] != quote) return i + 1;
      ++i;
    }
  }
  return sql.size();
}

// $tag$ ... $tag$; `begin` where there is none.
std::size_t end_of_dollars(std::string_view sql, std::size_t begin) {
  if (begin > 0 && is_word(sql[begin - 1])) return begin;
  std::size_t end = begin + 1;
  while (end < sql.size() && sql[end] != '$' && is_word(sql[end])) ++end;
  if (end >= sql.size() || sql[end] != '$' || (sql[begin + 1] >= '0' && sql[begin + 1] <= '9')) return begin;
  const std::string_view tag = sql.substr(begin, end + 1 - begin);
  const std::size_t close = sql.find(tag, end + 1);
  return close == std::string_view::npos ? sql.size() : close + tag.size();
}

std::string name_in_escapes(std::string_view quoted) {
  std::string name = "U&";
  for (const char c : quoted) {
    if (c == '\\') name += c;
    if (is_control(c))
      name += fmt::format("\\{:04X}", static_cast<unsigned char>(c));
    else
      name += c;
  }
  return name;
}

std::string literal_in_escapes(std::string_view quoted, bool escapes) {
  std::string literal = escapes ? "" : "E";
  for (const char c : quoted) {
    if (c == '\\' && !escapes) literal += c;
    if (is_control(c))
      literal += escaped(c);
    else
      literal += c;
  }
  return literal;
}

}  // namespace

std::string visible(std::string_view text) {
  std::string shown;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::size_t bytes = 1;
    if (is_control(text[i])) {
      shown += escaped(text[i]);
    } else if (const unsigned code = hidden_at(text, i, bytes)) {
      shown += fmt::format("\\u{:04x}", code);
      i += bytes - 1;
    } else {
      shown += text[i];
    }
  }
  return shown;
}

std::string visible_sql(std::string_view sql) {
  std::string shown;
  for (std::size_t i = 0; i < sql.size();) {
    const char c = sql[i];
    std::size_t end = i + 1;
    if (c == '"' || c == '\'') {
      const bool escapes = c == '\'' && has_prefix(sql, i, 'e');
      end = end_of_quoted(sql, i, escapes);
      const std::string_view quoted = sql.substr(i, end - i);
      const bool is_special = i > 0 && sql[i - 1] == '&';
      if (!has_control(quoted) || is_special)
        shown += quoted;
      else
        shown += c == '"' ? name_in_escapes(quoted) : literal_in_escapes(quoted, escapes);
    } else if (c == '$' && (end = end_of_dollars(sql, i)) > i) {
      shown += sql.substr(i, end - i);
    } else if (sql.substr(i, 2) == "--") {
      end = std::min(sql.find_first_of("\r\n", i), sql.size());
      shown += visible(sql.substr(i, end - i));
    } else {
      end = i + 1;
      shown += c;
    }
    i = end;
  }
  return shown;
}

}  // namespace migfix::core
