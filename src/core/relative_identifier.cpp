// Relative identifiers: +1, -1, rev+2, label@+1, head-1 and the like.
#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/identifier.hpp"
#include "core/sql_text.hpp"
#include "core/utf8.hpp"

namespace migfix::core {

namespace {

constexpr std::int64_t kFar = 1'000'000'000;

[[noreturn]] void did_not_produce(const RelativeIdentifier &relative, std::string detail = {}) {
  throw Error(kInvalidParameterValue,
              fmt::format("Relative revision {} didn't produce {} migrations", relative.number,
                          relative.number.substr(1)),
              std::move(detail));
}

[[noreturn]] void walked_too_far(std::string_view text) {
  throw Error(kInvalidParameterValue, "Walked too far",
              fmt::format("There are not as many revisions as {} says.", in_quotes(clipped(text))));
}

}  // namespace

std::optional<RelativeIdentifier> parse_relative(std::string_view text) {
  const std::size_t sign = text.find_last_of("+-");
  if (sign == std::string_view::npos || sign + 1 == text.size()) return std::nullopt;
  RelativeIdentifier result;
  std::int64_t number = 0;
  for (const char c : text.substr(sign + 1)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = std::min<std::int64_t>(kFar, number * 10 + (c - '0'));
  }
  result.distance = text[sign] == '-' ? -number : number;
  // Leading zeros go, as in Python's %d.
  const std::size_t digits = std::min(text.find_first_not_of('0', sign + 1), text.size() - 1);
  result.number = text[sign] + std::string(text.substr(digits));
  std::string_view before = text.substr(0, sign);
  const std::size_t at = before.rfind('@');
  if (at != std::string_view::npos) {
    if (at > 0) result.label = before.substr(0, at);
    before.remove_prefix(at + 1);
  }
  if (before.find_first_of("+-") != std::string_view::npos) return std::nullopt;
  if (!before.empty()) result.symbol = before;
  return result;
}

WalkEnd walk(const RevisionGraph &graph, std::optional<Node> start, std::int64_t steps,
             std::optional<std::string_view> label) {
  std::optional<NodeSet> lineage;
  if (label) {
    const Identifiers identifiers(graph);
    std::vector<Node> all(graph.size());
    for (Node node = 0; node < graph.size(); ++node) all[node] = node;
    lineage.emplace(graph.size());
    for (const Node node : identifiers.on_branch(all, *label)) lineage->insert(node);
  }
  bool is_base = !start;
  Node node = start.value_or(0);
  std::optional<Node> last = start;
  const bool up = steps > 0;
  for (std::int64_t step = 0; step < (up ? steps : -steps); ++step) {
    std::vector<Node> next;
    if (up) {
      if (is_base) {
        next = graph.bases();
      } else {
        const auto children = graph.children(node, Relation::kDown);
        next.assign(children.begin(), children.end());
      }
      if (lineage) std::erase_if(next, [&](Node child) { return !lineage->contains(child); });
      if (next.empty()) return {WalkEnd::Kind::kTooFar, 0, last};
    } else {
      if (is_base) return {WalkEnd::Kind::kTooFar, 0, last};
      const auto parents = graph.parents(node, Relation::kDown);
      next.assign(parents.begin(), parents.end());
      if (next.empty()) {
        is_base = true;
        continue;
      }
    }
    if (next.size() > 1) {
      std::vector<std::string> ways;
      for (const Node way : next) ways.push_back(in_quotes(clipped(graph.id(way))));
      throw Error(kInvalidParameterValue, "Ambiguous walk",
                  is_base ? fmt::format("From base it could go on to {}.", list_of(ways))
                          : fmt::format("From {} it could go on to {}.", in_quotes(clipped(graph.id(node))),
                                        list_of(ways)));
    }
    node = next.front();
    is_base = false;
    last = node;
  }
  if (is_base) return {WalkEnd::Kind::kBase, 0, last};
  return {WalkEnd::Kind::kRevision, node, last};
}

namespace {

// One relative identifier against the recorded rows; the state of RevisionMap._parse_upgrade_target and
// _parse_downgrade_target.
class Relative {
 public:
  Relative(const RevisionGraph &graph, const std::vector<Node> &rows, std::string_view text,
           const RelativeIdentifier &relative)
      : graph_(graph), rows_(rows), text_(text), relative_(relative), identifiers_(graph, {true, {}}) {}

  Destination resolve() const {
    if (relative_.symbol) return from_symbol();
    return relative_.distance > 0 ? up_from_rows() : down_from_rows();
  }

 private:
  Destination reached(const WalkEnd &end) const {
    if (end.kind == WalkEnd::Kind::kRevision) return {std::string(text_), {end.node}, std::nullopt};
    // Base of the branch that was walked down, whose other rows are not meant.
    return {std::string(text_), {}, end.last_node};
  }

