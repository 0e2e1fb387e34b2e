#include "core/applied_memory.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <unordered_set>

namespace migfix::core {

namespace {

using Versions = std::multiset<std::string>;

constexpr std::int64_t kNow = std::numeric_limits<std::int64_t>::max();

constexpr char kUndo[] = "migfix_undo";

bool was_relinked(const Environment &environment) {
  return environment.origins.size() == environment.graph.size() &&
         std::any_of(environment.origins.begin(), environment.origins.end(),
                     [](const RevisionOrigin &origin) { return origin.linked > origin.added; });
}

bool calls(const LogEntry &entry, const char *function) {
  return entry.statement.find(function) != std::string::npos;
}

// Versions that were there before the log knew of them, and when they are known to have been there.
struct Unlogged {
  std::string version;
  std::int64_t known_at;
};

std::vector<Unlogged> unlogged_versions(const std::vector<std::optional<std::string>> &rows,
                                        const std::vector<LogEntry> &log, bool log_is_whole) {
  std::vector<Unlogged> result;
  Versions standing;
  std::unordered_set<std::string> seen;
  for (const LogEntry &entry : log) {
    if (!changes_rows(entry.operation)) continue;
    if (entry.old_version) {
      const auto found = standing.find(*entry.old_version);
      if (found != standing.end()) {
        standing.erase(found);
      } else if (seen.insert(*entry.old_version).second) {
        result.push_back({*entry.old_version, entry.log_id});
      }
    }
    if (entry.new_version) standing.insert(*entry.new_version);
  }
  std::unordered_set<std::string> now;
  for (const auto &row : rows) {
    if (!row) continue;
    now.insert(*row);
    if (!standing.contains(*row) && seen.insert(*row).second) result.push_back({*row, kNow});
  }
  // A version that must be there, but is not: somebody wrote past the log, so nothing is known of when.
  const bool has_holes =
      std::any_of(standing.begin(), standing.end(), [&](const std::string &v) { return !now.contains(v); });
  if (has_holes) return result;
  const std::int64_t before = log_is_whole ? 0 : log.empty() ? kNow : log.front().log_id;
  for (Unlogged &version : result) version.known_at = before;
  return result;
}

// The replay of one log.
class Replay {
 public:
  explicit Replay(const Environment &environment)
      : environment_(environment),
        graph_(environment.graph),
        applied_(graph_.size()),
        ever_applied_(graph_.size()),
        passed_over_(graph_.size()) {}

  void start(const std::vector<Unlogged> &versions) {
    for (const Unlogged &version : versions) {
      rows_.insert(version.version);
      if (const auto node = graph_.find(version.version)) vouch(*node, version.known_at);
    }
  }

  void run(const std::vector<LogEntry> &log) {
    for (std::size_t i = 0; i < log.size();) {
      const std::int64_t change = log[i].change_id;
      note_passed_over(log[i].log_id);
      before_change_ = rows_;
      std::int64_t last = 0;
      for (; i < log.size() && log[i].change_id == change; ++i) {
        if (!changes_rows(log[i].operation)) continue;
        take(log[i]);
        last = log[i].log_id;
      }
      if (last != 0) forget_what_is_below_no_row(last);
    }
  }

  std::vector<Node> missing(const std::vector<std::optional<std::string>> &rows) const {
    std::vector<Node> nodes;
    for (const auto &row : rows)
      if (const auto node = row ? graph_.find(*row) : std::nullopt) nodes.push_back(*node);
    NodeSet implied = graph_.ancestors(nodes, Relation::kAll);
    implied -= applied_;
    std::vector<Node> result;
    for (const Node node : graph_.order())
      if (implied.contains(node)) result.push_back(node);
    return result;
  }

 private:
  void take(const LogEntry &entry) {
    const Versions before = rows_;
    if (entry.old_version) {
      const auto found = rows_.find(*entry.old_version);
      if (found != rows_.end()) rows_.erase(found);
    }
    if (!entry.new_version) return;
    if (const auto node = graph_.find(*entry.new_version)) record(*node, entry, before);
    rows_.insert(*entry.new_version);
  }

  void record(Node node, const LogEntry &entry, const Versions &before) {
    const std::int64_t at = std::max(entry.log_id, environment_.origins[node].added);
    if (calls(entry, kUndo)) {
      restore(node, at);
    } else if (!entry.reason.empty()) {
      vouch(node, at);
    } else if (const NodeSet below = implied_by(before, at); below.contains(node)) {
      // A downgrade, or a row beside one that implies it. Only a stamp goes down several steps at once.
      if (entry.operation == Operation::kUpdate && !steps_down(node, entry, at)) vouch(node, at);
    } else if (entry.operation == Operation::kInsert && implied_by(before_change_, at).contains(node)) {
      // What a purge took out comes back, or an ancestor of it.
    } else if (reached_by_an_upgrade(node, at, below)) {
      apply(node);
    } else {
      vouch(node, at);
    }
  }

  bool steps_down(Node node, const LogEntry &entry, std::int64_t at) const {
    const auto from = entry.old_version ? graph_.find(*entry.old_version) : std::nullopt;
    if (!from) return true;
    const std::vector<Node> parents = parents_at(*from, at);
    return *from == node || std::find(parents.begin(), parents.end(), node) != parents.end();
  }

