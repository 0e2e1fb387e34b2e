// What statements of revisions do not mend: the objects that still stand otherwise than they should, one by
// one.
#pragma once

#include <set>
#include <vector>

#include "core/schema_history.hpp"
#include "core/schema_plan.hpp"

namespace migfix::core {

struct MendingRequest {
  const SchemaHistories &histories;
  const SchemaHistory &history;  // of `target`
  const NodeSet &target;
  const std::vector<ObjectId> &leftovers;  // enums to be dropped, see TargetChoice
  const std::set<ObjectId> &hands_off;     // see StatementPlan
  bool drops_later = false;  // what only revisions outside the target make is to go: the way down
  const std::string &own_schema;
};

struct MendingSteps {
  std::vector<PlanStep> steps;
  std::vector<PlanStep> questions;  // kPerson
};

/// Drops, makes and alters in an order in which the server takes it. `working` begins as the schema that the
/// steps find and ends as they leave it.
MendingSteps mend_schema(const MendingRequest &request, SchemaModel &working);

}  // namespace migfix::core