  Destination from_symbol() const {
    const bool up = relative_.distance > 0;
    const std::string start_text =
        !up && relative_.label ? *relative_.label + "@" + *relative_.symbol : *relative_.symbol;
    const WalkEnd end =
        walk(graph_, identifiers_.revision(start_text), relative_.distance,
             up && relative_.label ? std::optional<std::string_view>(*relative_.label) : std::nullopt);
    if (end.kind == WalkEnd::Kind::kTooFar) walked_too_far(text_);
    return reached(end);
  }

  Destination up_from_rows() const {
    std::vector<Node> starts = rows_;
    std::optional<std::string_view> label;
    if (relative_.label) {
      label = *relative_.label;
      starts = identifiers_.on_branch(rows_, *label);
      if (starts.empty() && !rows_.empty()) starts = tips_below_rows(*label, false);
    }
    if (starts.size() > 1) {
      std::vector<std::string> names;
      for (const Node node : starts) names.push_back(in_quotes(clipped(graph_.id(node))));
      throw Error(kInvalidParameterValue, "Ambiguous upgrade from multiple current revisions",
                  fmt::format("It could start from {}.", list_of(names)),
                  "Name the branch (label@+1) or the revision (rev+1).");
    }
    const WalkEnd end = walk(graph_, starts.empty() ? std::nullopt : std::optional(starts.front()),
                             relative_.distance, label);
    if (end.kind != WalkEnd::Kind::kRevision) did_not_produce(relative_);
    return reached(end);
  }

  Destination down_from_rows() const {
    if (relative_.distance == 0) did_not_produce(relative_);
    std::vector<Node> starts = rows_;
    if (relative_.label) {
      starts = identifiers_.on_branch(rows_, *relative_.label);
      if (starts.empty()) starts = tips_below_rows(*relative_.label, true);
    }
    if (starts.empty())
      did_not_produce(relative_, relative_.label ? "No revision of that branch is recorded."
                                                 : "No revision is recorded.");
    if (starts.size() > 1) {
      std::vector<std::string> names;
      for (const Node node : starts) names.push_back(in_quotes(clipped(graph_.id(node))));
      // Alembic takes the first row, and warns that it will not do so for ever.
      throw Error(kInvalidParameterValue,
                  fmt::format("{} from multiple heads is ambiguous", in_quotes(clipped(text_))),
                  fmt::format("It could start from {}.", list_of(names)),
                  "Name the branch (label@-1) or the revision (rev-1).");
    }
    if (relative_.label) identifiers_.named(graph_.id(starts.front()), *relative_.label);
    const WalkEnd end = walk(graph_, starts.front(), relative_.distance, std::nullopt);
    if (end.kind == WalkEnd::Kind::kTooFar) did_not_produce(relative_);
    return reached(end);
  }

  // The rows imply a part of the branch although none of them is on it: where that part ends. Alembic
  // counts ends along down_revision alone when it goes down (_get_all_current), else along both.
  std::vector<Node> tips_below_rows(std::string_view label, bool going_down) const {
    const NodeSet active = graph_.ancestors(rows_, Relation::kAll);
    std::vector<Node> candidates = active.nodes();
    if (going_down) {
      std::erase_if(candidates, [&](Node node) {
        const auto above = graph_.children(node, Relation::kDown);
        return std::any_of(above.begin(), above.end(), [&](Node child) { return active.contains(child); });
      });
      return identifiers_.on_branch(candidates, label);
    }
    const std::vector<Node> on_branch = identifiers_.on_branch(candidates, label);
    NodeSet below(graph_.size());
    for (const Node node : on_branch)
      for (const Node parent : graph_.immediate_parents(node)) below.insert(parent);
    std::vector<Node> tips;
    for (const Node node : on_branch)
      if (!below.contains(node)) tips.push_back(node);
    return tips;
  }

  const RevisionGraph &graph_;
  const std::vector<Node> &rows_;
  std::string_view text_;
  const RelativeIdentifier &relative_;
  Identifiers identifiers_;
};

}  // namespace

Destination resolve_destination(const RevisionGraph &graph, const std::vector<Node> &rows,
                                std::string_view text) {
  const Identifiers identifiers(graph, {true, {}});
  if (graph.empty() && !text.ends_with("base"))
    throw Error(kObjectNotInPrerequisiteState, "no revision is loaded",
                "Without the graph of revisions no identifier has a meaning.",
                "Load the revisions with migfix_load_sql or migfix_load_scripts.");
  if (!graph.find_name(text))
    if (const auto relative = parse_relative(text)) return Relative(graph, rows, text, *relative).resolve();
  Destination result{std::string(text), identifiers.revisions(text), std::nullopt};
  const std::size_t at = text.find('@');
  if (result.revisions.empty() && at != std::string_view::npos && at > 0)
    result.branch = identifiers.branch(text.substr(0, at));
  return result;
}

}  // namespace migfix::core
