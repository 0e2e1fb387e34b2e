#include "core/graph_drawing.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/revision_order.hpp"
#include "core/sql_text.hpp"
#include "core/utf8.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kMostLanes = 100;
constexpr std::size_t kMessageWidth = 72;
constexpr std::size_t kMostTables = 5;  // named where they stand; a tenant each may have one

// One line of text: the first one, and nothing in it that moves a terminal's cursor.
std::string one_line(std::string_view text) {
  std::string result = clipped(text.substr(0, text.find_first_of("\r\n")), kMessageWidth);
  for (char &c : result)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return result;
}

// The names of the tables that stand at each revision.
using Standing = std::unordered_map<Node, std::vector<std::string>>;

Standing standing_at(const std::vector<StandingTable> &tables) {
  Standing result;
  for (const StandingTable &table : tables)
    for (const Node node : table.nodes) {
      auto &names = result[node];
      if (names.empty() || names.back() != table.name) names.push_back(table.name);
    }
  return result;
}

std::vector<std::string> marks(const RevisionGraph &graph, Node node) {
  std::vector<std::string> result;
  for (const std::string &label : graph.revision(node).branch_labels) result.push_back(one_line(label));
  if (graph.is_head(node)) result.emplace_back("head");
  if (graph.is_branch_point(node)) result.emplace_back("branchpoint");
  if (graph.is_merge_point(node)) result.emplace_back("mergepoint");
  return result;
}

NodeSet everything(const RevisionGraph &graph) {
  NodeSet all(graph.size());
  for (Node node = 0; node < graph.size(); ++node) all.insert(node);
  return all;
}

// Lanes side by side, each on its way to the revision that it will meet next; no two to the same one
// outlive a line.
class Lanes {
 public:
  explicit Lanes(std::vector<std::string> &lines) : lines_(lines) {}

  // Draws `node` with `text` behind it, then the lines that lead on to `parents`.
  void draw(Node node, std::span<const Node> parents, const std::string &text) {
    const auto found = std::find(lanes_.begin(), lanes_.end(), node);
    const auto at = static_cast<std::size_t>(found - lanes_.begin());
    if (found == lanes_.end()) {
      // Right below a base it would look like its parent.
      if (ended_ == at) put_line(bars(lanes_.size()));
      lanes_.push_back(node);
    }
    ended_ = kNowhere;
    check_width();
    std::string line = bars(lanes_.size());
    line[2 * at] = '*';
    lines_.push_back(line + "  " + text);
    if (parents.empty()) {
      end_lane(at);
      return;
    }
    lanes_[at] = parents.front();
    for (std::size_t i = 1; i < parents.size(); ++i) fork(at + i - 1, parents[i]);
    join_twins();
  }

 private:
  // "| | |"
  static std::string bars(std::size_t count) {
    std::string line;
    for (std::size_t i = 0; i < count; ++i) line += i == 0 ? "|" : " |";
    return line;
  }

  void check_width() const {
    if (lanes_.size() <= kMostLanes) return;
    throw Error(kProgramLimitExceeded, "the graph has too many branches to be drawn as text",
                fmt::format("More than {} branches run side by side.", kMostLanes),
                "Use the format dot or mermaid.");
  }

  void put_line(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    lines_.push_back(std::move(line));
  }

  // Lanes right of `at` move one to the left.
  void end_lane(std::size_t at) {
    lanes_.erase(lanes_.begin() + static_cast<std::ptrdiff_t>(at));
    if (at == lanes_.size()) {
      ended_ = at;
      return;
    }
    std::string line(2 * lanes_.size() + 1, ' ');
    for (std::size_t i = 0; i < at; ++i) line[2 * i] = '|';
    for (std::size_t i = at; i < lanes_.size(); ++i) line[2 * i + 1] = '/';
    put_line(std::move(line));
  }

  // A new lane comes out of the lane `beside`, to its right.
  void fork(std::size_t beside, Node to) {
    std::string line(2 * lanes_.size() + 1, ' ');
    for (std::size_t i = 0; i <= beside; ++i) line[2 * i] = '|';
    for (std::size_t i = beside; i < lanes_.size(); ++i) line[2 * i + 1] = '\\';
    put_line(std::move(line));
    lanes_.insert(lanes_.begin() + static_cast<std::ptrdiff_t>(beside) + 1, to);
    check_width();
  }

