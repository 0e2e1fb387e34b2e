#include "server/sql_array.hpp"

#include "core/joined.hpp"

namespace migfix::server {

std::string sql_array(const std::vector<Oid> &items) {
  std::vector<std::string> texts;
  for (const Oid item : items) texts.push_back(std::to_string(item));
  return "{" + core::joined(texts, ",") + "}";
}

std::string sql_array(const std::vector<std::string> &items) {
  std::string array = "{";
  for (const std::string &item : items) {
    if (array.size() > 1) array += ',';
    array += '"';
    for (const char c : item) {
      if (c == '"' || c == '\\') array += '\\';
      array += c;
    }
    array += '"';
  }
  return array + '}';
}

std::vector<std::string> joined_items(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const std::size_t end = text.find('\x01');
    items.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return items;
}

}  // namespace migfix::server
