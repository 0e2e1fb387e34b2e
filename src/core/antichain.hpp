// The rows of one version table judged with the graph.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

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
  /// `alembic upgrade` starts from these rows: known ids, each once, none above another. True of no rows at
  /// all.
  bool is_sound() const noexcept {
    return is_antichain() && unknown.empty() && misspelt.empty() && surplus.empty();
  }
};

/// One pass over the graph for the verdict, one more for each ancestor that is named, so that even a table
/// with as many rows as there are revisions is judged quickly. `most_overlaps`: how many to name.
RowsJudgement judge_rows(const RevisionGraph &graph, const std::vector<std::optional<std::string>> &rows,
                         std::size_t most_overlaps = 100);

/// What `alembic upgrade` says to rows that overlap, "Requested revision a overlaps with other requested
/// revisions b" (RevisionMap._iterate_related_revisions: of the first row in physical order that is above
/// another); empty where the rows are an antichain.
std::string alembic_overlap(const RevisionGraph &graph, const RowsJudgement &judgement);

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

/// The same on branches that have been begun: up to the real heads above an applied revision. A lineage of
/// which nothing is applied may be left out on purpose.
Behind behind_begun(const RevisionGraph &graph, const NodeSet &applied);

/// The same for one row alone: up to the real heads above it.
Behind behind_heads_of(const RevisionGraph &graph, const NodeSet &applied, Node row);

/// Revisions whose id is longer than `width` characters, in the order in which they were loaded.
std::vector<Node> ids_longer_than(const RevisionGraph &graph, std::size_t width);

}  // namespace migfix::core
