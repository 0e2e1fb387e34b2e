#include "core/inference.hpp"

#include <algorithm>

#include "core/closure.hpp"
#include "core/schema_match.hpp"
#include "core/dependence.hpp"

namespace migfix::core {

namespace {

// How much worse (positive) or better each revision makes the match.
struct Weights {
  std::vector<std::int64_t> change;
  std::int64_t before = 0;  // the mismatch of no revision at all
};

// A part of a table that is not there: the table alone is counted, so that one that was dropped by hand, or
// has another name by now, weighs as much as any other object.
bool falls_with_table(const ObjectId &id, const SchemaHistory::Chain &chain, const SchemaModel &real) {
  const auto made = std::find_if(chain.begin(), chain.end(), [](const auto &state) { return state.there; });
  if (made == chain.end()) return false;
  const auto table = table_with(id, made->object);
  return table && real.find(*table) == nullptr && real.find(id) == nullptr;
}

// A downgrade leaves enums behind: one that nothing uses says less than anything else.
std::int64_t mismatch(const Object *expected, const Object *real) {
  const Match match = core::match(expected, real);
  if (match == Match::kSurplus)
    if (const auto *type = std::get_if<Enum>(&real->definition); type != nullptr && !type->used) return 1;
  return weight_of(match);
}

Weights weigh(const RevisionGraph &graph, const SchemaHistory &history, const SchemaModel &real) {
  Weights weights{std::vector<std::int64_t>(graph.size()), 0};
  for (const auto &[id, chain] : history.chains()) {
    if (falls_with_table(id, chain, real)) continue;
    const Object *object = real.find(id);
    std::int64_t last = mismatch(nullptr, object);
    weights.before += last;
    for (const SchemaHistory::State &state : chain) {
      const std::int64_t now = mismatch(object_of(state), object);
      weights.change[state.by.revision] += now - last;
      last = now;
    }
  }
  return weights;
}

std::int64_t sum_over(const NodeSet &nodes, const std::vector<std::int64_t> &weights) {
  std::int64_t sum = 0;
  for (const Node node : nodes.nodes()) sum += weights[node];
  return sum;
}

// The heads that the sets between the two may have.
void name_heads(const RevisionGraph &graph, const std::vector<std::int64_t> &change, Inference &inference) {
  NodeSet doubtful = inference.highest;
  doubtful -= inference.lowest;
  for (const Node head : graph.maximal(inference.lowest.nodes())) {
    NodeSet above = graph.descendants(std::vector<Node>{head}, Relation::kAll);
    above &= doubtful;
    (above.empty() ? inference.at : inference.alternatives).push_back(head);
  }
  const std::vector<Node> nodes = doubtful.nodes();
  for (const Node node : nodes) {
    NodeSet below = graph.ancestors(std::vector<Node>{node}, Relation::kAll);
    below &= doubtful;
    // The set that ends in this revision fits as well; or others beside it may make up for it.
    const bool fits = sum_over(below, change) == 0;
    NodeSet related = graph.lineage(std::vector<Node>{node}, Relation::kAll);
    related &= doubtful;
    const bool others = related.count() < nodes.size();
    if (fits || (others && change[node] <= 0)) inference.alternatives.push_back(node);
  }
  inference.base_fits = inference.lowest.empty() && !inference.alternatives.empty();
}

}  // namespace

const char *evidence_name(RevisionEvidence::State state) {
  switch (state) {
    case RevisionEvidence::State::kApplied:
      return "applied";
    case RevisionEvidence::State::kPartial:
      return "partial";
    case RevisionEvidence::State::kAbsent:
      return "absent";
    case RevisionEvidence::State::kUnknown:
      return "unknown";
  }
  return "";
}

Inference infer(const RevisionGraph &graph, const SchemaHistory &history, const SchemaModel &real) {
  const Weights weights = weigh(graph, history, real);
  ClosureRange range = cheapest_closures(graph, weights.change);
  Inference inference;
  inference.exact = weights.before + sum_over(range.lowest, weights.change) == 0;
  inference.lowest = std::move(range.lowest);
  inference.highest = std::move(range.highest);
  name_heads(graph, weights.change, inference);
  return inference;
}

std::vector<RevisionEvidence> evidence(const RevisionGraph &graph, const SchemaHistory &history,
                                       const SchemaModel &real, const NodeSet &applied) {
  std::vector<RevisionEvidence> all(graph.size());
  for (const auto &[id, chain] : history.chains()) {
    const Object *object = real.find(id);
    const SchemaHistory::State *last = SchemaHistory::state_after(chain, applied);
    const Match now = match(last == nullptr ? nullptr : object_of(*last), object);
    for (std::size_t i = 0; i < chain.size(); ++i) {
      const SchemaHistory::State &state = chain[i];
      const Node node = state.by.revision;
      if (i + 1 < chain.size() && chain[i + 1].by.revision == node) continue;  // its last word counts
      RevisionEvidence &evidence = all[node];
      if (applied.contains(node)) {
        if (&state != last) {
          ++evidence.covered;
        } else if (is_match(now)) {
          evidence.there.push_back(id);
        } else if (now == Match::kDifferent) {
          evidence.different.push_back(id);
        } else {
          evidence.lacking.push_back(id);
        }
        continue;
      }
      const Object *before = last == nullptr ? nullptr : object_of(*last);
      if (!state.there && before == nullptr) continue;  // comes and goes above the applied ones
      const Match after = match(object_of(state), object);
      if (is_match(now) && is_match(after)) continue;  // changes nothing that shows
      (is_match(after) ? evidence.there
       : is_match(now) ? evidence.lacking
                       : evidence.different)
          .push_back(id);
    }
  }
  for (RevisionEvidence &evidence : all) {
    using State = RevisionEvidence::State;
    const bool there = !evidence.there.empty();
    const bool not_there = !evidence.lacking.empty();
    if (there)
      evidence.state = not_there || !evidence.different.empty() ? State::kPartial : State::kApplied;
    else if (not_there)
      evidence.state = State::kAbsent;
    else if (!evidence.different.empty())
      evidence.state = State::kPartial;
  }
  return all;
}

}  // namespace migfix::core
