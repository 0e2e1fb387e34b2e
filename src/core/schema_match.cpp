#include "core/schema_match.hpp"

#include <algorithm>

#include "core/comparison.hpp"

namespace migfix::core {

Match match(const Object *expected, const Object *real) {
  if (expected == nullptr) return real == nullptr ? Match::kGone : Match::kSurplus;
  if (real == nullptr) return expected->certain ? Match::kMissing : Match::kEqual;
  const std::vector<Difference> differences = compare(*expected, *real);
  const bool differs = std::any_of(differences.begin(), differences.end(),
                                   [](const Difference &difference) { return !difference.uncertain; });
  return differs ? Match::kDifferent : Match::kEqual;
}

std::int64_t weight_of(Match match) {
  switch (match) {
    case Match::kEqual:
    case Match::kGone:
      return 0;
    case Match::kDifferent:
      return 1;
    case Match::kMissing:
    case Match::kSurplus:
      return 2;
  }
  return 0;
}

}  // namespace migfix::core
