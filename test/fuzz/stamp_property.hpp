// What every plan of a stamp must fulfil.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "core/stamp_rule.hpp"
#include "fuzz/property.hpp"

namespace migfix::core::fuzz {

using Rows = std::vector<std::optional<std::string>>;

/// The rows after one step, which must find what it changes.
inline void take_step(Rows &rows, const StampStep &step) {
  const auto old_row = std::find(rows.begin(), rows.end(), step.old_version);
  if (step.operation != RowOperation::kInsert) require(old_row != rows.end(), "a step finds its row");
  if (step.new_version)
    require(std::find(rows.begin(), rows.end(), step.new_version) == rows.end(), "no version stands twice");
  switch (step.operation) {
    case RowOperation::kInsert:
      rows.push_back(step.new_version);
      break;
    case RowOperation::kUpdate:
      *old_row = step.new_version;
      break;
    case RowOperation::kDelete:
      std::erase(rows, step.old_version);
      break;
    case RowOperation::kDeleteCopies:
      std::erase(rows, step.old_version);
      rows.push_back(step.old_version);
      break;
  }
}

/// The steps lead to the rows that the plan promises, and none of these is below another.
inline void check_stamp(const RevisionGraph &graph, Rows rows, const std::vector<std::string> &destinations,
                        bool purge) {
  const auto plan = attempt([&] { return plan_stamp(graph, rows, destinations, purge); });
  if (!plan) return;
  for (const StampStep &step : plan->steps) take_step(rows, step);
  Rows promised(plan->rows_after.begin(), plan->rows_after.end());
  std::sort(rows.begin(), rows.end());
  std::sort(promised.begin(), promised.end());
  require(rows == promised, "the steps lead to rows_after");

  std::vector<Node> nodes;
  for (const std::string &row : plan->rows_after) {
    const auto node = graph.find(row);
    require(node.has_value(), "a row is a revision");
    nodes.push_back(*node);
  }
  require(graph.maximal(nodes).size() == nodes.size(), "the rows are an antichain");
}

}  // namespace migfix::core::fuzz
