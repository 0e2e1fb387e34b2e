// Any revisions, whatever they follow: building succeeds, and what is said of the graph upwards and downwards
// is the same, by pairs as by sets.
#include <algorithm>
#include <string>
#include <vector>

#include "core/graph_drawing.hpp"
#include "core/identifier.hpp"
#include "fuzz/property.hpp"
#include "fuzz/stamp_property.hpp"

namespace {

using namespace migfix::core;
using migfix::core::fuzz::attempt;
using migfix::core::fuzz::Bytes;
using migfix::core::fuzz::require;

constexpr std::size_t kMostRevisions = 24;

/// Ids and labels out of one set, so that they meet; some can be no revision.
std::string name_of(Bytes &bytes) {
  static const std::vector<std::string> names = {
      "a", "b",     "c",     "d",     "e",     "f",    "g",   "h",      "i",    "j",   "k", "l", "m",   "n",
      "o", "aaaa1", "aaaa2", "aaab1", "label", "left", "lib", "labels", "head", "x@y", "",  "'", "base"};
  return names[bytes.below(names.size())];
}

std::vector<std::string> names_of(Bytes &bytes, std::size_t most) {
  std::vector<std::string> names(bytes.below(most + 1));
  for (std::string &name : names) name = name_of(bytes);
  return names;
}

std::vector<Revision> revisions_of(Bytes &bytes) {
  std::vector<Revision> revisions;
  while (bytes.more() && revisions.size() < kMostRevisions) {
    Revision revision;
    revision.revision = name_of(bytes);
    revision.down_revision = names_of(bytes, 3);
    revision.depends_on = names_of(bytes, 2);
    revision.branch_labels = names_of(bytes, 1);
    revisions.push_back(std::move(revision));
  }
  return revisions;
}

bool has(std::span<const Node> nodes, Node node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

void check_edges(const RevisionGraph &graph, Relation relation) {
  for (Node node = 0; node < graph.size(); ++node) {
    for (const Node parent : graph.parents(node, relation))
      require(has(graph.children(parent, relation), node), "a parent has its child");
    for (const Node child : graph.children(node, relation))
      require(has(graph.parents(child, relation), node), "a child has its parent");
    for (const Node parent : graph.parents(node, Relation::kDown))
      require(has(graph.parents(node, Relation::kAll), parent), "down_revision is among all that is below");
  }
}

void check_far(const RevisionGraph &graph, Relation relation) {
  for (Node low = 0; low < graph.size(); ++low) {
    const NodeSet above = graph.descendants(std::vector<Node>{low}, relation);
    for (Node high = 0; high < graph.size(); ++high) {
      const NodeSet below = graph.ancestors(std::vector<Node>{high}, relation);
      require(above.contains(high) == below.contains(low), "above is the reverse of below");
      require(graph.is_ancestor(low, high, relation) == (low != high && below.contains(low)),
              "pairs and sets agree");
      require(graph.is_related(low, high, relation) == graph.is_related(high, low, relation),
              "to be related is mutual");
    }
  }
}

void check_order(const RevisionGraph &graph) {
  NodeSet seen(graph.size());
  for (const Node node : graph.order()) {
    for (const Node parent : graph.parents(node, Relation::kAll))
      require(seen.contains(parent), "each comes after its parents");
    require(seen.insert(node), "each comes once");
  }
  require(seen.count() == graph.size(), "all come");
  for (const Node head : graph.heads()) require(graph.is_head(head), "a head has nothing above it");
  for (const Node base : graph.bases()) require(graph.is_base(base), "a base has nothing below it");
  require(graph.empty() == (graph.heads().empty() || graph.bases().empty()), "there are heads and bases");
}

/// A walk up ends above, and the same steps down from there end where it began or cannot tell.
void check_walks(const RevisionGraph &graph) {
  for (Node start = 0; start < graph.size(); ++start) {
    for (int steps = 1; steps < 4; ++steps) {
      const auto up = attempt([&] { return walk(graph, start, steps, std::nullopt); });
      if (!up || up->kind != WalkEnd::Kind::kRevision) continue;
      require(graph.is_ancestor(start, up->node, Relation::kDown), "up is up");
      const auto down = attempt([&] { return walk(graph, up->node, -steps, std::nullopt); });
      if (!down) continue;
      require(
          down->kind != WalkEnd::Kind::kRevision || graph.is_ancestor(down->node, up->node, Relation::kDown),
          "down is down");
    }
  }
}

void check_maximal(const RevisionGraph &graph, const std::vector<Node> &nodes) {
  const std::vector<Node> maximal = graph.maximal(nodes);
  for (const Node node : nodes) {
    const bool is_below = std::any_of(nodes.begin(), nodes.end(), [&](Node other) {
      return graph.is_ancestor(node, other, Relation::kAll);
    });
    require(has(maximal, node) != is_below, "maximal is what is below no other");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  Bytes bytes(data, size);
  fuzz::Rows rows;
  for (std::size_t i = bytes.below(4); i > 0; --i) rows.emplace_back(name_of(bytes));
  static const std::vector<std::string> ends = {"", "@head", "@base", "+1", "-1", "@heads", "-2", "@+1"};
  std::vector<std::string> destinations = names_of(bytes, 2);
  for (std::string &destination : destinations) destination += ends[bytes.below(ends.size())];
  const RevisionGraph graph(revisions_of(bytes));

  for (const Relation relation : {Relation::kDown, Relation::kAll}) {
    check_edges(graph, relation);
    check_far(graph, relation);
  }
  check_order(graph);
  check_walks(graph);
  for (const GraphProblem &problem : graph.problems())
    require(!problem.message.empty() && !problem.detail.empty(), "a problem says what it is");

  StandingTable table{"alembic_version", {}};
  for (const auto &row : rows)
    if (const auto node = graph.find(*row)) table.nodes.push_back(*node);
  check_maximal(graph, table.nodes);
  for (const bool purge : {false, true}) fuzz::check_stamp(graph, rows, destinations, purge);
  static_cast<void>(attempt([&] { return draw_text(graph, {table}); }));
  static_cast<void>(draw_dot(graph, {table}));
  static_cast<void>(draw_mermaid(graph, {table}));
  return 0;
}
