// The statements of revisions that are still to be run, in short, for tests.
#pragma once

#include <gtest/gtest.h>

#include "core/plan_statements.hpp"
#include "unit/history_builder.hpp"

namespace migfix::core::test {

using Lines = std::vector<std::string>;

inline Lines lines(const std::vector<PlanStep> &steps) {
  Lines result;
  for (const PlanStep &step : steps)
    result.push_back(std::string(action_name(step.action)) +
                     (step.safe ? *step.safe ? " " : " UNSAFE " : " ? ") + step.statement);
  return result;
}

/// `target`: the revisions to come to. `rows`: what is recorded.
inline StatementPlan plan(History &history, SchemaModel &real, const std::string &target,
                          const std::string &rows = {}, const std::string &log = {}) {
  const NodeSet recorded = history.set(rows);
  const NodeSet logged = history.set(log);
  return statements_to_run(
      {history.histories(), history.histories().of(history.set(target)), recorded, logged, false, "public"},
      real);
}

}  // namespace migfix::core::test
