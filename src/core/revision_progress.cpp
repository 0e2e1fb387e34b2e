#include "core/revision_progress.hpp"

#include <algorithm>
#include <set>

#include "core/dependence.hpp"
#include "core/schema_match.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

// An object that a revision makes and takes away again (a type that is renamed) is not there before it, nor
// after: that says nothing. The index of the state that takes it away; `begin` where it is no such object.
std::size_t end_of_passing(const SchemaHistory::Chain &chain, std::size_t begin, const Object *real) {
  const bool is_made = chain[begin].there && (begin == 0 || !chain[begin - 1].there);
  if (real != nullptr || !is_made) return begin;
  for (std::size_t i = begin + 1; i < chain.size() && chain[i].by.revision == chain[begin].by.revision; ++i)
    if (!chain[i].there) return i;
  return begin;
}

// The statement takes the object away together with its table, which is there: it has not run.
bool went_with_table(const ObjectId &id, const SchemaHistory::State &state, const SchemaHistory &history,
                     const SchemaModel &real) {
  if (state.there || id.table.empty()) return false;
  const ObjectId table = id_of(ObjectKind::kTable, table_of(id));
  const SchemaHistory::Chain *chain = history.chain(table);
  return chain != nullptr && real.find(table) != nullptr &&
         std::any_of(chain->begin(), chain->end(), [&](const SchemaHistory::State &of_table) {
           return !of_table.there && of_table.by == state.by;
         });
}

// It is gone because a table or view is, which it stands on.
bool fell_with_another(const ObjectId &id, const SchemaHistory::State &state, const SchemaModel &real) {
  if (!state.there || real.find(id) != nullptr) return false;
  const std::vector<ObjectId> under = stands_on(id, state.object);
  return std::any_of(under.begin(), under.end(), [&](const ObjectId &other) {
    return other.kind == ObjectKind::kTable && !real.relation(name_of(other));
  });
}

}  // namespace

Progresses::Progresses(const RevisionGraph &graph, const StatementsOf &statements,
                       const SchemaHistory &history, const NodeSet &recorded, const NodeSet &logged,
                       const SchemaModel &real)
    : graph_(graph),
      statements_(statements),
      recorded_(recorded),
      logged_(logged),
      followed_(graph.size()),
      built_upon_(graph.size()),
      awaited_(graph.size()) {
  for (const auto &[id, chain] : history.chains()) place(id, chain, history, real);
  place_passing();
  find_seen();
}

// Where the object's real state stands in its chain: after how many of its statements.
void Progresses::place(const ObjectId &id, const SchemaHistory::Chain &chain, const SchemaHistory &history,
                       const SchemaModel &real) {
  const Object *object = real.find(id);
  std::size_t reached = object == nullptr ? 0 : kNowhere;
  for (std::size_t i = 0; i < chain.size(); ++i)
    if (is_match(match(object_of(chain[i]), object)) && !went_with_table(id, chain[i], history, real))
      reached = i + 1;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    if (const std::size_t end = end_of_passing(chain, i, object); end > i) {
      passing_.push_back({&chain[i], &chain[end]});
      i = end;
      continue;
    }
    Counts &counts = counts_[chain[i].by];
    if (reached == kNowhere) {
      ++counts.elsewhere;
    } else if (reached > i) {
      ++counts.done;
      if (object != nullptr) ++counts.seen;
    } else if (reached == i) {
      ++counts.to_do;
      if (!fell_with_another(id, chain[i], real)) ++counts.denied;
    } else {
      ++counts.lost;
    }
  }
}

// They are to be made where the statement that takes them away is to be run: it makes something else of them.
void Progresses::place_passing() {
  std::sort(passing_.begin(), passing_.end(),
            [](const Passing &a, const Passing &b) { return a.last->by > b.last->by; });
  for (const Passing &passing : passing_) {
    const bool to_do = of(passing.last->by) == Progress::kToDo;
    for (const SchemaHistory::State *state = passing.first; state <= passing.last; ++state)
      ++(to_do ? counts_[state->by].to_do : counts_[state->by].done);
  }
}

void Progresses::find_seen() {
  std::set<Node> seen;
  for (const auto &[step, counts] : counts_)
    if (counts.seen > 0) seen.insert(step.revision);
  std::vector<Node> below_seen, below_complete, below_to_do;
  for (const auto &[step, counts] : counts_)
    if (counts.to_do > 0)
      for (const Node parent : graph_.parents(step.revision, Relation::kAll)) below_to_do.push_back(parent);
  for (const Node node : seen)
    for (const Node parent : graph_.parents(node, Relation::kAll)) {
      below_seen.push_back(parent);
      if (of(node).is_complete()) below_complete.push_back(parent);
    }
  followed_ = graph_.ancestors(below_seen, Relation::kAll);
  built_upon_ = graph_.ancestors(below_complete, Relation::kAll);
  awaited_ = graph_.ancestors(below_to_do, Relation::kAll);
}

Progress Progresses::of(const Step &step) const {
  const auto at = counts_.find(step);
  if (at == counts_.end()) return Progress::kNone;
  const Counts &counts = at->second;
  if (counts.to_do + counts.lost == 0) return Progress::kDone;
  return counts.done == 0 && counts.elsewhere == 0 ? Progress::kToDo : Progress::kMixed;
}

RevisionProgress::Unseen RevisionProgress::unseen() const {
  if (is_recorded && !(is_untouched() && is_denied)) return Unseen::kHasRun;
  const Unseen assumed = is_logged ? Unseen::kHasRun : Unseen::kAssumed;
  if (is_untouched()) {
    if (is_built_upon) return assumed;
    if (is_followed) return Unseen::kDoubtful;
    return is_invisible && !is_awaited ? assumed : Unseen::kHasNot;
  }
  if (is_complete()) return assumed;
  // One that was taken back, and begun again, looks like one that has run and was damaged.
  return broke_off() && !is_logged ? Unseen::kSome : Unseen::kDoubtful;
}

RevisionProgress Progresses::of(Node revision) const {
  RevisionProgress progress;
  progress.is_recorded = recorded_.contains(revision);
  progress.is_logged = logged_.contains(revision);
  progress.is_followed = followed_.contains(revision);
  progress.is_built_upon = built_upon_.contains(revision);
  progress.is_awaited = awaited_.contains(revision);
  progress.is_invisible = true;
  for (std::uint32_t i = 0; i < statements_[revision].size(); ++i) {
    const Progress one = of(Step{revision, i});
    progress.statements.push_back(one);
    if (one != Progress::kNone) progress.is_invisible = false;
    const auto counts = counts_.find(Step{revision, i});
    if (counts != counts_.end() && counts->second.denied > 0 && !progress.is_followed)
      progress.is_denied = true;
    if (one == Progress::kDone || one == Progress::kMixed) progress.last_done = i + 1;
    if ((one == Progress::kToDo || one == Progress::kMixed) && progress.first_to_do == 0)
      progress.first_to_do = i + 1;
  }
  return progress;
}

}  // namespace migfix::core
