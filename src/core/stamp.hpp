// What `alembic stamp` would leave in a version table, as far as that can be known without the graph.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/revision_graph.hpp"
#include "core/row_step.hpp"

namespace migfix::core {

struct StampRequest {
  std::string version_table;  // as SQL writes it
  std::vector<std::optional<std::string>> revisions;  // as given; each once counts
  bool purge = false;  // take every row out first, as `alembic stamp --purge` does
  bool force = false;  // record the revisions beside rows whose relation to them is not known
  bool has_reason = false;
  std::optional<int> column_width;  // characters that version_num holds; nothing: unlimited
};

/// Throws 22001 where the column does not hold the id.
void require_fits(const std::string &id, const StampRequest &request);

/// The revisions to record: exact ids, each once, in the order given; none for `base`. Throws core::Error:
/// 22004 for NULL, 22023 for an empty list, for what can never be a revision's id, and for `base` beside
/// others, 22001 for an id that the column does not hold.
std::vector<std::string> stamp_targets(const StampRequest &request);

/// The rows after the stamp. Alembic replaces the rows of the revision's own lineage and keeps the others
/// (ScriptDirectory._stamp_revs); which is which, only the graph knows. So a table that holds other rows
/// is refused (55000) unless purge or force says what is meant. `functions` is the prefix of the call that
/// the hint gives.
Rows rows_after_stamp(const Rows &before, const StampRequest &request, const std::string &functions);

/// The same where the graph is known: every identifier that people type, and Alembic's rule (plan_stamp). Under
/// force also rows and exact ids that the graph does not have: such rows stay, such ids are recorded beside.
/// Throws what plan_stamp throws, and what stamp_targets throws for NULL and for ids that are too long.
Rows rows_after_stamp(const RevisionGraph &graph, const Rows &before, const StampRequest &request);

/// The changes that make `after` of `before`. A purge for which a reason was given replaces the rows even where the
/// same come back, so that the log has it: somebody vouches for them.
std::vector<RowStep> steps_of_stamp(const Rows &before, const Rows &after, const StampRequest &request);

}  // namespace migfix::core
