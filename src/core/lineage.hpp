// Lineage: which revision is an ancestor of which, as far as the log of one version table tells.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "core/log_entry.hpp"

namespace migfix::core {

/// Learned from how the version rows moved, for as long as no graph of revisions is known. Alembic writes
/// an upgrade as `UPDATE x -> y`, and a merge as `DELETE a; UPDATE b -> m`
/// (alembic.runtime.migration.HeadMaintainer), so the first appearance of a revision follows its parents.
///
/// What teaches nothing: moves to a revision that was seen before (a downgrade), changes by migfix_stamp
/// and migfix_undo, and a move whose opposite was seen as well, unless its start was itself reached by an
/// upgrade within the log (else either of the two may be the downgrade).
class Lineage {
 public:
  /// `log`: entries of one version table, oldest first. It must outlive this object.
  explicit Lineage(const std::vector<LogEntry> &log);

  /// Is `ancestor` a proper ancestor of `descendant`? False also where it is not known.
  bool is_ancestor(const std::string &ancestor, const std::string &descendant) const;

  /// The entries that show it, from the ancestor on; empty where is_ancestor is false.
  std::vector<const LogEntry *> evidence(const std::string &ancestor, const std::string &descendant) const;

  /// Those of `versions` that are no ancestor of another of them, in the same order, each once.
  std::vector<std::string> maximal(const std::vector<std::string> &versions) const;

 private:
  struct Step {
    std::string to;
    const LogEntry *entry;
  };
  using Steps = std::unordered_map<std::string, std::vector<Step>>;

  static std::vector<const LogEntry *> path(const Steps &steps, const std::string &from,
                                            const std::string &to);

  Steps children_;
};

}  // namespace migfix::core
