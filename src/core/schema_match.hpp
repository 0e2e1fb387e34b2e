// Whether an object stands as a revision leaves it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/schema_history.hpp"

namespace migfix::core {

enum class Match : std::uint8_t {
  kEqual,      // there, and so it should be
  kGone,       // not there, and so it should be
  kDifferent,  // there, with another definition
  kMissing,    // should be there
  kSurplus,    // should not be there
};

inline bool is_match(Match match) {
  return match == Match::kEqual || match == Match::kGone;
}

/// `expected` and `real` may be null: not there.
Match match(const Object *expected, const Object *real);

inline const Object *object_of(const SchemaHistory::State &state) {
  return state.there ? &state.object : nullptr;
}

/// How far the mismatch weighs where states are weighed against each other.
std::int64_t weight_of(Match match);

}  // namespace migfix::core
