// The guard's verdict on a version table at the end of a transaction, by the graph of revisions.
#pragma once

#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/environment.hpp"
#include "core/error.hpp"
#include "core/guard.hpp"
#include "core/guard_mode.hpp"
#include "core/row_step.hpp"

namespace migfix::core {

/// What a transaction leaves behind.
struct CommitRows {
  std::string version_table;  // as SQL writes it
  GuardMode mode = GuardMode::kEnforce;
  Rows rows;  // now, in the table's order
  std::unordered_set<std::string>
      recorded;           // versions that the transaction wrote: new_version of its log entries
  std::string functions;  // prefix of the calls that hints give: empty, or a schema and a dot
};

struct CommitVerdict {
  std::optional<Error> rejection;
  std::vector<Notice> warnings;
};

/// Under enforce, rows that overlap because of what this transaction wrote are rejected (23514): no `alembic
/// upgrade` starts from them. Under heal the same is a warning, so that the migration goes on. Only exact ids
/// count here: a row that is the beginning of a known id may be a revision newer than the graph.
///
/// Warnings: overlaps that this transaction has only left as they were; unknown revisions, and rows written
/// as a prefix or a label, among what it wrote. Other modes: nothing. Two passes over the graph where there
/// are several rows, none where there is one; and a search for near names where a revision is unknown.
CommitVerdict judge_commit(const Environment &environment, const CommitRows &commit);

}  // namespace migfix::core
