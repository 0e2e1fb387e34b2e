#include "core/plan_target.hpp"

#include <algorithm>
#include <set>

#include "core/comparison.hpp"
#include "core/dependence.hpp"
#include "core/schema_match.hpp"

namespace migfix::core {

namespace {

constexpr int kMostRounds = 16;

bool holds(const NodeSet &outer, NodeSet inner) {
  inner -= outer;
  return inner.empty();
}

bool is_unused_enum(const ObjectId &id, const SchemaModel &real) {
  const Enum *definition = real.find_as<Enum>(id);
  return definition != nullptr && !definition->used;
}

class Chooser {
 public:
  explicit Chooser(const TargetRequest &request)
      : request_(request),
        graph_(request.graph),
        inference_(infer(request.graph, request.history, request.real)) {}

  TargetChoice choose() {
    TargetChoice choice;
    choice.revisions = inference_.lowest;
    NodeSet doubtful = inference_.highest;
    doubtful -= inference_.lowest;
    if (!doubtful.empty()) settle(doubtful, choice);
    take_begun(choice);
    choice.exact = inference_.exact;
    find_denied(choice);
    return choice;
  }

 private:
  // `set` is one of those that fit best, as far as its heads can tell.
  bool fits(const NodeSet &set) const {
    if (!holds(set, inference_.lowest) || !holds(inference_.highest, set)) return false;
    NodeSet more = set;
    more -= inference_.lowest;
    for (const Node node : more.nodes()) {
      const auto children = graph_.children(node, Relation::kAll);
      const bool head =
          std::none_of(children.begin(), children.end(), [&](Node child) { return set.contains(child); });
      if (head && std::find(inference_.alternatives.begin(), inference_.alternatives.end(), node) ==
                      inference_.alternatives.end())
        return false;
    }
    return true;
  }

  void settle(NodeSet doubtful, TargetChoice &choice) {
    // What is recorded, and nothing of it refuted, is taken for run; also where more is there than is
    // recorded.
    if (request_.rows_are_sound && holds(inference_.highest, request_.recorded)) {
      NodeSet set = inference_.lowest;
      set |= request_.recorded;
      if (fits(set)) {
        choice.revisions = std::move(set);
        if (choice.revisions.count() == request_.recorded.count()) return;
        doubtful -= choice.revisions;
      }
    }
    NodeSet logged = request_.logged;
    logged &= doubtful;
    if (!logged.empty()) {
      NodeSet set = graph_.ancestors(logged.nodes(), Relation::kAll);
      set |= choice.revisions;
      if (fits(set)) {
        choice.revisions = std::move(set);
        return;
      }
    }
    // What stands above the last revision that the log knows has not run.
    if (request_.log_is_whole && !request_.logged.empty()) {
      const NodeSet seen = graph_.ancestors(request_.logged.nodes(), Relation::kAll);
      if (holds(seen, request_.recorded)) return;
    }
    for (const Node node : graph_.order())
      if (doubtful.contains(node) && matters_unseen(request_.statements[node]))
        choice.in_doubt.push_back(node);
  }

  bool should_be_there(const ObjectId &id, const NodeSet &revisions) const {
    const SchemaHistory::State *state = SchemaHistory::state_after(*request_.history.chain(id), revisions);
    return state != nullptr && state->there;
  }

  // Enums that nothing uses, that should not be there, and that a revision outside makes: no revision is
  // begun by them alone. Their labels do not matter: CREATE TYPE fails all the same.
  std::vector<ObjectId> leftovers(const NodeSet &revisions) const {
    std::vector<ObjectId> found;
    for (const auto &[id, chain] : request_.history.chains()) {
      if (id.kind != ObjectKind::kEnum || !is_unused_enum(id, request_.real)) continue;
      const bool will_be_made = std::any_of(chain.begin(), chain.end(), [&](const auto &state) {
        return state.there && !revisions.contains(state.by.revision);
      });
      if (will_be_made && !should_be_there(id, revisions)) found.push_back(id);
    }
    return found;
  }

  // An object stands as a statement in the middle of the revision leaves it, and should not be there.
  bool has_passing_object(Node node, const NodeSet &revisions) const {
    const auto &touched = request_.history.touched()[node];
    return std::any_of(touched.begin(), touched.end(), [&](const ObjectId &id) {
      const Object *real = request_.real.find(id);
      if (real == nullptr || is_unused_enum(id, request_.real) || should_be_there(id, revisions))
        return false;
      const SchemaHistory::Chain &chain = *request_.history.chain(id);
      return std::any_of(chain.begin(), chain.end(), [&](const auto &state) {
        return state.by.revision == node && state.there && is_match(match(&state.object, real));
      });
    });
  }

