#include "core/identifier.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/nearest.hpp"
#include "core/sql_text.hpp"
#include "core/utf8.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kNamesShown = 5;

std::vector<std::string> quoted(const std::vector<RevisionGraph::Name> &names) {
  std::vector<std::string> result;
  for (const auto &name : names) {
    if (result.size() > kNamesShown) break;
    result.push_back(in_quotes(clipped(name.text)));
  }
  return result;
}

std::vector<std::string> quoted(const RevisionGraph &graph, const std::vector<Node> &nodes) {
  std::vector<std::string> result;
  for (const Node node : nodes) result.push_back(in_quotes(clipped(graph.id(node))));
  return result;
}

}  // namespace

Identifiers::Parts Identifiers::split(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return {std::nullopt, text};
  // An empty label is none, as in Alembic: "@head" is "head".
  const std::string_view label = text.substr(0, at);
  return {label.empty() ? std::nullopt : std::optional(label), text.substr(at + 1)};
}

void Identifiers::cannot_locate(std::string_view name, std::string detail) const {
  throw Error(kUndefinedObject, fmt::format("Can't locate revision identified by '{}'", clipped(name)),
              std::move(detail), did_you_mean(nearest_names(graph_, name, true)));
}

void Identifiers::several_heads(const std::vector<Node> &heads, std::string_view argument) const {
  const std::string detail = fmt::format("The heads are {}.", list_of(quoted(graph_, heads), 10));
  if (wording_.is_stamp)
    throw Error(kInvalidParameterValue, "Multiple heads are present; please specify a single target revision",
                detail, "Name one of them, or \"heads\" for all of them.");
  const std::string shown = clipped(wording_.argument.empty() ? argument : wording_.argument);
  throw Error(kInvalidParameterValue,
              fmt::format("Multiple head revisions are present for given argument '{0}'; please specify a "
                          "specific target revision, '<branchname>@{0}' to narrow to a specific head, or "
                          "'heads' for all heads",
                          shown),
              detail);
}

Node Identifiers::branch(std::string_view name) const {
  if (const auto node = graph_.find_name(name)) return *node;
  return named(name);
}

Node Identifiers::named(std::string_view name, std::optional<std::string_view> branch_name) const {
  const std::optional<Node> branch_node = branch_name ? std::optional(branch(*branch_name)) : std::nullopt;
  std::optional<Node> node = graph_.find_name(name);
  if (!node) {
    if (name.empty()) cannot_locate(name, "An identifier cannot be empty.");
    std::vector<RevisionGraph::Name> like = graph_.names_like(name);
    if (branch_node) {
      const Node against[] = {*branch_node};
      const NodeSet lineage = graph_.lineage(against, Relation::kDown);
      std::erase_if(like, [&](const RevisionGraph::Name &found) { return !lineage.contains(found.node); });
    }
    if (like.empty())
      cannot_locate(name, fmt::format("No such revision or branch {}{}.", in_quotes(clipped(name)),
                                      character_count(name) < 4
                                          ? "; please ensure at least four characters are present for "
                                            "partial revision identifier matches"
                                          : ""));
    if (like.size() > 1)
      cannot_locate(name, fmt::format("Multiple revisions start with {}: {}.", in_quotes(clipped(name)),
                                      list_of(quoted(like), kNamesShown)));
    node = like.front().node;
  }
  if (branch_node && !graph_.is_related(*node, *branch_node, Relation::kDown))
    cannot_locate(name, fmt::format("Revision {} is not a member of branch {}.",
                                    in_quotes(clipped(graph_.id(*node))), in_quotes(clipped(*branch_name))));
  return *node;
}

std::vector<Node> Identifiers::on_branch(const std::vector<Node> &nodes, std::string_view against) const {
  const Parts parts = split(against);
  std::vector<Node> shares;
  const bool is_word = parts.rest == "heads" || parts.rest == "head" || parts.rest == "base";
  if (parts.rest == "heads") shares = heads_on(parts.label);
  if (parts.rest == "head")
    if (const auto head = head_on(parts.label)) shares.push_back(*head);
  if (nodes.empty()) return {};
  if (parts.label) shares.push_back(named(*parts.label));
  if (!is_word) shares.push_back(named(parts.rest));
  if (shares.empty()) return nodes;
  const NodeSet lineage = graph_.lineage(shares, Relation::kDown);
  std::vector<Node> result;
  std::copy_if(nodes.begin(), nodes.end(), std::back_inserter(result),
               [&](Node node) { return lineage.contains(node); });
  return result;
}

std::vector<Node> Identifiers::heads_on(std::optional<std::string_view> label) const {
  return label ? on_branch(graph_.heads(), *label) : graph_.real_heads();
}

// Unlike heads_on, counts a head that another revision depends on even without a label
// (RevisionMap.get_current_head).
std::optional<Node> Identifiers::head_on(std::optional<std::string_view> label) const {
  const std::vector<Node> heads = label ? on_branch(graph_.heads(), *label) : graph_.heads();
  if (heads.size() > 1) several_heads(heads, label ? fmt::format("{}@head", *label) : "head");
  return heads.empty() ? std::nullopt : std::optional(heads.front());
}

std::vector<Node> Identifiers::revisions(std::string_view text) const {
  const Parts parts = split(text);
  if (parts.rest == "base") return {};
  if (parts.rest != "heads" && parts.rest != "head") return {named(parts.rest, parts.label)};
  std::vector<Node> found;
  if (parts.rest == "heads") {
    found = heads_on(parts.label);
  } else if (const auto head = head_on(parts.label)) {
    found.push_back(*head);
  }
  if (parts.label)
    for (const Node node : found) named(graph_.id(node), parts.label);
  return found;
}

std::optional<Node> Identifiers::revision(std::string_view text) const {
  const std::vector<Node> found = revisions(text);
  if (found.size() > 1) several_heads(found, text);
  if (const Parts parts = split(text); found.empty() && parts.label) branch(*parts.label);
  return found.empty() ? std::nullopt : std::optional(found.front());
}

}  // namespace migfix::core
