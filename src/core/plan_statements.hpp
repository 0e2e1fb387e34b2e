// Which statements of revisions are still to be run, so that their objects stand as they should.
#pragma once

#include <set>
#include <vector>

#include "core/schema_history.hpp"
#include "core/schema_plan.hpp"

namespace migfix::core {

struct StatementPlan {
  std::vector<PlanStep> steps;
  /// Objects, and tables with all their parts, that nobody but a person can tell what to do with: what was
  /// renamed is there under both names.
  std::set<ObjectId> hands_off;
  /// Revisions that nobody has recorded and whose statements on rows, or of which it cannot be said what they
  /// do, are taken for run, because all of them, or of what came after them, is there.
  std::set<Node> assumed;
};

struct StatementRequest {
  const SchemaHistories &histories;
  const SchemaHistory &history;  // of the revisions to come to
  const NodeSet &recorded;       // what the rows stand for, ancestors included
  const NodeSet &logged;         // what the log has seen recorded, ancestors included
  bool rows_are_right = false;   // what is recorded has run, whatever the schema shows
  const std::string &own_schema;
};

/// The statements of the revisions in `history` (those of the target) that were not run: their objects stand
/// as they did before. A statement of which only a part is there is not among them. `working` begins as the
/// real schema and ends as the statements leave it. Statements that change rows, or of which it cannot be
/// said what they do, have run where the rows record their revision and its objects do not deny it; they are
/// run where nothing of their revision has been, or where it broke off before them; and are a person's matter
/// where that is in doubt.
StatementPlan statements_to_run(const StatementRequest &request, SchemaModel &working);

}  // namespace migfix::core
