// What a change of version rows, seen as it happens, says of the revision that has just run.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/revision_graph.hpp"

namespace migfix::core {

/// Whether `sql` is how Alembic writes a version row (HeadMaintainer in alembic/runtime/migration.py), online
/// or into a script: an INSERT, UPDATE or DELETE of one literal version, the column with its table's name.
bool is_written_by_alembic(std::string_view sql);

struct WatchedStep {
  enum class Kind {
    kUpgrade,    // `revision` has run
    kDowngrade,  // another was taken back
    kUnknown,    // which of the two cannot be told
  };
  Kind kind = Kind::kUnknown;
  Revision revision;
  bool is_placed = false;  // what it follows is told by the rows
};

/// One step of Alembic: `removed`, the rows that made way for `version` (an UPDATE's old one, and those that
/// were deleted just before: a merge, or a dependency); `others`, the rows beside it. `known`: the revisions
/// that are loaded, and those that were seen to run before. Of an upgrade the rows that it starts from are
/// known, or there are none; a downgrade ends below one that is known.
WatchedStep judge_step(const RevisionGraph &known, const std::string &version,
                       const std::vector<std::string> &removed, const std::vector<std::string> &others);

}  // namespace migfix::core
