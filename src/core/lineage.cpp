#include "core/lineage.hpp"

#include <algorithm>
#include <deque>
#include <unordered_set>

namespace migfix::core {

namespace {

bool by_migfix(const LogEntry &entry) {
  return !entry.reason.empty() || entry.statement.find("migfix_stamp") != std::string::npos ||
         entry.statement.find("migfix_undo") != std::string::npos;
}

bool moves(const LogEntry &entry) {
  return entry.operation == Operation::kUpdate && entry.old_version && entry.new_version &&
         *entry.old_version != *entry.new_version && !by_migfix(entry);
}

bool takes_out(const LogEntry &entry) {
  return entry.operation == Operation::kDelete && entry.old_version && !by_migfix(entry);
}

// A merge is two statements of one transaction.
bool together(const LogEntry &a, const LogEntry &b) {
  return a.change_id == b.change_id || (!a.transaction_id.empty() && a.transaction_id == b.transaction_id);
}

// The deletes that come with the update at `at`: those directly before it, and those directly after it
// that do not come with a later update.
std::vector<const LogEntry *> merged_rows(const std::vector<LogEntry> &log, std::size_t at) {
  std::vector<const LogEntry *> rows;
  for (std::size_t i = at; i > 0 && takes_out(log[i - 1]) && together(log[i - 1], log[at]); --i) {
    rows.push_back(&log[i - 1]);
  }
  std::size_t after = at + 1;
  while (after < log.size() && takes_out(log[after]) && log[after].change_id == log[at].change_id) ++after;
  const bool next_merge = after < log.size() && moves(log[after]) && together(log[after], log[at]);
  for (std::size_t i = at + 1; i < after && !next_merge; ++i) rows.push_back(&log[i]);
  return rows;
}

}  // namespace

Lineage::Lineage(const std::vector<LogEntry> &log) {
  Steps all_moves;
  for (const LogEntry &entry : log) {
    if (moves(entry)) all_moves[*entry.old_version].push_back({*entry.new_version, &entry});
  }
  if (all_moves.empty()) return;

  std::unordered_set<std::string> seen;
  std::unordered_set<std::string> reached;                       // by an upgrade within the log
  std::unordered_map<std::string, const LogEntry *> started_by;  // INSERT that brought a version first
  const auto learn = [&](const std::string &parent, const LogEntry &update) {
    const std::string &child = *update.new_version;
    const auto insert = started_by.find(parent);
    // A stamp inserts its target and ends there; only an upgrade goes on in the same transaction.
    const bool walked =
        reached.contains(parent) || (insert != started_by.end() && together(*insert->second, update));
    if (!walked && !path(all_moves, child, parent).empty()) return;
    children_[parent].push_back({child, &update});
    if (walked) reached.insert(child);
  };
  for (std::size_t i = 0; i < log.size(); ++i) {
    const LogEntry &entry = log[i];
    if (moves(entry) && !seen.contains(*entry.new_version)) {
      learn(*entry.old_version, entry);
      for (const LogEntry *row : merged_rows(log, i)) {
        if (*row->old_version != *entry.new_version) learn(*row->old_version, entry);
      }
    }
    if (entry.operation == Operation::kInsert && entry.new_version && !by_migfix(entry) &&
        !seen.contains(*entry.new_version)) {
      started_by.emplace(*entry.new_version, &entry);
    }
    if (entry.old_version) seen.insert(*entry.old_version);
    if (entry.new_version) seen.insert(*entry.new_version);
  }
}

std::vector<const LogEntry *> Lineage::path(const Steps &steps, const std::string &from,
                                            const std::string &to) {
  std::unordered_map<std::string, std::pair<std::string, const LogEntry *>> came_from;
  std::deque<std::string> queue{from};
  while (!queue.empty()) {
    const std::string at = queue.front();
    queue.pop_front();
    const auto found = steps.find(at);
    if (found == steps.end()) continue;
    for (const Step &step : found->second) {
      if (step.to == from || !came_from.emplace(step.to, std::pair(at, step.entry)).second) continue;
      if (step.to == to) {
        std::vector<const LogEntry *> entries;
        for (std::string back = to; back != from; back = came_from.at(back).first) {
          entries.push_back(came_from.at(back).second);
        }
        std::reverse(entries.begin(), entries.end());
        return entries;
      }
      queue.push_back(step.to);
    }
  }
  return {};
}

bool Lineage::is_ancestor(const std::string &ancestor, const std::string &descendant) const {
  return !evidence(ancestor, descendant).empty();
}

std::vector<const LogEntry *> Lineage::evidence(const std::string &ancestor,
                                                const std::string &descendant) const {
  if (children_.empty() || ancestor == descendant) return {};
  return path(children_, ancestor, descendant);
}

std::vector<std::string> Lineage::maximal(const std::vector<std::string> &versions) const {
  std::vector<std::string> kept;
  for (const std::string &version : versions) {
    if (std::find(kept.begin(), kept.end(), version) != kept.end()) continue;
    const bool below = std::any_of(versions.begin(), versions.end(),
                                   [&](const std::string &other) { return is_ancestor(version, other); });
    if (!below) kept.push_back(version);
  }
  return kept;
}

}  // namespace migfix::core
