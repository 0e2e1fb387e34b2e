// How rows and schema of one version table stand to each other.
#pragma once

#include <string>
#include <vector>

#include "core/prediction.hpp"
#include "core/schema_plan.hpp"

namespace migfix::core {

/// Plain facts that findings are worded from.
struct SchemaStanding {
  std::string version_table;  // as SQL writes it
  std::string schema;         // raw
  std::string environment;
  /// Revisions, parents first.
  std::vector<std::string> unrecorded;  // their objects are there, and the rows do not say so
  std::vector<std::string> unapplied;   // the rows say so, and nothing of them is there
  struct Partial {
    std::string revision;
    std::string evidence;  // a clause
  };
  std::vector<Partial> partial;          // begun, and not recorded
  std::vector<ObjectId> there;           // objects of revisions that are unrecorded or partial
  std::vector<std::string> differences;  // of what recorded revisions make: clauses
  std::vector<ObjectId> unexplained;     // objects that no revision explains
  struct Collision {
    std::string revision;
    std::string sqlstate;
    std::string message;
    std::string statement;  // its beginning
    ObjectId object;        // what is in the way, or missing
  };
  std::vector<Collision> collisions;  // what the next `alembic upgrade` would fail on, in its order
  std::size_t opaque = 0;             // statements that cannot be followed, of all revisions
  /// The plan, if there is anything to mend.
  enum class Mending { kNothing, kSafe, kNeedsDecision };
  Mending mending = Mending::kNothing;
  std::vector<std::string> decisions;  // what needs one: clauses
};

SchemaStanding schema_standing(const PlanRequest &request);

}  // namespace migfix::core