  // An object that should be there anyhow is a sign of the revision only where it surely is as that one
  // leaves it: what cannot be compared looks like anything.
  bool is_sign(const ObjectId &id, Node node, const NodeSet &revisions) const {
    const Object *real = request_.real.find(id);
    if (real == nullptr) return false;
    if (!should_be_there(id, revisions)) return true;
    NodeSet alone(graph_.size());
    alone.insert(node);
    const SchemaHistory::State *left = SchemaHistory::state_after(*request_.history.chain(id), alone);
    return left != nullptr && left->there && compare(left->object, *real).empty();
  }

  // It has a sign that is not an enum which nothing uses.
  bool is_begun(Node node, const RevisionEvidence &evidence, const TargetChoice &choice) const {
    return std::any_of(evidence.there.begin(), evidence.there.end(), [&](const ObjectId &id) {
      return is_sign(id, node, choice.revisions) &&
             std::find(choice.leftovers.begin(), choice.leftovers.end(), id) == choice.leftovers.end();
    });
  }

  void take_begun(TargetChoice &choice) {
    for (int round = 0; round < kMostRounds; ++round) {
      choice.leftovers = leftovers(choice.revisions);
      const auto all = evidence(graph_, request_.history, request_.real, choice.revisions);
      std::vector<Node> begun;
      for (Node node = 0; node < graph_.size(); ++node)
        if (!choice.revisions.contains(node) &&
            (is_begun(node, all[node], choice) || has_passing_object(node, choice.revisions)))
          begun.push_back(node);
      if (begun.empty()) break;
      choice.revisions |= graph_.ancestors(begun, Relation::kAll);
    }
    forget_doubts(choice);
  }

  // Of what is not there, that which does not fall with something else that is not.
  std::vector<ObjectId> dropped_alone(const std::vector<ObjectId> &lacking) const {
    const std::set<ObjectId> all(lacking.begin(), lacking.end());
    std::vector<ObjectId> alone;
    for (const ObjectId &id : lacking) {
      const SchemaHistory::Chain &chain = *request_.history.chain(id);
      const auto made =
          std::find_if(chain.begin(), chain.end(), [](const auto &state) { return state.there; });
      if (made == chain.end()) continue;
      const std::vector<ObjectId> under = stands_on(id, made->object);
      if (std::none_of(under.begin(), under.end(), [&](const ObjectId &one) { return all.count(one) != 0; }))
        alone.push_back(id);
    }
    return alone;
  }

  static bool holds_rows(const ObjectId &id) {
    return id.kind == ObjectKind::kTable || id.kind == ObjectKind::kColumn;
  }

  // What is said to have run: by the rows or, where there are none, by the log.
  NodeSet claimed() const {
    if (request_.rows_are_sound) return request_.recorded;
    return request_.recorded.empty() ? graph_.ancestors(request_.logged.nodes(), Relation::kAll)
                                     : NodeSet(graph_.size());
  }

  void find_denied(TargetChoice &choice) const {
    const NodeSet said = claimed();
    NodeSet outside = said;
    outside -= choice.revisions;
    if (outside.empty()) return;
    const auto all = evidence(graph_, request_.history, request_.real, choice.revisions);
    std::vector<ObjectId> lacking;
    TargetChoice::Denied denied;
    for (const Node node : graph_.order()) {
      if (!outside.contains(node)) continue;
      lacking.insert(lacking.end(), all[node].lacking.begin(), all[node].lacking.end());
      if (matters_unseen(request_.statements[node])) denied.changing.push_back(node);
    }
    denied.objects = dropped_alone(lacking);
    const bool may_be_dropped =
        denied.objects.size() == 1 || std::none_of(denied.objects.begin(), denied.objects.end(), holds_rows);
    if (denied.objects.empty() || !may_be_dropped || denied.changing.empty()) return;
    denied.recorded = graph_.maximal(said.nodes());
    choice.denied = std::move(denied);
  }

  // No doubt is left of what is taken in, nor of what stands above a revision that is not complete and not
  // recorded: where that broke off, nothing came after.
  void forget_doubts(TargetChoice &choice) const {
    if (choice.in_doubt.empty()) return;
    const auto all = evidence(graph_, request_.history, request_.real, choice.revisions);
    std::vector<Node> broken;
    for (Node node = 0; node < graph_.size(); ++node)
      if (all[node].state == RevisionEvidence::State::kPartial && !request_.recorded.contains(node))
        broken.push_back(node);
    const NodeSet above = graph_.descendants(broken, Relation::kAll);
    std::erase_if(choice.in_doubt,
                  [&](Node node) { return choice.revisions.contains(node) || above.contains(node); });
  }

  const TargetRequest &request_;
  const RevisionGraph &graph_;
  Inference inference_;
};

}  // namespace

bool matters_unseen(const std::vector<RevisionStatement> &statements) {
  return std::any_of(statements.begin(), statements.end(), acts_unseen);
}

TargetChoice choose_target(const TargetRequest &request) {
  return Chooser(request).choose();
}

}  // namespace migfix::core
