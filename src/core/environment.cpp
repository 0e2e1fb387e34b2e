#include "core/environment.hpp"

#include <algorithm>

namespace migfix::core {

namespace {

constexpr std::string_view kDefault = "default";

std::ptrdiff_t known_rows(const Environment &environment, const std::vector<std::optional<std::string>> &rows) {
  return std::count_if(rows.begin(), rows.end(),
                       [&](const auto &row) { return row && environment.graph.find(*row).has_value(); });
}

}  // namespace

EnvironmentPtr environment_for(const std::vector<EnvironmentPtr> &environments,
                               const std::vector<std::optional<std::string>> &rows) {
  if (environments.size() == 1) return environments.front();
  EnvironmentPtr best;
  std::ptrdiff_t most = -1;
  for (const EnvironmentPtr &environment : environments) {
    const std::ptrdiff_t known = known_rows(*environment, rows);
    const bool is_default = environment->name == kDefault;
    if (known == 0 && !is_default) continue;
    if (known > most || (known == most && is_default)) {
      best = environment;
      most = known;
    }
  }
  return best;
}

}  // namespace migfix::core
