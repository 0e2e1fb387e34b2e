// What revisions did to each object, in the order in which they run.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/node_set.hpp"
#include "core/normal_form.hpp"
#include "core/revision_graph.hpp"
#include "core/revision_statement.hpp"
#include "core/schema_model.hpp"

namespace migfix::core {

/// The revisions of a set, closed under ancestors, replayed from nothing.
class SchemaHistory {
 public:
  /// A statement of a revision.
  struct Step {
    Node revision = 0;
    std::uint32_t statement = 0;  // index
    friend auto operator<=>(const Step &, const Step &) = default;
  };

  /// How an object stood after a statement that made, changed or took it away.
  struct State {
    Step by;
    bool there = true;
    Object object;  // where it is there
  };

  /// One object's states, in order. Before the first one it was not there.
  using Chain = std::vector<State>;

  /// A statement that is not modelled: it cannot be said what it does, or the server would refuse it where
  /// the model stands.
  struct Opaqueness {
    Step step;
    std::string why;
    bool changes_rows = false;  // it changes rows alone: no object is in doubt
  };

  SchemaHistory(const RevisionGraph &graph, const StatementsOf &statements, const NodeSet &revisions,
                NormalForms &forms);

  const std::map<ObjectId, Chain> &chains() const noexcept { return chains_; }
  const Chain *chain(const ObjectId &id) const;
  /// The state that these revisions leave the object in; null where none of them touches it.
  static const State *state_after(const Chain &chain, const NodeSet &revisions);
  /// The schema as the last revision leaves it.
  const SchemaModel &model() const noexcept { return model_; }
  const std::vector<Opaqueness> &opaque() const noexcept { return opaque_; }
  /// The objects that each revision touches, each once, by node.
  const std::vector<std::vector<ObjectId>> &touched() const noexcept { return touched_; }
  /// The set that was replayed.
  const NodeSet &revisions() const noexcept { return revisions_; }

 private:
  NodeSet revisions_;
  std::map<ObjectId, Chain> chains_;
  SchemaModel model_;
  std::vector<Opaqueness> opaque_;
  std::vector<std::vector<ObjectId>> touched_;
};

}  // namespace migfix::core
