#include "server/observation_step.hpp"

#include "core/watched_step.hpp"
#include "server/client_statement.hpp"
#include "server/environment_cache.hpp"
#include "server/observation_memory.hpp"
#include "server/observation_reader.hpp"
#include "server/observation_store.hpp"
#include "server/query.hpp"
#include "server/rights.hpp"
#include "server/schema_reader_own.hpp"
#include "server/subtransaction.hpp"
#include "server/version_log.hpp"
#include "server/version_relation.hpp"

extern "C" {
#include "access/xact.h"
#include "storage/lockdefs.h"
#include "utils/lsyscache.h"
}

namespace migfix::server {

namespace {

constexpr char kDefaultEnvironment[] = "default";

std::string environment_name(const std::string &version_table, const core::Rows &rows) {
  static constinit Statement bound{
      "SELECT environment FROM migfix.version_table_environment WHERE version_table = $1", 1};
  if (const core::EnvironmentPtr environment = environment_of(version_table, rows)) return environment->name;
  std::string name = kDefaultEnvironment;
  const RightsOf rights(log_owner());
  run(bound, {version_table}, SnapshotKind::kLatest, [&](const RowView &row) { name = row.string(0); });
  return name;
}

// What is loaded, and what was seen to run beside it.
core::RevisionGraph known_graph(const std::string &environment) {
  std::vector<core::Revision> revisions;
  const core::EnvironmentPtr loaded = environment_named(environment);
  if (loaded != nullptr)
    for (core::Node node = 0; node < loaded->graph.size(); ++node)
      revisions.push_back(loaded->graph.revision(node));
  for (core::Revision &place : observed_places(environment))
    if (loaded == nullptr || !loaded->graph.find(place.revision)) revisions.push_back(std::move(place));
  return core::RevisionGraph(std::move(revisions));
}

core::ObservedStatement observed(SeenStatement &seen, const OwnSchema &own) {
  core::ObservedStatement statement;
  statement.text = std::move(seen.text);
  statement.unknown = std::move(seen.unknown);
  statement.changes_rows = seen.changes_rows;
  statement.beyond.assign(seen.beyond.begin(), seen.beyond.end());
  for (auto &renamed : seen.renamed) {
    own.localize(renamed.what.object);
    statement.renames.push_back(std::move(renamed.what));
  }
  for (core::Observation &observation : seen.objects) {
    own.localize(observation.id);
    if (observation.object) own.localize(observation.object->definition);
    statement.objects.push_back(std::move(observation));
  }
  std::sort(statement.objects.begin(), statement.objects.end(),
            [](const core::Observation &a, const core::Observation &b) { return a.id < b.id; });
  return statement;
}

// A query that made temporary objects.
bool left_nothing(const SeenStatement &seen) {
  return !seen.is_plain && !seen.touched.empty() && seen.objects.empty() && !seen.changes_rows &&
         seen.renamed.empty() && seen.beyond.empty();
}

std::vector<core::ObservedStatement> take_statements(SessionMemory &memory, const std::string &own_schema) {
  const OwnSchema own(own_schema);
  read_objects(memory.statements, memory.statements.size());
  std::vector<core::ObservedStatement> statements;
  if (!memory.is_whole) {
    core::ObservedStatement missing;
    missing.unknown = "not all of what ran could be kept";
    statements.push_back(std::move(missing));
  }
  for (SeenStatement &seen : memory.statements)
    if (!left_nothing(seen)) statements.push_back(observed(seen, own));
  memory.forget_statements();
  return statements;
}

core::Rows rows_beside(Oid version_table, const std::optional<std::string> &old_version,
                       const std::string &version) {
  core::Rows rows;
  for (const auto &row : latest_versions(OpenRelation(version_table, AccessShareLock)))
    if (row && row != old_version && *row != version) rows.push_back(row);
  return rows;
}

class Step {
 public:
  Step(Oid version_table, const std::string &version, std::vector<std::string> removed, core::Rows others)
      : table_(version_table),
        name_(relation_name(version_table)),
        version_(version),
        removed_(std::move(removed)),
        others_(std::move(others)),
        memory_(session_memory()) {}

