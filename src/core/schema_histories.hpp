// One environment's revisions, replayed to any set of them.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "core/schema_history.hpp"

namespace migfix::core {

/// What is replayed once is kept for the next time: the version tables of a thousand tenants stand at a few
/// sets.
class SchemaHistories {
 public:
  /// All must outlive this object.
  SchemaHistories(const RevisionGraph &graph, const StatementsOf &statements, NormalForms &forms);

  const RevisionGraph &graph() const noexcept { return graph_; }
  const StatementsOf &statements() const noexcept { return statements_; }
  NormalForms &forms() const noexcept { return forms_; }

  /// Of all revisions.
  const SchemaHistory &all() const noexcept { return all_; }
  /// Of those of `set`, which is closed under ancestors. The answer lives until the next call.
  const SchemaHistory &of(const NodeSet &set);

 private:
  const RevisionGraph &graph_;
  const StatementsOf &statements_;
  NormalForms &forms_;
  SchemaHistory all_;
  std::map<std::vector<Node>, std::unique_ptr<SchemaHistory>> kept_;
};

}  // namespace migfix::core