  // Two lanes to one revision become one, from the right.
  void join_twins() {
    for (std::size_t right = lanes_.size(); right-- > 1;) {
      const auto twin =
          std::find(lanes_.begin(), lanes_.begin() + static_cast<std::ptrdiff_t>(right), lanes_[right]);
      const auto left = static_cast<std::size_t>(twin - lanes_.begin());
      if (left == right) continue;
      std::string line(2 * lanes_.size(), ' ');
      for (std::size_t i = 0; i < right; ++i) line[2 * i] = '|';
      for (std::size_t i = left; i + 1 < right; ++i) line[2 * i + 1] = '_';
      for (std::size_t i = right; i < lanes_.size(); ++i) line[2 * i - 1] = '/';
      put_line(std::move(line));
      lanes_.erase(lanes_.begin() + static_cast<std::ptrdiff_t>(right));
    }
  }

  static constexpr std::size_t kNowhere = SIZE_MAX;

  std::vector<std::string> &lines_;
  std::vector<Node> lanes_;
  std::size_t ended_ = kNowhere;  // where the last line's revision has ended the last lane
};

}  // namespace

std::vector<std::string> draw_text(const RevisionGraph &graph, const std::vector<StandingTable> &tables) {
  const Standing standing = standing_at(tables);
  std::vector<std::string> lines;
  Lanes lanes(lines);
  for (const Node node : newest_first(graph, everything(graph), graph.real_heads())) {
    std::string text = one_line(graph.id(node));
    for (const std::string &mark : marks(graph, node)) text += fmt::format(" ({})", mark);
    const std::vector<Node> dependencies = graph.dependencies(node);
    for (std::size_t i = 0; i < dependencies.size(); ++i)
      text += fmt::format("{}{}{}", i == 0 ? " (depends on " : ", ", one_line(graph.id(dependencies[i])),
                          i + 1 == dependencies.size() ? ")" : "");
    const std::string message = one_line(graph.revision(node).message);
    if (!message.empty()) text += ", " + message;
    if (const auto found = standing.find(node); found != standing.end())
      text += fmt::format("  <- {}", list_of(found->second, kMostTables));
    lanes.draw(node, graph.parents(node, Relation::kDown), text);
  }
  return lines;
}

namespace {

// Inside a quoted string of the dot language, where Graphviz reads HTML's entities as well.
std::string dot_text(std::string_view text) {
  std::string result;
  for (const char c : one_line(text)) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
    if (c == '&') result += "amp;";
  }
  return result;
}

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c & 0x80) != 0;
}

// Does the character at `i` mean nothing but itself in a Mermaid label? Such a label is read as Markdown,
// with formulas and icons (fa:fa-car) besides.
bool is_plain(std::string_view text, std::size_t i) {
  const char c = text[i];
  const char before = i > 0 ? text[i - 1] : '\0';
  const char after = i + 1 < text.size() ? text[i + 1] : '\0';
  switch (c) {
    case ' ':
    case ',':
    case '/':
    case '\'':
    case '(':
      return true;
    case '-':
      return before != '\0';
    case '_':
      return is_letter_or_digit(before) && is_letter_or_digit(after);
    case ':':
      return after == ' ';
    case '.':
    case ')':
      return before < '0' || before > '9' || is_letter_or_digit(after);
    default:
      return is_letter_or_digit(c);
  }
}

// Inside a quoted Mermaid label: what has a meaning there is written as a numbered entity.
std::string mermaid_text(std::string_view text) {
  const std::string line = one_line(text);
  std::string result;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (is_plain(line, i)) {
      result += line[i];
    } else {
      result += fmt::format("#{};", static_cast<int>(line[i]));
    }
  }
  return result;
}

// Version tables that stand at the same revisions are one box: of a thousand tenants most do.
struct Box {
  std::vector<std::string> names;
  std::vector<Node> nodes;
};

