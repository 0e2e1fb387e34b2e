#include "core/row_step.hpp"

#include <algorithm>

namespace migfix::core {

const char *step_name(RowStep::Kind kind) {
  switch (kind) {
    case RowStep::Kind::kKeep:
      return "keep";
    case RowStep::Kind::kInsert:
      return "insert";
    case RowStep::Kind::kUpdate:
      return "update";
    case RowStep::Kind::kDelete:
      return "delete";
  }
  return "";
}

std::vector<RowStep> steps_between(const Rows &before, const Rows &after) {
  Rows coming = after;
  Rows going;
  std::vector<RowStep> steps;
  for (const auto &row : before) {
    const auto same = std::find(coming.begin(), coming.end(), row);
    if (same == coming.end()) {
      going.push_back(row);
    } else {
      coming.erase(same);
      steps.push_back({RowStep::Kind::kKeep, row, row});
    }
  }
  const std::size_t pairs = std::min(going.size(), coming.size());
  for (std::size_t i = 0; i < pairs; ++i) steps.push_back({RowStep::Kind::kUpdate, going[i], coming[i]});
  for (std::size_t i = pairs; i < going.size(); ++i) steps.push_back({RowStep::Kind::kDelete, going[i], {}});
  for (std::size_t i = pairs; i < coming.size(); ++i)
    steps.push_back({RowStep::Kind::kInsert, {}, coming[i]});
  return steps;
}

bool same_rows(Rows one, Rows other) {
  std::sort(one.begin(), one.end());
  std::sort(other.begin(), other.end());
  return one == other;
}

}  // namespace migfix::core
