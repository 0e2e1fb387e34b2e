// The revision graph drawn: for a terminal, for Graphviz, for Mermaid.
#pragma once

#include <string>
#include <vector>

#include "core/revision_graph.hpp"

namespace migfix::core {

/// Where a version table stands.
struct StandingTable {
  std::string name;         // as SQL writes it
  std::vector<Node> nodes;  // what its rows stand for
};

/// One string a line, without line ends, newest first, branches and merges drawn as `git log --graph` does.
/// A revision's line: its id, its labels and (head), (branchpoint), (mergepoint) as `alembic history` writes
/// them, the revisions it depends on, its message, and `<- table, ...` for the first few tables that stand
/// there. A line without a revision keeps a base apart from what is listed below it and does not follow it.
/// Throws 54000 where more than 100 branches would run side by side.
std::vector<std::string> draw_text(const RevisionGraph &graph, const std::vector<StandingTable> &tables);

/// A directed graph for `dot`: newest on top, an edge from each parent, a dashed one from each dependency, a
/// dotted one from each version table; tables that stand at the same revisions are one box. Text in UTF-8.
std::vector<std::string> draw_dot(const RevisionGraph &graph, const std::vector<StandingTable> &tables);

/// The same as a Mermaid flowchart. A label with several lines is as many strings.
std::vector<std::string> draw_mermaid(const RevisionGraph &graph, const std::vector<StandingTable> &tables);

}  // namespace migfix::core
