#include "core/duplicate_rules.hpp"

namespace migfix::core {

namespace {

char in_lower_case(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_all_underscores(std::string_view name) noexcept {
  return name.find_first_not_of('_') == std::string_view::npos;
}

}  // namespace

std::string plain_name(std::string_view name) {
  if (is_all_underscores(name)) return std::string(name);
  std::string plain;
  for (const char c : name) {
    if (c != '_') plain += in_lower_case(c);
  }
  return plain;
}

// FNV-1a.
std::uint32_t plain_name_print(std::string_view name) noexcept {
  const bool keeps_underscores = is_all_underscores(name);
  std::uint32_t print = 2166136261U;
  for (const char c : name) {
    if (c == '_' && !keeps_underscores) continue;
    print = (print ^ static_cast<unsigned char>(in_lower_case(c))) * 16777619U;
  }
  return print;
}

bool is_table_of_alembic(std::string_view name) noexcept {
  return name.starts_with("_alembic_tmp_") || name.starts_with("alembic_version");
}

}  // namespace migfix::core
