// Running the loaded statements of pending revisions over what may be there already.
#pragma once

#include "core/schema_plan.hpp"

namespace migfix::core {

struct UpgradeRequest {
  SchemaHistories &histories;
  const SchemaModel &real;
  Rows rows;                  // as they are
  std::vector<Node> target;   // heads to go to
  std::string own_schema;     // raw
  std::string version_table;  // as SQL writes it, schema-qualified
  std::string functions;      // prefix of migfix's functions in a call
};

/// One statement on the way; `passes` says that it is not run.
struct UpgradeStep {
  PlanStep step;
  bool passes = false;  // it is not run: what it makes is there already, and identical
};

struct Upgrade {
  std::vector<UpgradeStep> steps;
  Rows rows_after;
  PlanStep rows;  // what changes them; no action of its own where `steps` is empty and the rows stay
};

/// The statements of the revisions between rows and target, in Alembic's order. One that makes what is there
/// already, and as it makes it, passes. Throws 55000 where what is there is not the same (with the
/// differences), for a statement that is not known, and for rows that Alembic would not start from; 22023 for
/// a target below them.
Upgrade plan_upgrade(const UpgradeRequest &request);

}  // namespace migfix::core
