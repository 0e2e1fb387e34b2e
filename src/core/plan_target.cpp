#include "core/plan_target.hpp"

#include <algorithm>
#include <set>

#include "core/comparison.hpp"
#include "core/schema_match.hpp"
#include "core/unexplained.hpp"

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

  // Enums that nothing uses, that should not be there, and that a revision outside makes: no revision is
  // begun by them alone. Their labels do not matter: CREATE TYPE fails all the same.
  std::vector<ObjectId> leftovers(const NodeSet &revisions) const {
    std::vector<ObjectId> found;
    for (const auto &[id, chain] : request_.history.chains()) {
      if (id.kind != ObjectKind::kEnum || !is_unused_enum(id, request_.real)) continue;
      bool should_be_there = false;
      bool will_be_made = false;
      for (const SchemaHistory::State &state : chain) {
        if (revisions.contains(state.by.revision))
          should_be_there = state.there;
        else
          will_be_made |= state.there;
      }
      if (!should_be_there && will_be_made) found.push_back(id);
    }
    return found;
  }

  // An object stands as a statement in the middle of the revision leaves it, and should not be there.
  bool has_passing_object(Node node, const TargetChoice &choice) const {
    const auto &touched = request_.history.touched()[node];
    return std::any_of(touched.begin(), touched.end(), [&](const ObjectId &id) {
      const Object *real = request_.real.find(id);
      if (real == nullptr || is_unused_enum(id, request_.real)) return false;
      bool should_be_there = false;
      bool is_passing = false;
      for (const SchemaHistory::State &state : *request_.history.chain(id)) {
        if (choice.revisions.contains(state.by.revision)) should_be_there = state.there;
        if (state.by.revision == node) is_passing |= state.there && is_match(match(&state.object, real));
      }
      return is_passing && !should_be_there;
    });
  }

  // An object that should be there anyhow is a sign of the revision only where it surely is as that one
  // leaves it: what cannot be compared looks like anything.
  bool is_sign(const ObjectId &id, Node node, const NodeSet &revisions) const {
    const Object *real = request_.real.find(id);
    if (real == nullptr) return false;
    bool should_be_there = false;
    const SchemaHistory::State *left = nullptr;
    for (const SchemaHistory::State &state : *request_.history.chain(id)) {
      if (revisions.contains(state.by.revision)) should_be_there = state.there;
      if (state.by.revision == node) left = &state;
    }
    return !should_be_there || (left != nullptr && left->there && compare(left->object, *real).empty());
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
            (is_begun(node, all[node], choice) || has_passing_object(node, choice)))
          begun.push_back(node);
      if (begun.empty()) break;
      choice.revisions |= graph_.ancestors(begun, Relation::kAll);
    }
    forget_doubts(choice);
  }

  // The columns that an index or a constraint stands on, where they are plain.
  static std::vector<std::string> columns_under(const Definition &definition) {
    std::vector<std::string> columns;
    if (const auto *index = std::get_if<Index>(&definition))
      for (const IndexElement &element : index->elements) columns.push_back(element.column);
    if (const auto *constraint = std::get_if<Constraint>(&definition)) {
      if (const auto *key = std::get_if<Key>(&constraint->what)) columns = key->columns;
      if (const auto *foreign = std::get_if<ForeignKey>(&constraint->what)) columns = foreign->columns;
    }
    return columns;
  }

  // Of what is not there, that which does not fall with something else that is not.
  static std::vector<ObjectId> dropped_alone(const std::vector<ObjectId> &lacking,
                                             const SchemaHistory &history) {
    const std::set<ObjectId> all(lacking.begin(), lacking.end());
    const auto is_lacking = [&](ObjectKind kind, const QualifiedName &name) {
      return all.count(id_of(kind, name)) != 0;
    };
    std::vector<ObjectId> alone;
    for (const ObjectId &id : lacking) {
      const SchemaHistory::Chain &chain = *history.chain(id);
      const auto made =
          std::find_if(chain.begin(), chain.end(), [](const auto &state) { return state.there; });
      if (made == chain.end()) continue;
      const Definition &definition = made->object.definition;
      const auto table = table_with(id, made->object);
      if (table && all.count(*table) != 0) continue;
      const auto *view = std::get_if<View>(&definition);
      if (view != nullptr &&
          std::any_of(view->reads.begin(), view->reads.end(), [&](const QualifiedName &name) {
            return is_lacking(ObjectKind::kTable, name) || is_lacking(ObjectKind::kView, name);
          }))
        continue;
      const auto *column = std::get_if<Column>(&definition);
      if (column != nullptr && (is_lacking(ObjectKind::kEnum, column->type.name) ||
                                is_lacking(ObjectKind::kDomain, column->type.name) ||
                                is_lacking(ObjectKind::kComposite, column->type.name)))
        continue;
      const auto *constraint = std::get_if<Constraint>(&definition);
      const auto *key = constraint == nullptr ? nullptr : std::get_if<ForeignKey>(&constraint->what);
      if (key != nullptr && is_lacking(ObjectKind::kTable, key->references)) continue;
      const std::vector<std::string> columns = columns_under(definition);
      if (table && std::any_of(columns.begin(), columns.end(), [&](const std::string &name) {
            return all.count(column_id(name_of(*table), name)) != 0;
          }))
        continue;
      alone.push_back(id);
    }
    return alone;
  }

  static bool holds_rows(const ObjectId &id) {
    return id.kind == ObjectKind::kTable || id.kind == ObjectKind::kColumn;
  }

  void find_denied(TargetChoice &choice) const {
    // No row at all: what the log has seen last is not known, but that it has seen it.
    const NodeSet claimed = request_.rows_are_sound || !request_.recorded.empty()
                                ? request_.recorded
                                : graph_.ancestors(request_.logged.nodes(), Relation::kAll);
    if (!request_.rows_are_sound && !request_.recorded.empty()) return;
    NodeSet outside = claimed;
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
    denied.objects = dropped_alone(lacking, request_.history);
    const bool may_be_dropped =
        denied.objects.size() == 1 || std::none_of(denied.objects.begin(), denied.objects.end(), holds_rows);
    if (denied.objects.empty() || !may_be_dropped || denied.changing.empty()) return;
    denied.recorded = graph_.maximal(claimed.nodes());
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
