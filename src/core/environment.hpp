// One environment: the revisions that one Alembic script directory has, as they were loaded.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/revision_graph.hpp"

namespace migfix::core {

/// When a revision came to be known. The numbers are drawn from the numbering of migfix.version_log, so they
/// tell what was recorded before a load (a smaller log_id) and what after it.
struct RevisionOrigin {
  std::int64_t added = 0;   // the load that brought it
  std::int64_t linked = 0;  // the load that changed its parents last; `added` where none has
  std::vector<std::string> former_parents;  // down_revision and depends_on before that change
};

struct Environment {
  Environment() = default;
  Environment(std::string environment, std::vector<Revision> revisions, std::vector<RevisionOrigin> came)
      : name(std::move(environment)), graph(std::move(revisions)), origins(std::move(came)) {}

  std::string name;
  RevisionGraph graph;
  std::vector<RevisionOrigin> origins;  // by node; empty where they are not known
};

using EnvironmentPtr = std::shared_ptr<const Environment>;

/// The one of `environments` (sorted by name) that a version table with these rows belongs to, unless somebody
/// has bound it to another: the one that knows most of its rows, `default` before others of as many; where
/// none knows a row, the only one there is, else `default`. Null where that is not there.
EnvironmentPtr environment_for(const std::vector<EnvironmentPtr> &environments,
                               const std::vector<std::optional<std::string>> &rows);

}  // namespace migfix::core
