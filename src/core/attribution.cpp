#include "core/attribution.hpp"

#include <fmt/format.h>

#include "core/sql_text.hpp"

namespace migfix::core {

std::string who_and_when(const Attribution &entry) {
  std::string text = fmt::format("{} by role {}", entry.logged_at, entry.session_role);
  if (entry.current_role != entry.session_role) text += " as " + entry.current_role;
  text += " (";
  if (!entry.application_name.empty()) text += "application " + in_quotes(entry.application_name) + ", ";
  text += fmt::format("pid {}", entry.pid);
  if (!entry.client_address.empty()) text += ", from " + entry.client_address;
  return text + ")";
}

}  // namespace migfix::core
