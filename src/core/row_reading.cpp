#include "core/row_reading.hpp"

#include "core/version_id.hpp"

namespace migfix::core {

const char *row_kind_name(RowKind kind) {
  switch (kind) {
    case RowKind::kRevision:
      return "revision";
    case RowKind::kPrefix:
      return "prefix";
    case RowKind::kLabel:
      return "label";
    case RowKind::kWord:
      return "word";
    case RowKind::kUnknown:
      return "unknown";
    case RowKind::kNull:
      return "null";
  }
  return "unknown";
}

RowReading read_row(const RevisionGraph &graph, const std::optional<std::string> &row) {
  if (!row) return {"", RowKind::kNull, std::nullopt};
  if (const auto node = graph.find(*row)) return {*row, RowKind::kRevision, node};
  if (why_never_a_revision(*row)) return {*row, RowKind::kWord, std::nullopt};
  if (const auto node = graph.find_label(*row)) return {*row, RowKind::kLabel, node};
  const auto like = graph.names_like(*row);
  if (like.size() == 1)
    return {*row, like.front().is_label ? RowKind::kLabel : RowKind::kPrefix, like.front().node};
  return {*row, RowKind::kUnknown, std::nullopt};
}

std::vector<RowReading> read_rows(const RevisionGraph &graph,
                                  const std::vector<std::optional<std::string>> &rows) {
  std::vector<RowReading> result;
  result.reserve(rows.size());
  for (const auto &row : rows) result.push_back(read_row(graph, row));
  return result;
}

}  // namespace migfix::core
