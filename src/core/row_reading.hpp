// A version row as Alembic reads it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/revision_graph.hpp"

namespace migfix::core {

enum class RowKind {
  kRevision,  // a known id
  kPrefix,    // the beginning of exactly one known id
  kLabel,     // a branch label, or the beginning of exactly one
  kWord,      // never a revision: head, base, a blank, label@target, ... (core/version_id.hpp)
  kUnknown,   // neither known nor the beginning of exactly one name
  kNull,
};

/// "revision", "prefix", "label", "word", "unknown", "null".
const char *row_kind_name(RowKind kind);

struct RowReading {
  std::string text;  // empty where kind is kNull
  RowKind kind = RowKind::kUnknown;
  std::optional<Node> node;  // what the row stands for: of kRevision, kPrefix and kLabel
};

/// One row; Alembic resolves rows with the grammar of its command line
/// (RevisionMap.get_revisions),
/// so a prefix or a label passes there, and the row is left behind when the next migration is recorded.
RowReading read_row(const RevisionGraph &graph, const std::optional<std::string> &row);

std::vector<RowReading> read_rows(const RevisionGraph &graph,
                                  const std::vector<std::optional<std::string>> &rows);

}  // namespace migfix::core
