#include "core/sql_text.hpp"

#include <fmt/format.h>

namespace migfix::core {

std::string quote_literal(std::string_view text) {
  const bool escape = text.find('\\') != std::string_view::npos;
  std::string literal = escape ? "E'" : "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') literal += c;
    literal += c;
  }
  literal += '\'';
  return literal;
}

std::string in_quotes(std::string_view text) {
  return fmt::format("\"{}\"", text);
}

std::string as_sentence(std::string clause) {
  if (!clause.empty() && clause.front() >= 'a' && clause.front() <= 'z') clause.front() -= 'a' - 'A';
  return clause + ".";
}

std::string list_of(const std::vector<std::string> &items, std::size_t most) {
  const std::size_t shown = items.size() > most ? most : items.size();
  const std::size_t rest = items.size() - shown;
  std::string list;
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) list += (rest == 0 && i + 1 == shown) ? " and " : ", ";
    list += items[i];
  }
  if (rest > 0) list += shown == 0 ? fmt::format("{}", rest) : fmt::format(" and {} more", rest);
  return list;
}

std::string count_of(std::size_t count, std::string_view singular, std::string_view plural) {
  if (count == 1) return fmt::format("1 {}", singular);
  return plural.empty() ? fmt::format("{} {}s", count, singular) : fmt::format("{} {}", count, plural);
}

}  // namespace migfix::core
