// The rows of one version table judged with the graph.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/revision_graph.hpp"
#include "core/row_reading.hpp"

namespace migfix::core {

/// A legal state is an antichain: no row is an ancestor of another, along down_revision and depends_on.
/// From any other `alembic upgrade` does not start.
struct RowsJudgement {
  /// A row and another that is above it, as indexes of `rows`.
  struct Overlap {
    std::size_t ancestor;
    std::size_t descendant;
  };

  std::vector<RowReading> rows;       // in the table's order
  std::vector<Overlap> overlaps;      // ordered by ancestor, then descendant
  bool more_overlaps = false;         // there are more than were asked for
  std::vector<Node> maximal;          // what the rows come to: those above which there is no other
  std::vector<std::string> surplus;   // rows that say nothing that another does not: ancestors and copies
  std::vector<std::size_t> unknown;   // indexes of kUnknown and kWord rows
  std::vector<std::size_t> misspelt;  // indexes of kPrefix and kLabel rows

  bool is_antichain() const noexcept { return overlaps.empty(); }
};

/// One pass over the graph for the verdict, one more for each ancestor that is named, so that even a table
/// with as many rows as there are revisions is judged quickly. `most_overlaps`: how many to name.
RowsJudgement judge_rows(const RevisionGraph &graph, const std::vector<std::optional<std::string>> &rows,
                         std::size_t most_overlaps = 100);

/// The verdict of the guard at the end of a transaction: an error (23514) that names the first overlap as
/// Alembic's own "Requested revision a overlaps with other requested revisions b" would, or nothing where
/// the rows are an antichain. `version_table` as SQL writes it.
std::optional<Error> overlap_error(const RevisionGraph &graph, const RowsJudgement &judgement,
                                   const std::string &version_table);

/// The revisions that `rows` stand for, rows that stand for none left out.
std::vector<Node> recorded(const RowsJudgement &judgement);

/// All revisions that are applied if the records are right: `rows` and what is below them.
NodeSet applied(const RevisionGraph &graph, const std::vector<Node> &rows);

/// How far a table is behind.
struct Behind {
  std::size_t revisions = 0;  // that `alembic upgrade heads` would run
  std::vector<Node> heads;    // real heads that are not applied
};
Behind behind_heads(const RevisionGraph &graph, const NodeSet &applied);

/// The same for one row alone: up to the real heads above it.
Behind behind_heads_of(const RevisionGraph &graph, const NodeSet &applied, Node row);

/// Revisions that the rows imply but that were never applied here: put in below a recorded revision after
/// it was recorded, so that Alembic passes over them in silence. `ever_applied`: ids of all revisions that
/// were applied here once, whether or not the graph still has them. Parents first.
std::vector<Node> never_applied(const RevisionGraph &graph, const NodeSet &applied,
                                const std::unordered_set<std::string> &ever_applied);

/// Revisions whose id is longer than `width` characters, in the order in which they were loaded.
std::vector<Node> ids_longer_than(const RevisionGraph &graph, std::size_t width);

}  // namespace migfix::core
