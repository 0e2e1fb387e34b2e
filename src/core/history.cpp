#include "core/history.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/identifier.hpp"
#include "core/joined.hpp"
#include "core/revision_order.hpp"
#include "core/sql_text.hpp"
#include "core/utf8.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kLabelsTried = 100;

std::string_view stripped(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\f\v";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::vector<Node> unique_in_order(const RevisionGraph &graph, const std::vector<Node> &nodes) {
  NodeSet seen(graph.size());
  std::vector<Node> result;
  for (const Node node : nodes)
    if (seen.insert(node)) result.push_back(node);
  return result;
}

// No two of the revisions at one end may be related.
void refuse_overlap(const RevisionGraph &graph, const std::vector<Node> &nodes) {
  if (graph.maximal(nodes).size() == nodes.size()) return;
  for (const Node node : nodes) {
    const Node start[] = {node};
    const NodeSet below = graph.ancestors(start, Relation::kAll);
    std::vector<std::string> others;
    for (const Node other : nodes)
      if (other != node && below.contains(other)) others.push_back(clipped(graph.id(other)));
    if (others.empty()) continue;
    throw Error(kInvalidParameterValue,
                fmt::format("Requested revision {} overlaps with other requested revisions {}",
                            clipped(graph.id(node)), joined(others, ", ")));
  }
}

[[noreturn]] void did_not_produce(const RelativeIdentifier &relative) {
  throw Error(kInvalidParameterValue, fmt::format("Relative revision {} didn't produce {} migrations",
                                                  relative.number, relative.number.substr(1)));
}

class Range {
 public:
  Range(const RevisionGraph &graph, const std::vector<Node> &rows, std::string_view lower,
        std::string_view upper)
      : graph_(graph),
        rows_(unique_in_order(graph, rows)),
        lower_(lower.empty() ? "base" : lower),
        upper_(upper.empty() ? "heads" : upper),
        identifiers_(graph, {false, std::string(upper_ == "current" ? lower_ : upper_)}) {}

  std::vector<Node> revisions() const {
    std::vector<Node> targets = unique_in_order(graph_, upper_end());
    if (const auto branch = branch_of_lower_end())
      std::erase_if(targets, [&](Node node) { return !branch->contains(node); });
    refuse_overlap(graph_, targets);
    NodeSet wanted = graph_.ancestors(targets, Relation::kAll);

    const std::vector<Node> starts = unique_in_order(graph_, lower_end());
    for (const Node node : starts)
      if (!wanted.contains(node))
        throw Error(kInvalidParameterValue,
                    fmt::format("Requested range {}:{} does not refer to ancestor/descendant revisions "
                                "along the same branch",
                                clipped(lower_), clipped(upper_)),
                    fmt::format("{} is not below the upper end.", in_quotes(clipped(graph_.id(node)))));
    refuse_overlap(graph_, starts);
    if (!starts.empty()) {
      // Above the lower end only: the dependencies of those in between are not in the range.
      wanted -= graph_.ancestors(starts, Relation::kAll);
      for (const Node node : starts) wanted.insert(node);
      wanted &= graph_.descendants(starts, Relation::kDown);
    }
    return newest_first(graph_, wanted, targets);
  }

 private:
  std::vector<Node> upper_end() const {
    if (upper_ == "current") return rows_;
    const auto relative = graph_.find_name(upper_) ? std::nullopt : parse_relative(upper_);
    if (!relative) return identifiers_.revisions(upper_);
    const bool up = relative->distance > 0;
    const bool has_label = relative->label.has_value();
    std::optional<Node> start;
    if (relative->symbol) {
      start = identifiers_.revision(!up && has_label ? *relative->label + "@" + *relative->symbol
                                                     : *relative->symbol);
    } else if (up) {
      start = start_of_steps(has_label ? std::optional<std::string_view>(*relative->label) : std::nullopt);
    } else {
      did_not_produce(*relative);
    }
    const WalkEnd end =
        walk(graph_, start, relative->distance,
             up && has_label ? std::optional<std::string_view>(*relative->label) : std::nullopt);
    // A walk past the end stops there, as in Alembic; one down to base leaves nothing to list.
    if (end.kind == WalkEnd::Kind::kTooFar && up) {
      if (!end.last_node) did_not_produce(*relative);
      return {*end.last_node};
    }
    if (end.kind == WalkEnd::Kind::kRevision) return {end.node};
    return {};
  }

