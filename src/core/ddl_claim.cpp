#include "core/ddl_claim.hpp"

namespace migfix::core {

namespace {

// Nothing where one of them is not known.
std::optional<bool> is_below(const std::optional<std::string> &low, const std::optional<std::string> &high,
                             const RevisionGraph *graph) {
  if (graph == nullptr || !low || !high) return std::nullopt;
  const auto below = graph->find(*low);
  const auto above = graph->find(*high);
  if (!below || !above) return std::nullopt;
  const Node node = *above;
  return *below != node && graph->ancestors({&node, 1}, Relation::kAll).contains(*below);
}

}  // namespace

bool is_one_step(const VersionChange &change, const VersionChange &next, const RevisionGraph *graph) {
  if (next.operation != Operation::kUpdate) return false;
  if (change.operation == Operation::kDelete)
    return is_below(change.old_version, next.new_version, graph).value_or(true);
  if (change.operation == Operation::kInsert)
    return is_below(change.new_version, next.old_version, graph).value_or(false);
  return false;
}

}  // namespace migfix::core
