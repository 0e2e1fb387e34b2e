#include "core/watched_step.hpp"

#include <algorithm>

#include "core/version_id.hpp"

namespace migfix::core {

namespace {

bool all_known(const RevisionGraph &graph, const std::vector<std::string> &ids) {
  return std::all_of(ids.begin(), ids.end(),
                     [&](const std::string &id) { return graph.find(id).has_value(); });
}

bool is_below_one(const RevisionGraph &graph, Node node, const std::vector<std::string> &ids) {
  return std::any_of(ids.begin(), ids.end(), [&](const std::string &id) {
    const auto above = graph.find(id);
    return above && graph.is_ancestor(node, *above, Relation::kAll);
  });
}

}  // namespace

bool is_written_by_alembic(std::string_view sql) {
  while (!sql.empty() && (sql.front() == ' ' || sql.front() == '\n' || sql.front() == '\r'))
    sql.remove_prefix(1);
  if (sql.starts_with("INSERT INTO ")) return sql.find(" (version_num) VALUES ('") != std::string_view::npos;
  const std::size_t where = sql.find(" WHERE ");
  if (where == std::string_view::npos || sql.find(".version_num = '", where) == std::string_view::npos)
    return false;
  return sql.starts_with("DELETE FROM ") ||
         (sql.starts_with("UPDATE ") && sql.find(" SET version_num='") != std::string_view::npos);
}

WatchedStep judge_step(const RevisionGraph &known, const std::string &version,
                       const std::vector<std::string> &removed, const std::vector<std::string> &others) {
  WatchedStep step;
  if (why_never_a_revision(version)) return step;
  step.revision.revision = version;
  if (const auto node = known.find(version)) {
    if (is_below_one(known, *node, removed) || is_below_one(known, *node, others)) {
      step.kind = WatchedStep::Kind::kDowngrade;
      return step;
    }
    step.kind = WatchedStep::Kind::kUpgrade;
    step.revision = known.revision(*node);
    step.is_placed = true;
    return step;
  }
  // All that is below a known revision is known, so this one is above or beside them.
  if (!all_known(known, removed) || !all_known(known, others)) return step;
  step.kind = WatchedStep::Kind::kUpgrade;
  step.is_placed = !removed.empty() || others.empty();
  step.revision.down_revision = removed;
  std::sort(step.revision.down_revision.begin(), step.revision.down_revision.end());
  return step;
}

}  // namespace migfix::core