  void record() {
    core::Rows rows = others_;
    rows.emplace_back(version_);
    for (const std::string &row : removed_) rows.emplace_back(row);
    const std::string environment = environment_name(name_, rows);
    std::vector<std::string> others;
    for (const auto &row : others_) others.push_back(*row);
    core::RevisionGraph known = known_graph(environment);
    for (const EmptyStep &empty : memory_.empty_steps)
      if (!known.find(empty.revision.revision)) known = with(std::move(known), empty.revision);
    const core::WatchedStep step = core::judge_step(known, version_, removed_, others);
    if (step.kind != core::WatchedStep::Kind::kUpgrade) return memory_.forget();
    const bool does_something =
        !memory_.is_whole || std::any_of(memory_.statements.begin(), memory_.statements.end(),
                                         [](const SeenStatement &statement) { return statement.stays; });
    memory_.taken_level = GetCurrentTransactionNestLevel();
    if (!does_something && memory_.upgrading != table_) {
      memory_.forget_statements();
      memory_.empty_steps.push_back({table_, step.revision, step.is_placed});
      return;
    }
    for (const EmptyStep &empty : std::exchange(memory_.empty_steps, {}))
      if (empty.version_table == table_) store(environment, empty.revision, empty.is_placed, {});
    memory_.upgrading = table_;
    const char *schema = call([&] { return get_namespace_name(get_rel_namespace(table_)); });
    store(environment, step.revision, step.is_placed,
          take_statements(memory_, schema != nullptr ? schema : ""));
  }

 private:
  static core::RevisionGraph with(core::RevisionGraph graph, const core::Revision &more) {
    std::vector<core::Revision> revisions;
    for (core::Node node = 0; node < graph.size(); ++node) revisions.push_back(graph.revision(node));
    revisions.push_back(more);
    return core::RevisionGraph(std::move(revisions));
  }

  static void store(const std::string &environment, const core::Revision &revision, bool is_placed,
                    std::vector<core::ObservedStatement> statements) {
    core::ObservedRevision observed;
    observed.revision = revision;
    observed.is_placed = is_placed;
    observed.server_version = PG_VERSION_NUM;
    observed.statements = std::move(statements);
    store_observation(environment, observed, false);
  }

  const Oid table_;
  const std::string name_;
  const std::string version_;
  const std::vector<std::string> removed_;
  const core::Rows others_;
  SessionMemory &memory_;
};

void observe(SessionMemory &memory, Oid version_table, const std::optional<std::string> &old_version,
             const std::optional<std::string> &new_version) {
  // Asked again: the role may have changed since.
  if (!may_teach() || !core::is_written_by_alembic(client_statement())) return memory.forget();
  // A row that went before, and then something ran: that was a downgrade of its own.
  const bool goes_on = memory.rows_of == version_table && memory.removed_at == memory.statements.size();
  if (!memory.removed_rows.empty() && !goes_on) {
    const auto done = static_cast<std::ptrdiff_t>(std::min(memory.removed_at, memory.statements.size()));
    memory.statements.erase(memory.statements.begin(), memory.statements.begin() + done);
    memory.removed_rows.clear();
  }
  if (!new_version) {
    if (!old_version) return memory.forget();
    memory.rows_of = version_table;
    memory.removed_at = memory.statements.size();
    memory.removed_rows.push_back(*old_version);
    return;
  }
  std::vector<std::string> removed = std::exchange(memory.removed_rows, {});
  if (old_version) removed.push_back(*old_version);
  Step(version_table, *new_version, std::move(removed), rows_beside(version_table, old_version, *new_version))
      .record();
}

}  // namespace

void observe_version_change(Oid version_table, const std::optional<std::string> &old_version,
                            const std::optional<std::string> &new_version) {
  if (!is_watching()) return;
  SessionMemory &memory = session_memory();
  const bool done = attempt("migfix could not record what a revision did", [&] {
    try {
      observe(memory, version_table, old_version, new_version);
    } catch (const core::Error &error) {
      throw std::runtime_error(error.what());  // no verdict is in here: the row is written in any case
    }
  });
  if (!done) memory.forget();
}

}  // namespace migfix::server
