// Which version change the DDL of a transaction belongs to, where several follow each other.
#pragma once

#include <optional>
#include <string>

#include "core/log_entry.hpp"
#include "core/revision_graph.hpp"

namespace migfix::core {

struct VersionChange {
  Operation operation = Operation::kInsert;
  std::optional<std::string> old_version;
  std::optional<std::string> new_version;
};

/// `next` follows `change` in the same transaction and version table, and no DDL stands between: are they one
/// step of Alembic, so that the DDL before them belongs to `next`? A step to a merge, or to a revision with
/// dependencies, first deletes the rows that it takes in; one back from a merge first inserts the parents but
/// one (alembic.runtime.migration.HeadMaintainer). `graph`: null where none is loaded; then a row that is
/// deleted is taken for one that is merged.
bool is_one_step(const VersionChange &change, const VersionChange &next, const RevisionGraph *graph);

}  // namespace migfix::core
