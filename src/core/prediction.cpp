#include "core/prediction.hpp"

#include <set>
#include <string>

namespace migfix::core {

std::vector<Collision> predict(const SchemaHistory &history, const StatementsOf &statements,
                               const std::vector<Node> &pending, SchemaModel real, std::size_t most) {
  std::vector<Collision> collisions;
  std::set<std::string> sent;  // OperationSql::once
  std::set<SchemaHistory::Step> not_followed;
  for (const SchemaHistory::Opaqueness &opaque : history.opaque()) not_followed.insert(opaque.step);
  for (const Node node : pending) {
    for (std::uint32_t i = 0; i < statements[node].size(); ++i) {
      const RevisionStatement &statement = statements[node][i];
      if (!statement.once.empty() && !sent.insert(statement.once).second) continue;
      // What cannot be modelled may make or drop anything: from here on nothing can be foretold.
      if (!why_opaque(statement).empty()) return collisions;
      auto refusal = apply(real, statement);
      if (!refusal || statement.check_first || not_followed.count({node, i}) != 0) continue;
      collisions.push_back({{node, i}, std::move(*refusal)});
      if (collisions.size() == most) return collisions;
    }
  }
  return collisions;
}

}  // namespace migfix::core
