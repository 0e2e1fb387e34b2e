// Families: objects that stand under the same names in the same schemas, as tenants' copies do.
#pragma once

#include <cstdint>
#include <vector>

namespace migfix::core {

/// One name in several schemas.
struct Copies {
  std::size_t key = 0;                 // whatever the caller knows it by
  std::vector<std::uint32_t> schemas;  // ascending, each once
};

/// Keys whose sets of schemas overlap by more than half of the larger one.
struct Family {
  std::vector<std::size_t> keys;
  std::vector<std::uint32_t> schemas;  // of the key that stands in most; ascending
};

/// Groups `copies` into families; near-linear in the sum of the sets. The order follows from the size of
/// the sets, then from the keys.
std::vector<Family> families_of(std::vector<Copies> copies);

}  // namespace migfix::core
