// What a stamp does to the rows of a version table.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/revision_graph.hpp"

namespace migfix::core {

enum class RowOperation {
  kInsert,
  kUpdate,
  kDelete,        // every row of that version: more than one where the table has no key
  kDeleteCopies,  // every row of that version but one
};

/// "insert", "update", "delete", "delete"
const char *row_operation_name(RowOperation operation);

/// One change, to be made in the order given: no version stands twice in between.
struct StampStep {
  RowOperation operation = RowOperation::kInsert;
  std::optional<std::string> old_version;  // of kDelete: nothing means the rows that hold NULL
  std::optional<std::string> new_version;  // of kInsert and kUpdate
  std::string reason;                      // where the step mends something: a clause, else empty

  bool operator==(const StampStep &) const = default;
};

struct StampPlan {
  std::vector<StampStep> steps;           // empty: nothing to do
  std::vector<std::string> rows_after;  // kept rows in their order, then new ones
};

/// Alembic's `stamp` (ScriptDirectory._stamp_revs, StampStep, HeadMaintainer.update_to_step): for one
/// destination and rows that are an antichain, the same steps in the same order: rows that share lineage
/// with the destination become it (all but the last are deleted, the last is updated), or it is inserted
/// where there are none; base deletes all rows, label@base those that share lineage with the label. Where
/// Alembic is wrong this is right: several destinations keep every branch, destinations that overlap are
/// refused, rows that overlap after all are reduced to the maximal ones, and rows that hold a prefix, a
/// label, a copy or NULL are put in order (doc/deviations.md).
///
/// `rows` in the table's order. `destinations`: identifiers as people type them, relative ones included.
/// `purge`: forget the rows first, whatever they hold.
/// Throws 22023 (no destination, destinations that overlap), 55000 (a row that no revision is known for,
/// without `purge`), and what resolve_destination throws.
StampPlan plan_stamp(const RevisionGraph &graph, const std::vector<std::optional<std::string>> &rows,
                     const std::vector<std::string> &destinations, bool purge);

}  // namespace migfix::core
