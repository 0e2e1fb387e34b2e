// One change of one version row, as stamp and undo plan it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/log_entry.hpp"

namespace migfix::core {

using Rows = std::vector<std::optional<std::string>>;  // version rows; nothing: NULL

struct RowStep {
  enum class Kind { kKeep, kInsert, kUpdate, kDelete };
  Kind kind = Kind::kKeep;
  std::optional<std::string> old_version;  // not of an insert
  std::optional<std::string> new_version;  // not of a delete
};

/// The word for a step in the column `operation`: "keep", "insert", "update", "delete".
const char *step_name(RowStep::Kind kind);

/// The steps from one multiset of rows to another: what both have is kept, in the order of `before`; then
/// updates pair what goes with what comes, in order, and the rest is deleted or inserted.
std::vector<RowStep> steps_between(const Rows &before, const Rows &after);

/// The same rows, in whatever order.
bool same_rows(Rows one, Rows other);

}  // namespace migfix::core
