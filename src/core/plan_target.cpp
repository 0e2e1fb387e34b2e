#include "core/plan_target.hpp"

#include <algorithm>

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

  void settle(const NodeSet &doubtful, TargetChoice &choice) {
    if (request_.rows_are_sound && fits(request_.recorded)) {
      choice.revisions = request_.recorded;
      return;
    }
    NodeSet logged = request_.logged;
    logged &= doubtful;
    if (!logged.empty()) {
      NodeSet set = graph_.ancestors(logged.nodes(), Relation::kAll);
      set |= inference_.lowest;
      if (fits(set)) {
        choice.revisions = std::move(set);
        return;
      }
    }
    // What stands above the last revision that the log knows has not run.
    if (request_.log_is_whole && !request_.logged.empty()) {
      const NodeSet seen = graph_.ancestors(request_.logged.nodes(), Relation::kAll);
      NodeSet known = inference_.lowest;
      known &= seen;
      if (known.count() == inference_.lowest.count()) return;
    }
    for (const Node node : graph_.order())
      if (doubtful.contains(node) && matters_unseen(request_.statements[node]))
        choice.in_doubt.push_back(node);
  }

  // An object of a revision outside, as that revision leaves it.
  std::vector<ObjectId> begun_by(const RevisionEvidence &evidence) const {
    std::vector<ObjectId> objects;
    for (const ObjectId &id : evidence.there)
      if (request_.real.find(id) != nullptr) objects.push_back(id);
    return objects;
  }

  void take_begun(TargetChoice &choice) {
    for (int round = 0; round < kMostRounds; ++round) {
      const auto all = evidence(graph_, request_.history, request_.real, choice.revisions);
      std::vector<Node> begun;
      choice.leftovers.clear();
      for (Node node = 0; node < graph_.size(); ++node) {
        if (choice.revisions.contains(node)) continue;
        const std::vector<ObjectId> objects = begun_by(all[node]);
        // What nothing uses counts also where its labels differ: the next CREATE TYPE fails all the same.
        std::vector<ObjectId> unused;
        for (const auto *ids : {&objects, &all[node].different})
          for (const ObjectId &id : *ids)
            if (is_unused_enum(id, request_.real)) unused.push_back(id);
        const bool is_leftover = std::all_of(objects.begin(), objects.end(), [&](const ObjectId &id) {
          return is_unused_enum(id, request_.real);
        });
        if (is_leftover)
          choice.leftovers.insert(choice.leftovers.end(), unused.begin(), unused.end());
        else
          begun.push_back(node);
      }
      if (begun.empty()) break;
      choice.revisions |= graph_.ancestors(begun, Relation::kAll);
    }
    std::sort(choice.leftovers.begin(), choice.leftovers.end());
    choice.leftovers.erase(std::unique(choice.leftovers.begin(), choice.leftovers.end()),
                           choice.leftovers.end());
    forget_doubts(choice);
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
  return std::any_of(statements.begin(), statements.end(), [](const RevisionStatement &statement) {
    return changes_rows(statement) || !why_opaque(statement).empty();
  });
}

TargetChoice choose_target(const TargetRequest &request) {
  return Chooser(request).choose();
}

}  // namespace migfix::core
