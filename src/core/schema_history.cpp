#include "core/schema_history.hpp"

#include <algorithm>

#include "core/normalizing.hpp"
#include "core/observed_state.hpp"
#include "core/presence.hpp"
#include "core/schema_replay.hpp"

namespace migfix::core {

namespace {

// Alembic sends the CREATE TYPE of a table's enum only where it has not sent it in this run, and with
// checkfirst only where the type is not there.
bool may_be_there(const RevisionStatement &statement) {
  return !statement.once.empty() || statement.check_first;
}

// A statement that ran and that the model cannot follow as a whole: what of it the model can follow, and then
// what was seen.
void apply_parts(SchemaModel &model, const RevisionStatement &statement) {
  for (const Effect &effect : statement.effects) apply(model, effect);
  settle(model, statement.observed);
}

}  // namespace

SchemaHistory::SchemaHistory(const RevisionGraph &graph, const StatementsOf &statements,
                             const NodeSet &revisions, NormalForms &forms)
    : revisions_(revisions), touched_(graph.size()) {
  for (const Node node : graph.order()) {
    if (!revisions.contains(node)) continue;
    for (std::uint32_t i = 0; i < statements[node].size(); ++i) {
      const RevisionStatement &statement = statements[node][i];
      const Step step{node, i};
      if (std::string why = why_opaque(statement); !why.empty()) {
        opaque_.push_back({step, std::move(why), false});
      } else if (changes_rows(statement)) {
        opaque_.push_back({step, "it changes rows", true});
      }
      const auto refusal = apply(model_, statement);
      if (refusal && statement.watched)
        apply_parts(model_, statement);  // the server did not refuse it
      else if (refusal && !may_be_there(statement))
        opaque_.push_back({step, refusal->message, false});
      std::vector<ObjectId> changed = model_.take_changes();
      normalize(model_, changed, forms);
      if (!statement.watched) {
        for (const ObjectId &id : may_have_fallen(model_, statement)) {
          model_.change(id)->certain = false;
          changed.push_back(id);
        }
      }
      for (const ObjectId &id : changed)
        if (comes_from_parent(model_, id)) model_.change(id)->certain = false;
      model_.take_changes();
      for (const ObjectId &id : changed) {
        const Object *object = model_.find(id);
        Chain &chain = chains_[id];
        if (object == nullptr && (chain.empty() || !chain.back().there)) {
          if (chain.empty()) chains_.erase(id);
          continue;  // came and went within the statement
        }
        State state{step, object != nullptr, object != nullptr ? *object : Object{}};
        if (!chain.empty() && chain.back().by == step)
          chain.back() = std::move(state);
        else
          chain.push_back(std::move(state));
        if (touched_[node].empty() || !(touched_[node].back() == id)) touched_[node].push_back(id);
      }
    }
    std::vector<ObjectId> &touched = touched_[node];
    std::sort(touched.begin(), touched.end());
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  }
}

const SchemaHistory::Chain *SchemaHistory::chain(const ObjectId &id) const {
  const auto at = chains_.find(id);
  return at == chains_.end() ? nullptr : &at->second;
}

const SchemaHistory::State *SchemaHistory::state_after(const Chain &chain, const NodeSet &revisions) {
  const State *last = nullptr;
  for (const State &state : chain)
    if (revisions.contains(state.by.revision)) last = &state;
  return last;
}

}  // namespace migfix::core
