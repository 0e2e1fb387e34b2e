// Any text where a revision is asked for: what is read is written and read to the same, and what it is taken
// for is a revision that answers to its own id.
#include <string>
#include <string_view>
#include <vector>

#include "core/history.hpp"
#include "core/identifier.hpp"
#include "core/version_id.hpp"
#include "fuzz/property.hpp"
#include "fuzz/stamp_property.hpp"
#include "unit/graph_samples.hpp"

namespace {

using namespace migfix::core;
using migfix::core::fuzz::attempt;
using migfix::core::fuzz::require;

std::string written(const RelativeIdentifier &relative, const std::string &number) {
  return (relative.label ? *relative.label + "@" : "") + relative.symbol.value_or("") + number;
}

void check_relative(std::string_view text) {
  const auto relative = parse_relative(text);
  if (!relative) return;
  // +007 is +7.
  const std::string number = (relative->distance < 0 ? "" : "+") + std::to_string(relative->distance);
  for (const std::string &shown : {relative->number, number}) {
    const auto again = parse_relative(written(*relative, shown));
    require(again && again->label == relative->label && again->symbol == relative->symbol &&
                again->distance == relative->distance,
            "a relative identifier is read as it was written");
  }
}

void check_named(const RevisionGraph &graph, std::string_view text) {
  const Identifiers identifiers(graph);
  const auto found = attempt([&] { return identifiers.revisions(text); });
  const auto one = attempt([&] { return identifiers.revision(text); });
  if (found) {
    for (const Node node : *found) {
      require(node < graph.size(), "what is found is of the graph");
      require(identifiers.revisions(graph.id(node)) == std::vector<Node>{node}, "an id finds its revision");
    }
  }
  if (one && *one) require(found && *found == std::vector<Node>{**one}, "one revision is all of them");
  if (const auto node = graph.find(text))
    require(found && *found == std::vector<Node>{*node}, "an id comes before all else");
}

void check_history(const RevisionGraph &graph, const std::vector<Node> &rows, std::string_view text) {
  const auto range = attempt([&] { return history(graph, rows, text); });
  if (!range) return;
  NodeSet seen(graph.size());
  for (const Node node : *range) {
    require(seen.insert(node), "a revision is listed once");
    for (const Node child : graph.children(node, Relation::kDown))
      require(seen.contains(child) || std::find(range->begin(), range->end(), child) == range->end(),
              "newest first");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  static const RevisionGraph graph = test::grammar();
  static const std::vector<std::vector<Node>> standings = {{}, {1}, {2, 3}, {3, 5}, {6}};
  const std::string_view text(reinterpret_cast<const char *>(data), size);
  check_relative(text);
  check_named(graph, text);
  static_cast<void>(what_alembic_does_with(text));
  for (const std::vector<Node> &rows : standings) {
    static_cast<void>(attempt([&] { return resolve_destination(graph, rows, text); }));
    check_history(graph, rows, text);
    fuzz::Rows versions;
    for (const Node node : rows) versions.emplace_back(graph.id(node));
    for (const bool purge : {false, true}) fuzz::check_stamp(graph, versions, {std::string(text)}, purge);
    versions.emplace_back(text);
    fuzz::check_stamp(graph, versions, {"left@head"}, false);
  }
  return 0;
}
