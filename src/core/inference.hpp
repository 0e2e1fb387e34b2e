// Where a schema really is: the revisions whose objects it has.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/schema_history.hpp"

namespace migfix::core {

/// What the schema shows of one revision, seen from a set of revisions that is taken for applied.
struct RevisionEvidence {
  enum class State : std::uint8_t {
    kApplied,  // all that can be seen of it is there
    kPartial,  // some of it
    kAbsent,   // nothing of it
    kUnknown,  // nothing of it can be seen: it changes no object, or later revisions cover all that it did
  };
  State state = State::kUnknown;
  std::vector<ObjectId> there;      // as it leaves them
  std::vector<ObjectId> lacking;    // as they were before it
  std::vector<ObjectId> different;  // neither
  std::size_t covered = 0;          // objects that later revisions of the set changed again
};

/// "applied", "partial", "absent", "unknown".
const char *evidence_name(RevisionEvidence::State state);

struct Inference {
  /// All sets that fit best, closed under ancestors, lie between these two, which are among them.
  NodeSet lowest;
  NodeSet highest;
  /// The schema is exactly what `lowest` makes (as far as revisions know its objects).
  bool exact = false;
  std::vector<Node> at;            // heads of every set that fits best
  std::vector<Node> alternatives;  // heads of some of them
  bool base_fits = false;          // the empty set is one of several that fit
};

/// `history` of all revisions. Searches the set, closed under ancestors, whose objects differ least from `real`: each
/// object's mismatch before and after a revision is that revision's weight, and the cheapest closed set is the
/// answer. A table that is missing counts once, whatever stands on it, so that one dropped table does not outweigh
/// all that came after it.
Inference infer(const RevisionGraph &graph, const SchemaHistory &history, const SchemaModel &real);

/// Evidence for each revision, by node, where those of `applied` are taken for applied.
std::vector<RevisionEvidence> evidence(const RevisionGraph &graph, const SchemaHistory &history,
                                       const SchemaModel &real, const NodeSet &applied);

}  // namespace migfix::core
