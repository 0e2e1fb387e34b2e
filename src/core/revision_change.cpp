#include "core/revision_change.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

using Names = std::vector<std::string>;

Names sorted(Names names) {
  std::sort(names.begin(), names.end());
  return names;
}

bool same(const Names &one, const Names &other) { return sorted(one) == sorted(other); }

std::string names_or(const Names &names, const char *none) { return names.empty() ? none : list_of(names); }

bool implied(const RevisionGraph &graph, const std::string &revision, const std::string &dependency) {
  const auto node = graph.find(revision);
  const auto below = graph.find_name(dependency);
  return node && below && graph.is_ancestor(*below, *node, Relation::kAll);
}

}  // namespace

bool same_parents(const Revision &one, const Revision &other) {
  return same(one.down_revision, other.down_revision) && same(one.depends_on, other.depends_on);
}

std::vector<std::string> describe_change(const Revision &before, const Revision &after) {
  std::vector<std::string> clauses;
  if (!same(before.down_revision, after.down_revision)) {
    clauses.push_back(fmt::format("down_revision was {}, is {}", names_or(before.down_revision, "base"),
                                  names_or(after.down_revision, "base")));
  }
  if (!same(before.depends_on, after.depends_on)) {
    clauses.push_back(fmt::format("depends_on was {}, is {}", names_or(before.depends_on, "empty"),
                                  names_or(after.depends_on, "empty")));
  }
  if (!same(before.branch_labels, after.branch_labels)) {
    clauses.push_back(fmt::format("branch_labels were {}, are {}", names_or(before.branch_labels, "none"),
                                  names_or(after.branch_labels, "none")));
  }
  if (before.message != after.message) clauses.emplace_back("its message changed");
  return clauses;
}

Revision with_sql(const Revision &known, const Revision &told, const RevisionGraph &graph) {
  Revision revision = known;
  if (!same(known.down_revision, told.down_revision)) revision.down_revision = told.down_revision;
  for (const std::string &dependency : told.depends_on) {
    if (!implied(graph, known.revision, dependency)) revision.depends_on.push_back(dependency);
  }
  return revision;
}

}  // namespace migfix::core
