#include "server/sql_array.hpp"

namespace migfix::server {

std::string sql_array(const std::vector<Oid> &items) {
  return fmt::format("{{{}}}", fmt::join(items, ","));
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

}  // namespace migfix::server
