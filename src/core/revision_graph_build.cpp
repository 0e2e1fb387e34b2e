// Building a RevisionGraph: from what was loaded to a graph that can be walked whatever is wrong with it.
#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "core/revision_graph.hpp"
#include "core/utf8.hpp"
#include "core/version_table.hpp"

namespace migfix::core {

namespace {

bool is_reserved(std::string_view name) {
  return name == "head" || name == "heads" || name == "base";
}

// The edges that stay after a node's own list has lost its repetitions; `edges` is grouped by its first.
void drop_repeated(std::size_t size, std::vector<EdgeList::Edge> &edges) {
  std::vector<Node> last_from(size, UINT32_MAX);  // by target: the node that was seen to lead there last
  std::erase_if(edges, [&](const EdgeList::Edge &edge) {
    if (last_from[edge.second] == edge.first) return true;
    last_from[edge.second] = edge.first;
    return false;
  });
}

}  // namespace

RevisionGraph::RevisionGraph(std::vector<Revision> revisions) {
  take(std::move(revisions));
  check_ids();
  index_names();
  Edges down;
  Edges dependencies;
  link(down, dependencies);
  drop_repeated(size(), down);
  drop_cycles(down, dependencies);
  measure();
}

// Fills revisions_: no empty ids, of duplicates the last one in the place of the first.
void RevisionGraph::take(std::vector<Revision> &&revisions) {
  std::unordered_map<std::string_view, std::size_t> last;  // by id: index of the one that counts
  last.reserve(revisions.size());
  for (std::size_t i = 0; i < revisions.size(); ++i) last[revisions[i].revision] = i;
  std::vector<std::size_t> kept;
  kept.reserve(last.size());
  std::vector<bool> placed(revisions.size(), false);  // by index of the one that counts
  for (std::size_t i = 0; i < revisions.size(); ++i) {
    if (revisions[i].revision.empty()) {
      problems_.push_back(empty_id());
      continue;
    }
    const std::size_t counts = last[revisions[i].revision];
    if (!placed[counts]) {
      placed[counts] = true;
      kept.push_back(counts);
    } else {
      problems_.push_back(duplicate_revision(revisions[i].revision));
    }
  }
  last.clear();
  revisions_.reserve(kept.size());
  for (const std::size_t i : kept) revisions_.push_back(std::move(revisions[i]));
}

void RevisionGraph::check_ids() {
  for (const Revision &revision : revisions_) {
    const std::string &id = revision.revision;
    std::string illegal;
    for (const char c : {'+', '-', ':', '@'})
      if (id.find(c) != std::string::npos) illegal += c;
    if (!illegal.empty()) problems_.push_back(illegal_character(id, illegal));
    if (id.find('\'') != std::string::npos) problems_.push_back(quote_in_id(id));
    const std::size_t length = character_count(id);
    if (length > kAlembicWidth) problems_.push_back(id_too_long(id, length));
    if (is_reserved(id)) problems_.push_back(reserved_word(id, id));
    for (const std::string &label : revision.branch_labels)
      if (is_reserved(label)) problems_.push_back(reserved_word(id, label));
  }
}

void RevisionGraph::index_names() {
  const auto by_text = [](const Name &a, const Name &b) {
    return a.text != b.text ? a.text < b.text : std::pair(a.is_label, a.node) < std::pair(b.is_label, b.node);
  };
  for (Node node = 0; node < size(); ++node) {
    names_.push_back({revisions_[node].revision, node, false});
    for (const std::string &label : revisions_[node].branch_labels)
      if (!label.empty()) names_.push_back({label, node, true});
  }
  std::sort(names_.begin(), names_.end(), by_text);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (kept > 0 && names_[kept - 1].text == names_[i].text) {
      const Name &owner = names_[kept - 1];
      if (owner.node != names_[i].node || !owner.is_label)
        problems_.push_back(label_taken(id(names_[i].node), std::string(names_[i].text), id(owner.node)));
      continue;
    }
    names_[kept++] = names_[i];
  }
  names_.resize(kept);
}

