#include "core/schema_histories.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kMostKept = 16;

NodeSet all_of(const RevisionGraph &graph) {
  NodeSet all(graph.size());
  for (Node node = 0; node < graph.size(); ++node) all.insert(node);
  return all;
}

}  // namespace

SchemaHistories::SchemaHistories(const RevisionGraph &graph, const StatementsOf &statements,
                                 NormalForms &forms)
    : graph_(graph), statements_(statements), forms_(forms), all_(graph, statements, all_of(graph), forms) {}

const SchemaHistory &SchemaHistories::of(const NodeSet &set) {
  if (set.count() == graph_.size()) return all_;
  const std::vector<Node> key = set.nodes();
  if (const auto found = kept_.find(key); found != kept_.end()) return *found->second;
  if (kept_.size() >= kMostKept) kept_.clear();
  return *(kept_[key] = std::make_unique<SchemaHistory>(graph_, statements_, set, forms_));
}

}  // namespace migfix::core
