// Which revisions were ever applied to one database, as far as the log of its version table remembers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/environment.hpp"
#include "core/log_entry.hpp"

namespace migfix::core {

/// One environment's revisions against the logs of the version tables that belong to it.
///
/// A log is replayed beside the graph as it was known at each entry. A revision that was recorded when its
/// parents were applied is applied, and it alone: an upgrade walks one by one. A revision that was recorded
/// out of the blue (a stamp, the state in which migfix found the table) speaks for all that was below it
/// then, and so does one that migfix_stamp recorded with a reason given. migfix_undo brings back what was
/// known before. A downgrade takes away.
class AppliedMemory {
 public:
  /// `environment` must outlive this object.
  explicit AppliedMemory(const Environment &environment);

  /// Revisions that the rows imply but that were never applied: put in below a recorded revision after that
  /// one was recorded (its parents or dependencies were changed), so that Alembic passes over them in
  /// silence, then and after every later upgrade. Parents first.
  ///
  /// `rows` now; `log`: entries of that version table, oldest first; `log_is_whole`: no older ones were left
  /// out. Where they were, what was put in before the oldest one is not found. Where rows were changed past
  /// the log, what it does not know speaks for everything. Nothing is found where no origins are known. Costs
  /// passes over the graph for each entry, but only where the parents of a revision were ever changed, and
  /// once for tables whose rows and logs are alike.
  std::vector<Node> never_applied(const std::vector<std::optional<std::string>> &rows,
                                  const std::vector<LogEntry> &log, bool log_is_whole);

 private:
  std::string key(const std::vector<std::optional<std::string>> &rows, const std::vector<LogEntry> &log,
                  bool log_is_whole) const;

  const Environment &environment_;
  std::vector<std::int64_t> loads_;  // their numbers, sorted; empty: no parents were ever changed
  std::unordered_map<std::string, std::vector<Node>> known_;
};

}  // namespace migfix::core