  // Where +N starts from: the lower end, which must be one revision on the branch.
  std::optional<Node> start_of_steps(std::optional<std::string_view> label) const {
    if (!label && lower_ != "current" && !parse_relative(lower_)) return identifiers_.revision(lower_);
    std::vector<Node> starts = unique_in_order(graph_, lower_end());
    if (label && !starts.empty()) {
      const std::vector<Node> on_branch = identifiers_.on_branch(starts, *label);
      if (on_branch.empty()) {
        std::vector<Node> implied = graph_.ancestors(starts, Relation::kAll).nodes();
        starts = graph_.maximal(identifiers_.on_branch(implied, *label));
      } else {
        starts = on_branch;
      }
    }
    if (starts.size() > 1)
      throw Error(kInvalidParameterValue, "Ambiguous upgrade from multiple current revisions");
    return starts.empty() ? std::nullopt : std::optional(starts.front());
  }

  // Empty: base.
  std::vector<Node> lower_end() const {
    if (lower_ == "current") return rows_;
    const std::size_t at = lower_.find('@');
    const std::string_view rest = at == std::string_view::npos ? lower_ : lower_.substr(at + 1);
    const auto steps = rest.starts_with('-') ? parse_relative(rest) : std::nullopt;
    if (!steps || graph_.find_name(lower_)) return identifiers_.revisions(lower_);
    // -N counts down from every head (of the branch), and stops at base.
    std::vector<Node> heads = graph_.real_heads();
    if (at != std::string_view::npos && at > 0) {
      const NodeSet branch = graph_.branch(lower_.substr(0, at));
      std::erase_if(heads, [&](Node node) { return !branch.contains(node); });
    }
    std::vector<Node> result;
    for (const Node head : heads) {
      const WalkEnd end = walk(graph_, head, steps->distance, std::nullopt);
      if (end.kind == WalkEnd::Kind::kTooFar && head == heads.front())
        return below_upper_end(steps->distance);
      if (end.kind != WalkEnd::Kind::kRevision) return {};
      result.push_back(end.node);
    }
    return result;
  }

  // `label@...` as the lower end keeps of the upper end what belongs to that branch.
  // Where there are not so many revisions below the heads, Alembic counts from the upper end: of `current`,
  // from the first row.
  std::vector<Node> below_upper_end(std::int64_t distance) const {
    if (upper_ == "heads" || (!graph_.find_name(upper_) && parse_relative(upper_))) return {};
    const std::vector<Node> upper = upper_end();
    if (upper.empty() || (upper.size() > 1 && upper_ != "current")) return {};
    const WalkEnd end = walk(graph_, upper.front(), distance, std::nullopt);
    return end.kind == WalkEnd::Kind::kRevision ? std::vector<Node>{end.node} : std::vector<Node>{};
  }

  std::optional<NodeSet> branch_of_lower_end() const {
    const std::size_t at = lower_.find('@');
    if (at == std::string_view::npos || at == 0) return std::nullopt;
    const std::string_view name = lower_.substr(0, at);
    const auto node = identifiers_.revision(name);
    if (!node) return std::nullopt;
    if (graph_.find_label(name)) return graph_.branch(name);
    // An id used as a label stands for the branch that the revision is in.
    const Node start[] = {*node};
    NodeSet lineage = graph_.lineage(start, Relation::kDown);
    std::size_t tried = 0;
    for (const auto &known : graph_.names()) {
      if (!known.is_label || !lineage.contains(known.node)) continue;
      NodeSet branch = graph_.branch(known.text);
      if (branch.contains(*node)) return branch;
      if (++tried == kLabelsTried) break;
    }
    return lineage;
  }

  const RevisionGraph &graph_;
  const std::vector<Node> rows_;
  const std::string_view lower_;
  const std::string_view upper_;
  const Identifiers identifiers_;
};

}  // namespace

std::vector<Node> history(const RevisionGraph &graph, const std::vector<Node> &rows, std::string_view range) {
  const std::string_view text = stripped(range);
  if (text.empty()) return Range(graph, rows, {}, {}).revisions();
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos)
    throw Error(kInvalidParameterValue, "History range requires [start]:[end], [start]:, or :[end]");
  const std::string_view upper = text.substr(colon + 1);
  // Nothing is recorded, so nothing leads up to it.
  if (upper == "current" && rows.empty()) return {};
  return Range(graph, rows, text.substr(0, colon), upper).revisions();
}

}  // namespace migfix::core
