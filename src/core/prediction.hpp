// What `alembic upgrade` would run into.
#pragma once

#include <vector>

#include "core/schema_history.hpp"
#include "core/schema_replay.hpp"

namespace migfix::core {

/// A statement that the server would refuse.
struct Collision {
  SchemaHistory::Step step;
  Refusal refusal;
};

/// Runs the statements of `pending` (in the order in which Alembic runs them, one run) on the model of the
/// real schema. After a refusal the run is taken to go on as if what was to be made were there, so that one
/// object in the way is one collision; at most `most` are answered. What the model cannot follow in `history`
/// (of all revisions), starting from nothing, is not held against the real schema.
std::vector<Collision> predict(const SchemaHistory &history, const StatementsOf &statements,
                               const std::vector<Node> &pending, SchemaModel real, std::size_t most = 20);

}  // namespace migfix::core