void RevisionGraph::link(Edges &down, Edges &dependencies) {
  for (Node node = 0; node < size(); ++node) {
    const Revision &revision = revisions_[node];
    for (const std::string &parent : revision.down_revision) {
      const auto target = find(parent);
      if (!target) {
        problems_.push_back(missing_parent(revision.revision, parent, find_label(parent).has_value()));
      } else if (*target == node) {
        problems_.push_back(self_loop(revision.revision));
      } else {
        down.emplace_back(node, *target);
      }
    }
    for (const std::string &dependency : revision.depends_on) {
      const auto target = find_name(dependency);
      if (!target) {
        problems_.push_back(missing_dependency(revision.revision, dependency));
      } else if (*target == node) {
        problems_.push_back(dependency_self_loop(revision.revision));
      } else {
        dependencies.emplace_back(node, *target);
      }
    }
  }
}

namespace {

// Reports each component of more than one node and takes `droppable`'s edges inside of one away.
void break_cycles(const RevisionGraph &graph, const EdgeList &edges, std::vector<EdgeList::Edge> &droppable,
                  bool by_dependencies, std::vector<GraphProblem> &problems) {
  const std::vector<std::uint32_t> component = components(edges);
  std::unordered_map<std::uint32_t, std::vector<Node>> cycles;
  std::vector<std::uint32_t> found;  // in the order of their first members
  std::vector<std::uint32_t> members(graph.size(), 0);
  for (const std::uint32_t number : component) ++members[number];
  for (Node node = 0; node < graph.size(); ++node) {
    if (members[component[node]] < 2) continue;
    std::vector<Node> &cycle = cycles[component[node]];
    if (cycle.empty()) found.push_back(component[node]);
    cycle.push_back(node);
  }
  for (const std::uint32_t number : found)
    problems.push_back(revision_cycle(graph.ids(cycles[number]), by_dependencies));
  if (found.empty()) return;
  std::erase_if(droppable,
                [&](const EdgeList::Edge &edge) { return component[edge.first] == component[edge.second]; });
}

}  // namespace

void RevisionGraph::drop_cycles(Edges &down, Edges &dependencies) {
  break_cycles(*this, EdgeList(size(), down), down, false, problems_);
  down_ = EdgeList(size(), down);
  up_ = EdgeList(size(), turned(down));
  const auto joined = [&] {
    Edges both;
    both.reserve(down.size() + dependencies.size());
    std::size_t next_down = 0;
    std::size_t next_dependency = 0;
    for (Node node = 0; node < size(); ++node) {
      while (next_down < down.size() && down[next_down].first == node) both.push_back(down[next_down++]);
      while (next_dependency < dependencies.size() && dependencies[next_dependency].first == node)
        both.push_back(dependencies[next_dependency++]);
    }
    drop_repeated(size(), both);
    return both;
  };
  break_cycles(*this, EdgeList(size(), joined()), dependencies, true, problems_);
  const Edges both = joined();
  all_ = EdgeList(size(), both);
  all_up_ = EdgeList(size(), turned(both));
}

// Everything that one pass in topological order gives.
void RevisionGraph::measure() {
  std::vector<std::uint32_t> waiting(size());
  order_.reserve(size());
  level_.assign(size(), 0);
  for (Node node = 0; node < size(); ++node) {
    waiting[node] = static_cast<std::uint32_t>(all_.of(node).size());
    if (waiting[node] == 0) order_.push_back(node);
    if (up_.of(node).empty()) heads_.push_back(node);
    if (all_up_.of(node).empty()) real_heads_.push_back(node);
    if (down_.of(node).empty()) bases_.push_back(node);
  }
  for (std::size_t i = 0; i < order_.size(); ++i)
    for (const Node child : all_up_.of(order_[i])) {
      level_[child] = std::max(level_[child], level_[order_[i]] + 1);
      if (--waiting[child] == 0) order_.push_back(child);
    }

  std::vector<std::uint32_t> subtree(size(), 1);
  for (auto at = order_.rbegin(); at != order_.rend(); ++at)
    if (!down_.of(*at).empty()) subtree[down_.of(*at).front()] += subtree[*at];
  tree_number_.assign(size(), 0);
  tree_end_.assign(size(), 0);
  std::vector<std::uint32_t> next_inside(size(), 0);
  std::uint32_t next_root = 0;
  for (const Node node : order_) {
    const auto parents = down_.of(node);
    std::uint32_t &next = parents.empty() ? next_root : next_inside[parents.front()];
    tree_number_[node] = next;
    next += subtree[node];
    tree_end_[node] = next;
    next_inside[node] = tree_number_[node] + 1;
  }
}

}  // namespace migfix::core
