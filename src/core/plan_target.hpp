// The revisions that rows and schema are to be brought to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/inference.hpp"

namespace migfix::core {

struct TargetRequest {
  const RevisionGraph &graph;
  const StatementsOf &statements;
  const SchemaHistory &history;  // of all revisions
  const SchemaModel &real;
  const NodeSet &recorded;      // what the rows stand for, ancestors included
  bool rows_are_sound = false;  // the rows are known ids of which none is an ancestor of another
  const NodeSet &logged;        // revisions that the log leaves recorded: not those that were taken back
  bool log_is_whole = false;    // what it has not seen was not recorded since migfix is here
};

struct TargetChoice {
  NodeSet revisions;  // closed under ancestors
  /// Revisions that may have run or not: the schema cannot tell, nor can rows or log, and it matters, because
  /// they change rows or what they do cannot be said. The lowest is first.
  std::vector<Node> in_doubt;
  /// The rows (where there are none, the log) record more than the choice, and what speaks against that may
  /// as well have been dropped by hand: one object, with what falls with it, or several that hold no rows.
  /// Told only where revisions in between change rows.
  struct Denied {
    std::vector<ObjectId> objects;
    std::vector<Node> changing;  // those, the lowest first
    std::vector<Node> recorded;
  };
  std::optional<Denied> denied;
  /// No object that revisions know stands in a way that none of them leaves it.
  bool exact = false;
  /// Enums that nothing uses, that should not be there, and that a revision outside of the choice would
  /// stumble over: what a downgrade leaves behind. Not those that it passes over (checkfirst).
  std::vector<ObjectId> leftovers;
};

/// What inference finds; where it finds several, what the rows say, else what the log says, else the lowest.
/// And every revision of which a part is there already, because Alembic would stumble over that part.
TargetChoice choose_target(const TargetRequest &request);

/// Whether running the revision a second time, or not at all, may matter beyond the objects that can be seen.
bool matters_unseen(const std::vector<RevisionStatement> &statements);

}  // namespace migfix::core
