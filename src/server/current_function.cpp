// migfix_current: what every version table records, since when and by whom.
#include "core/antichain.hpp"
#include "core/sql_text.hpp"
#include "server/facts_reader.hpp"
#include "server/result_rows.hpp"
#include "server/runner_lock.hpp"

extern "C" {
#include "utils/lsyscache.h"
}

namespace migfix::server {

namespace {

constexpr std::size_t kMostNamed = 5;

const char *guard_word(core::GuardState guard) {
  switch (guard) {
    case core::GuardState::kOn:
      return "on";
    case core::GuardState::kMissing:
      return "missing";
    case core::GuardState::kDisabled:
      return "disabled";
    case core::GuardState::kTakenOff:
      return "taken off";
  }
  return "";
}

// What the graph says of the rows: whether a row is a known revision, a head, and how many revisions the heads
// above it are ahead. Of a table without rows: all of them.
class Standing {
 public:
  explicit Standing(const core::VersionTable &table) : environment_(table.environment.get()) {
    if (environment_ != nullptr) applied_ = core::applied(environment_->graph, core::recorded(core::judge_rows(environment_->graph, table.rows, 0)));
  }

  /// Values of the columns known, head, behind and environment.
  Row of(const std::optional<std::string> &version) const {
    if (environment_ == nullptr) return {Value(), Value(), Value(), Value()};
    const core::RevisionGraph &graph = environment_->graph;
    const core::RowReading row = core::read_row(graph, version);
    if (!row.node) return {"f", Value(), Value(), environment_->name};
    return {row.kind == core::RowKind::kRevision ? "t" : "f", graph.is_head(*row.node) ? "t" : "f",
            std::to_string(core::behind_heads_of(graph, applied_, *row.node).revisions), environment_->name};
  }

  Row of_no_row() const {
    if (environment_ == nullptr) return {Value(), Value(), Value(), Value()};
    return {Value(), Value(), std::to_string(environment_->graph.size()), environment_->name};
  }

 private:
  const core::Environment *environment_;
  core::NodeSet applied_;
};

// Values of the columns runner_pid, runner_application_name and runner_since.
Row runner_of(const std::vector<HeldRunnerLock> &held, const CatalogTable &table) {
  if (held.empty()) return Row(3);
  const char *name = call([&] { return get_rel_name(table.oid); });
  const HeldRunnerLock *holder = name != nullptr ? holder_of(held, {table.schema, name}) : nullptr;
  if (holder == nullptr) return Row(3);
  const core::LockHolder &session = holder->session;
  return {session.pid == 0 ? Value() : Value(std::to_string(session.pid)), session.application_name,
          session.since.empty() ? Value() : Value(session.since)};
}

Row joined(Row row, const Row &more) {
  row.insert(row.end(), more.begin(), more.end());
  return row;
}

// The entry that recorded the version, as far as the log that was read goes back.
const core::LogEntry *recorded_by(const core::VersionTable &table, const std::string &version) {
  const auto found = std::find_if(table.log.rbegin(), table.log.rend(), [&](const core::LogEntry &entry) {
    return (entry.operation == core::Operation::kInsert || entry.operation == core::Operation::kUpdate) &&
           entry.new_version == version;
  });
  return found == table.log.rend() ? nullptr : &*found;
}

// A NULL revision means a table without rows; where it means that nobody knows, that is said.
void warn_of(const std::vector<const core::VersionTable *> &unread) {
  if (unread.empty()) return;
  std::string detail;
  std::string hint;
  for (std::size_t i = 0; i < unread.size() && i < kMostNamed; ++i) {
    detail += fmt::format("{}{}: {}.", i > 0 ? "\n" : "", unread[i]->name, unread[i]->not_checked);
    if (unread[i]->not_checked_fix.empty()) continue;
    if (!hint.empty()) hint += '\n';
    hint += unread[i]->not_checked_fix;
  }
  if (unread.size() > kMostNamed) detail += fmt::format("\nand {} more", unread.size() - kMostNamed);
  report(WARNING,
         unread.size() == 1 ? fmt::format("the rows of {} could not be read", unread[0]->name)
                            : fmt::format("the rows of {} could not be read",
                                          core::count_of(unread.size(), "version table")),
         detail, hint);
}

}  // namespace

MIGFIX_FUNCTION(migfix_current) {
  ResultRows result(fcinfo);
  const VersionTables versions = read_version_tables(oid_argument(fcinfo, 0));
  const std::vector<HeldRunnerLock> held = held_runner_locks();
  std::vector<const core::VersionTable *> unread;
  for (const CatalogTable &catalog_table : versions.tables) {
    const core::VersionTable &table = catalog_table.facts;
    const Row state = joined({guard_word(table.guard)}, runner_of(held, catalog_table));
    if (!table.not_checked.empty()) unread.push_back(&table);
    const Standing standing(table);
    if (table.rows.empty()) {
      const Row place = table.not_checked.empty() ? standing.of_no_row() : Row(4);
      result.add(joined(joined(joined({table.name, Value()}, place), Row(3)), state));
    }
    for (const std::optional<std::string> &version : table.rows) {
      const core::LogEntry *entry = version ? recorded_by(table, *version) : nullptr;
      const Row since = entry == nullptr ? Row{Value(), Value(), Value()}
                                         : Row{entry->logged_at, entry->current_role, entry->application_name};
      result.add(joined(joined(joined({table.name, version}, standing.of(version)), since), state));
    }
  }
  warn_of(unread);
  return static_cast<Datum>(0);
}

}  // namespace migfix::server