  bool reached_by_an_upgrade(Node node, std::int64_t at, const NodeSet &below) const {
    const std::vector<Node> parents = parents_at(node, at);
    return std::all_of(parents.begin(), parents.end(),
                       [&](Node parent) { return applied_.contains(parent) || below.contains(parent); });
  }

  void apply(Node node) {
    applied_.insert(node);
    ever_applied_.insert(node);
  }

  void vouch(Node node, std::int64_t at) {
    const NodeSet all = ancestors_at({node}, std::max(at, environment_.origins[node].added));
    applied_ |= all;
    ever_applied_ |= all;
  }

  // All but what is known to have been passed over when the row stood there before.
  void restore(Node node, std::int64_t at) {
    NodeSet all = ancestors_at({node}, at);
    NodeSet doubtful = passed_over_;
    doubtful -= ever_applied_;
    all -= doubtful;
    applied_ |= all;
    ever_applied_ |= all;
  }

  void note_passed_over(std::int64_t at) {
    NodeSet implied = implied_by(rows_, at);
    implied -= applied_;
    passed_over_ |= implied;
  }

  // A downgrade takes away what no row implies any more. Where a row is unknown, so is what it implies.
  void forget_what_is_below_no_row(std::int64_t at) {
    const bool all_known = std::all_of(rows_.begin(), rows_.end(),
                                       [&](const std::string &row) { return graph_.find(row).has_value(); });
    if (!all_known) return;
    // The graph may have been loaded after it was used, so what is known now counts as well.
    NodeSet implied = implied_by(rows_, at);
    implied |= implied_by(rows_, kNow);
    applied_ &= implied;
  }

  // The parents and dependencies that the revision had at that time, or when it came to be known.
  std::vector<Node> parents_at(Node node, std::int64_t at) const {
    const RevisionOrigin &origin = environment_.origins[node];
    if (origin.linked <= std::max(at, origin.added)) {
      const auto parents = graph_.parents(node, Relation::kAll);
      return {parents.begin(), parents.end()};
    }
    std::vector<Node> former;
    for (const std::string &name : origin.former_parents)
      if (const auto parent = graph_.find_name(name)) former.push_back(*parent);
    return former;
  }

  NodeSet ancestors_at(std::vector<Node> open, std::int64_t at) const {
    NodeSet seen(graph_.size());
    for (const Node node : open) seen.insert(node);
    while (!open.empty()) {
      const Node node = open.back();
      open.pop_back();
      for (const Node parent : parents_at(node, at))
        if (seen.insert(parent)) open.push_back(parent);
    }
    return seen;
  }

  NodeSet implied_by(const Versions &versions, std::int64_t at) const {
    NodeSet all(graph_.size());
    // A revision that came to be known later stood on what it was loaded with.
    std::map<std::int64_t, std::vector<Node>> by_time;
    for (const std::string &version : versions)
      if (const auto node = graph_.find(version))
        by_time[std::max(at, environment_.origins[*node].added)].push_back(*node);
    for (const auto &[time, nodes] : by_time) all |= ancestors_at(nodes, time);
    return all;
  }

  const Environment &environment_;
  const RevisionGraph &graph_;
  Versions rows_;
  Versions before_change_;
  NodeSet applied_;       // applied now
  NodeSet ever_applied_;  // at any time
  NodeSet passed_over_;   // implied by rows once, but not applied then
};

}  // namespace

AppliedMemory::AppliedMemory(const Environment &environment) : environment_(environment) {
  if (!was_relinked(environment)) return;
  for (const RevisionOrigin &origin : environment.origins) {
    loads_.push_back(origin.added);
    loads_.push_back(origin.linked);
  }
  std::sort(loads_.begin(), loads_.end());
  loads_.erase(std::unique(loads_.begin(), loads_.end()), loads_.end());
}

std::vector<Node> AppliedMemory::never_applied(const std::vector<std::optional<std::string>> &rows,
                                               const std::vector<LogEntry> &log, bool log_is_whole) {
  if (loads_.empty()) return {};
  const auto [at, is_new] = known_.try_emplace(key(rows, log, log_is_whole));
  if (is_new) {
    Replay replay(environment_);
    replay.start(unlogged_versions(rows, log, log_is_whole));
    replay.run(log);
    at->second = replay.missing(rows);
  }
  return at->second;
}

// All that the replay depends on: of log_ids, only which loads came before.
std::string AppliedMemory::key(const std::vector<std::optional<std::string>> &rows,
                               const std::vector<LogEntry> &log, bool log_is_whole) const {
  std::string text(1, log_is_whole ? 'w' : 'p');
  const auto add = [&](const std::optional<std::string> &version) {
    text += version ? std::to_string(version->size()) + ":" + *version : "-";
  };
  for (const auto &row : rows) add(row);
  for (std::size_t i = 0; i < log.size(); ++i) {
    const LogEntry &entry = log[i];
    text += i > 0 && log[i - 1].change_id == entry.change_id ? ',' : ';';
    text += operation_name(entry.operation);
    text += std::to_string(std::upper_bound(loads_.begin(), loads_.end(), entry.log_id) - loads_.begin());
    add(entry.old_version);
    add(entry.new_version);
    if (calls(entry, kUndo)) text += 'u';
    if (!entry.reason.empty()) text += 'r';
  }
  return text;
}

}  // namespace migfix::core
