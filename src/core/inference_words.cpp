#include "core/inference_words.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/joined.hpp"
#include "core/sql_text.hpp"
#include "core/type_words.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kMostNames = 3;

std::vector<std::string> in_words(const std::vector<ObjectId> &ids) {
  std::vector<std::string> words;
  for (const ObjectId &id : ids) words.push_back(object_in_words(id));
  return words;
}

}  // namespace

std::string evidence_in_words(const RevisionEvidence &evidence) {
  const std::size_t all = evidence.there.size() + evidence.lacking.size() + evidence.different.size();
  if (all == 0)
    return evidence.covered == 0
               ? "changes no object that can be seen: rows, a merge, or what cannot be modelled"
               : fmt::format("later revisions have changed again all that it did ({})",
                             count_of(evidence.covered, "object"));
  std::vector<std::string> clauses;
  if (!evidence.there.empty())
    clauses.push_back(fmt::format("{} of {} as it leaves {}: {}", evidence.there.size(),
                                  count_of(all, "object"), evidence.there.size() == 1 ? "it" : "them",
                                  list_of(in_words(evidence.there), kMostNames)));
  if (!evidence.lacking.empty())
    clauses.push_back(fmt::format("as before it: {}", list_of(in_words(evidence.lacking), kMostNames)));
  if (!evidence.different.empty())
    clauses.push_back(fmt::format("neither: {}", list_of(in_words(evidence.different), kMostNames)));
  return joined(clauses, "; ");
}

std::vector<InferredRevision> describe_inference(const RevisionGraph &graph, const SchemaHistory &history,
                                                 const SchemaModel &real) {
  const Inference inference = infer(graph, history, real);
  const std::vector<RevisionEvidence> all = evidence(graph, history, real, inference.lowest);
  std::vector<const char *> places(graph.size(), "above");
  for (const Node node : inference.lowest.nodes()) places[node] = "below";
  for (const Node node : inference.at) places[node] = "at";
  for (const Node node : inference.alternatives) places[node] = "or";
  std::vector<InferredRevision> revisions;
  if (inference.lowest.empty()) {
    revisions.push_back({"base", RevisionEvidence::State::kUnknown, inference.base_fits ? "or" : "at",
                         "nothing that revisions make is there"});
  }
  for (const Node node : graph.order())
    revisions.push_back({graph.id(node), all[node].state, places[node], evidence_in_words(all[node])});
  return revisions;
}

}  // namespace migfix::core
