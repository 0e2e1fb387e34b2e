// Every object that should exist at some revisions, against what is there.
#pragma once

#include <string>
#include <vector>

#include "core/schema_history.hpp"

namespace migfix::core {

struct VerifiedObject {
  enum class State : std::uint8_t {
    kPresent,  // as it should be
    kMissing,
    kDifferent,
    kUnexplained,  // there, and none of the revisions makes it
    kOpaque,       // a statement of which it cannot be said what it does
  };
  State state = State::kPresent;
  ObjectId id;                   // not of kOpaque
  std::optional<Node> revision;  // that made or changed it last; nothing: none
  std::string detail;            // a clause; may be empty
  std::string definition;        // one line: what is expected; of kUnexplained, what is there
};

/// "present", "missing", "different", "unexplained", "opaque".
const char *state_name(VerifiedObject::State state);

/// `expected`: replayed to the revisions in question; `all`: to all of them, for what only later ones
/// explain. By kind and name: what should be there, then what is unexplained, then what is opaque. Parts of a
/// table that is missing say so; those of one that is unexplained are not told one by one.
std::vector<VerifiedObject> verify(const RevisionGraph &graph, const StatementsOf &statements,
                                   const SchemaHistory &expected, const SchemaHistory &all,
                                   const SchemaModel &real);

}  // namespace migfix::core
