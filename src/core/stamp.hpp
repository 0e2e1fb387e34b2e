// What `alembic stamp` would leave in a version table, as far as that can be known without the graph.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/row_step.hpp"

namespace migfix::core {

struct StampRequest {
  std::string version_table;  // as SQL writes it
  std::vector<std::optional<std::string>> revisions;  // as given; each once counts
  bool purge = false;  // take every row out first, as `alembic stamp --purge` does
  bool force = false;  // record the revisions beside rows whose relation to them is not known
  std::optional<int> column_width;  // characters that version_num holds; nothing: unlimited
};

/// The revisions to record: exact ids, each once, in the order given; none for `base`. Throws core::Error:
/// 22004 for NULL, 22023 for an empty list, for what can never be a revision's id, and for `base` beside
/// others, 22001 for an id that the column does not hold.
std::vector<std::string> stamp_targets(const StampRequest &request);

/// The rows after the stamp. Alembic replaces the rows of the revision's own lineage and keeps the others
/// (ScriptDirectory._stamp_revs); which is which, only the graph knows. So a table that holds other rows
/// is refused (55000) unless purge or force says what is meant. `functions` is the prefix of the call that
/// the hint gives.
Rows rows_after_stamp(const Rows &before, const StampRequest &request, const std::string &functions);

}  // namespace migfix::core
