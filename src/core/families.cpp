#include "core/families.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_map>

namespace migfix::core {

namespace {

std::size_t shared(const std::vector<std::uint32_t> &a, const std::vector<std::uint32_t> &b) {
  std::size_t count = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] == b[j]) {
      ++count, ++i, ++j;
    } else {
      ++(a[i] < b[j] ? i : j);
    }
  }
  return count;
}

}  // namespace

std::vector<Family> families_of(std::vector<Copies> copies) {
  // The largest sets come first, so that a family's own set is never smaller than one that joins it.
  std::sort(copies.begin(), copies.end(), [](const Copies &a, const Copies &b) {
    if (a.schemas.size() != b.schemas.size()) return a.schemas.size() > b.schemas.size();
    return std::tie(a.schemas, a.key) < std::tie(b.schemas, b.key);
  });

  std::vector<Family> families;
  std::unordered_map<std::uint32_t, std::vector<std::size_t>> in_schema;  // families that a schema is in
  const auto families_in = [&](std::uint32_t schema) {
    const auto found = in_schema.find(schema);
    return found == in_schema.end() ? std::size_t{0} : found->second.size();
  };
  const Copies *previous = nullptr;
  std::size_t previous_family = 0;
  for (const Copies &one : copies) {
    if (previous != nullptr && previous->schemas == one.schemas) {
      families[previous_family].keys.push_back(one.key);
      continue;
    }
    // A family to join holds more than half of these schemas; so it holds one of any half of them, and
    // those that are in the fewest families are the cheapest to ask.
    std::vector<std::uint32_t> asked = one.schemas;
    const std::size_t need = one.schemas.size() / 2 + 1;
    const std::size_t enough = one.schemas.size() - need + 1;
    std::nth_element(asked.begin(), asked.begin() + static_cast<std::ptrdiff_t>(enough - 1), asked.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return families_in(a) < families_in(b); });
    asked.resize(enough);
    std::set<std::size_t> hits;
    for (const std::uint32_t schema : asked) {
      const auto found = in_schema.find(schema);
      if (found == in_schema.end()) continue;
      for (const std::size_t family : found->second) hits.insert(family);
    }
    std::size_t home = families.size();
    for (const std::size_t family : hits) {
      if (shared(families[family].schemas, one.schemas) * 2 > families[family].schemas.size()) {
        home = family;
        break;
      }
    }
    if (home == families.size()) {
      families.push_back({{}, one.schemas});
      for (const std::uint32_t schema : one.schemas) in_schema[schema].push_back(home);
    }
    families[home].keys.push_back(one.key);
    previous = &one;
    previous_family = home;
  }
  return families;
}

}  // namespace migfix::core
