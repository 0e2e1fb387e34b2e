// Graphs that several tests use.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "core/revision_graph.hpp"

namespace migfix::core::test {

inline std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> result;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t to = std::min(text.find(' ', from), text.size());
    if (to > from) result.emplace_back(text.substr(from, to - from));
    from = to + 1;
  }
  return result;
}

/// {"m", "a b", "dependencies", "labels"}: lists with blanks between.
struct Line {
  std::string_view revision;
  std::string_view down_revision = {};
  std::string_view depends_on = {};
  std::string_view branch_labels = {};
};

inline std::vector<Revision> revisions(std::initializer_list<Line> lines) {
  std::vector<Revision> result;
  for (const Line &line : lines)
    result.push_back({std::string(line.revision), words(line.down_revision), words(line.depends_on),
                      words(line.branch_labels), ""});
  return result;
}

inline RevisionGraph graph(std::initializer_list<Line> lines) {
  return RevisionGraph(revisions(lines));
}

/// 001 <- a, 001 <- b, m(a, b) <- h
inline RevisionGraph diamond() {
  return graph({{"001"}, {"a", "001"}, {"b", "001"}, {"m", "a b"}, {"h", "m"}});
}

/// The graph of the tables of identifiers: a line that branches in two labelled ones, another base with a
/// label, and a third that depends on it.
inline RevisionGraph grammar() {
  return graph({{"aaaa0001"},
                {"aaaa0002", "aaaa0001"},
                {"aaaa0003", "aaaa0002", "", "left"},
                {"bbbb0003", "aaaa0002", "", "right"},
                {"cccc0001", "", "", "lib"},
                {"cccc0002", "cccc0001"},
                {"dddd0001", "", "cccc0001", "dep"}});
}

inline RevisionGraph chain(std::size_t length) {
  std::vector<Revision> result;
  for (std::size_t i = 0; i < length; ++i) {
    result.push_back({"r" + std::to_string(i), {}, {}, {}, ""});
    if (i > 0) result.back().down_revision.push_back("r" + std::to_string(i - 1));
  }
  return RevisionGraph(std::move(result));
}

/// Ids with blanks between.
inline std::string text(const RevisionGraph &graph, const std::vector<Node> &nodes) {
  std::string result;
  for (const Node node : nodes) result += (result.empty() ? "" : " ") + graph.id(node);
  return result;
}

inline std::vector<Node> nodes(const RevisionGraph &graph, std::string_view ids) {
  std::vector<Node> result;
  for (const std::string &id : words(ids)) result.push_back(graph.find(id).value());
  return result;
}

}  // namespace migfix::core::test
