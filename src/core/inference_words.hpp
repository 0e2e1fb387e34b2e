// What was inferred, revision by revision, for people.
#pragma once

#include <string>
#include <vector>

#include "core/inference.hpp"

namespace migfix::core {

struct InferredRevision {
  std::string revision;  // its id, or "base"
  RevisionEvidence::State state = RevisionEvidence::State::kUnknown;
  const char *place = "";  // "at", "or", "below", "above"
  std::string detail;      // the evidence: a clause
};

/// Oldest first. `history` of all revisions.
std::vector<InferredRevision> describe_inference(const RevisionGraph &graph, const SchemaHistory &history,
                                                 const SchemaModel &real);

/// "3 of 5 as it leaves them (table a, ...); missing: ...": what is there of a revision.
std::string evidence_in_words(const RevisionEvidence &evidence);

}  // namespace migfix::core
