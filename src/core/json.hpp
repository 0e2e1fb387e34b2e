// A JSON value, apart from any text of it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace migfix::core {

struct Json {
  using List = std::vector<Json>;
  using Members = std::vector<std::pair<std::string, Json>>;  // in the order of the text, each name once

  std::variant<std::nullptr_t, bool, std::int64_t, std::string, List, Members> value = nullptr;

  Json() = default;
  Json(bool flag) : value(flag) {}
  Json(std::int64_t number) : value(number) {}
  Json(std::string text) : value(std::move(text)) {}
  Json(const char *text) : value(std::string(text)) {}
  Json(List list) : value(std::move(list)) {}
  Json(Members members) : value(std::move(members)) {}

  bool is_null() const noexcept { return std::holds_alternative<std::nullptr_t>(value); }
};

}  // namespace migfix::core