std::vector<Box> boxes_of(const std::vector<StandingTable> &tables) {
  std::vector<Box> boxes;
  std::map<std::vector<Node>, std::size_t> known;
  for (const StandingTable &table : tables) {
    std::vector<Node> nodes = table.nodes;
    std::sort(nodes.begin(), nodes.end());
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
    const auto [found, is_new] = known.emplace(nodes, boxes.size());
    if (is_new) boxes.push_back({{}, std::move(nodes)});
    boxes[found->second].names.push_back(table.name);
  }
  return boxes;
}

// The names in a box, each `written` and with `line_end` between.
std::string box_label(const Box &box, std::string (*written)(std::string_view), std::string_view line_end) {
  std::string label;
  for (std::size_t i = 0; i < box.names.size() && i < kMostTables; ++i) {
    if (i > 0) label += line_end;
    label += written(box.names[i]);
  }
  if (box.names.size() > kMostTables)
    label += fmt::format("{}and {} more", line_end, box.names.size() - kMostTables);
  return label;
}

// Mermaid takes a line end inside a label as it is. A <br/> there would have it undo all entities of that
// label before it looks for Markdown (seen in 11.12).
void put_lines(std::string_view text, std::vector<std::string> &lines) {
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  lines.emplace_back(text);
}

}  // namespace

std::vector<std::string> draw_dot(const RevisionGraph &graph, const std::vector<StandingTable> &tables) {
  std::vector<std::string> lines{"digraph revisions {", "  rankdir=BT;",
                                 "  node [shape=box, fontname=\"monospace\"];"};
  for (Node node = 0; node < graph.size(); ++node) {
    std::string label = dot_text(graph.id(node));
    for (const std::string &mark : marks(graph, node)) label += fmt::format(" ({})", dot_text(mark));
    const std::string message = dot_text(graph.revision(node).message);
    if (!message.empty()) label += "\\n" + message;
    lines.push_back(
        fmt::format("  r{} [label=\"{}\"{}];", node, label, graph.is_head(node) ? ", style=bold" : ""));
  }
  for (Node node = 0; node < graph.size(); ++node) {
    for (const Node parent : graph.parents(node, Relation::kDown))
      lines.push_back(fmt::format("  r{} -> r{};", parent, node));
    for (const Node dependency : graph.dependencies(node))
      lines.push_back(fmt::format("  r{} -> r{} [style=dashed];", dependency, node));
  }
  const std::vector<Box> boxes = boxes_of(tables);
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    lines.push_back(
        fmt::format("  t{} [label=\"{}\", shape=cylinder];", i, box_label(boxes[i], dot_text, "\\n")));
    // The other way round, so that it is drawn right above the revision.
    for (const Node node : boxes[i].nodes)
      lines.push_back(fmt::format("  r{} -> t{} [dir=back, style=dotted];", node, i));
  }
  lines.emplace_back("}");
  return lines;
}

std::vector<std::string> draw_mermaid(const RevisionGraph &graph, const std::vector<StandingTable> &tables) {
  std::vector<std::string> lines{"flowchart BT"};
  for (Node node = 0; node < graph.size(); ++node) {
    std::string label = mermaid_text(graph.id(node));
    for (const std::string &mark : marks(graph, node)) label += fmt::format(" ({})", mermaid_text(mark));
    const std::string message = mermaid_text(graph.revision(node).message);
    if (!message.empty()) label += "\n" + message;
    put_lines(fmt::format("  r{}[\"{}\"]", node, label), lines);
  }
  for (Node node = 0; node < graph.size(); ++node) {
    for (const Node parent : graph.parents(node, Relation::kDown))
      lines.push_back(fmt::format("  r{} --> r{}", parent, node));
    for (const Node dependency : graph.dependencies(node))
      lines.push_back(fmt::format("  r{} -.-> r{}", dependency, node));
  }
  const std::vector<Box> boxes = boxes_of(tables);
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    put_lines(fmt::format("  t{}[(\"{}\")]", i, box_label(boxes[i], mermaid_text, "\n")), lines);
    for (const Node node : boxes[i].nodes) lines.push_back(fmt::format("  t{} -.- r{}", i, node));
  }
  return lines;
}

}  // namespace migfix::core
