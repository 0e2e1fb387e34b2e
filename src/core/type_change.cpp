#include "core/type_change.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include <fmt/format.h>

namespace migfix::core {

namespace {

enum class Family { kNumber, kText, kTime, kBits, kJson, kOther };

bool built_in(const DataType &type) {
  return type.name.schema == "pg_catalog";
}

bool one_of(const DataType &type, std::initializer_list<std::string_view> names) {
  return built_in(type) && std::find(names.begin(), names.end(), type.name.name) != names.end();
}

Family family_of(const DataType &type) {
  if (one_of(type, {"int2", "int4", "int8", "numeric", "float4", "float8"})) return Family::kNumber;
  if (one_of(type, {"text", "varchar", "bpchar"})) return Family::kText;
  if (one_of(type, {"timestamp", "timestamptz", "date"})) return Family::kTime;
  if (one_of(type, {"bit", "varbit"})) return Family::kBits;
  if (one_of(type, {"json", "jsonb"})) return Family::kJson;
  return Family::kOther;
}

/// "(12,2)" as {12, 2}; nothing where it is no list of numbers.
std::optional<std::vector<int>> numbers(const std::string &modifiers) {
  std::vector<int> list;
  const char *at = modifiers.data();
  const char *const end = at + modifiers.size();
  while (at != end) {
    if (*at != '(' && *at != ',') return *at == ')' && at + 1 == end ? std::optional(list) : std::nullopt;
    do ++at;
    while (at != end && *at == ' ');
    int value = 0;
    const auto [past, error] = std::from_chars(at, end, value);
    if (error != std::errc()) return std::nullopt;
    list.push_back(value);
    at = past;
  }
  return list;
}

int digits_of(const std::string &integer) {
  return integer == "int2" ? 5 : integer == "int4" ? 10 : 19;
}

bool widens_number(const DataType &from, const DataType &to) {
  const std::string &a = from.name.name;
  const std::string &b = to.name.name;
  const bool integer = a.starts_with("int");
  if (integer && b.starts_with("int")) return a <= b;  // int2, int4, int8
  if (a == "float4" && b == "float8") return true;
  if ((a == "int2" || a == "int4") && b == "float8") return true;
  if (b != "numeric" || (!integer && a != "numeric")) return false;
  if (to.modifiers.empty()) return true;
  auto wide = numbers(to.modifiers);
  if (!wide || wide->empty()) return false;
  if (wide->size() == 1) wide->push_back(0);
  if (integer) return (*wide)[1] >= 0 && (*wide)[0] - (*wide)[1] >= digits_of(a);
  auto narrow = numbers(from.modifiers);
  if (!narrow || narrow->empty()) return false;
  if (narrow->size() == 1) narrow->push_back(0);
  return (*wide)[1] >= (*narrow)[1] && (*wide)[0] - (*wide)[1] >= (*narrow)[0] - (*narrow)[1];
}

/// A length or a precision, of which none is the most.
bool widens_length(const DataType &from, const DataType &to) {
  if (to.modifiers.empty()) return true;
  const auto narrow = numbers(from.modifiers);
  const auto wide = numbers(to.modifiers);
  return narrow && wide && narrow->size() == 1 && wide->size() == 1 && (*wide)[0] >= (*narrow)[0];
}

bool widens_text(const DataType &from, const DataType &to) {
  if (to.name.name == "text") return true;
  if (to.name.name == "varchar") return widens_length(from, to);
  return from.name.name == "bpchar" && to.name.name == "bpchar" && widens_length(from, to);
}

}  // namespace

bool is_widening(const DataType &from, const DataType &to, bool from_enum) {
  if (from == to) return true;
  if (from.array != to.array) return false;
  const Family family = family_of(from);
  const bool to_text = one_of(to, {"text"}) || (one_of(to, {"varchar"}) && to.modifiers.empty());
  if (to_text) {
    return from_enum || family == Family::kText ||
           one_of(from, {"int2", "int4", "int8", "numeric", "uuid", "bool"});
  }
  if (family != family_of(to)) return false;
  if (family == Family::kNumber) return widens_number(from, to);
  if (family == Family::kText) return widens_text(from, to);
  if (from.name != to.name)
    return one_of(from, {"date"}) && one_of(to, {"timestamp"}) && to.modifiers.empty();
  return one_of(from, {"timestamp", "timestamptz", "time", "timetz", "interval", "varbit"}) &&
         widens_length(from, to);
}

std::string risk_of(const DataType &from, const DataType &to) {
  const Family family = family_of(from);
  if (family != family_of(to) || family == Family::kOther)
    return "values may not be convertible, or may change";
  switch (family) {
    case Family::kNumber:
      return "values may not fit, or lose digits";
    case Family::kTime:
      return "values may lose digits, or mean another time";
    case Family::kJson:
      return "values may lose their order, blanks and repeated keys";
    default:
      return "values may not fit";
  }
}

std::string using_expression(std::string_view column, const DataType &from, const DataType &to,
                             std::string_view to_sql) {
  const Family family = family_of(from);
  if (from.name == to.name && from.array == to.array) return {};
  if (from.array == to.array && family != Family::kOther && family == family_of(to)) return {};
  if (family_of(to) == Family::kText && !to.array && !from.array) return {};
  const bool through_text = !built_in(from) || !built_in(to);
  if (!through_text || family == Family::kText) return fmt::format("{}::{}", column, to_sql);
  return fmt::format("{}::text{}::{}", column, from.array ? "[]" : "", to_sql);
}

bool keeps_default(const DataType &from, const DataType &to) {
  if (from.array != to.array) return false;
  if (from.name == to.name) return true;
  const Family family = family_of(from);
  return family != Family::kOther && family == family_of(to);
}

}  // namespace migfix::core
