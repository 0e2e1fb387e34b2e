#include "server/environment_cache.hpp"

#include "server/query.hpp"
#include "server/revision_scan.hpp"
#include "server/version_log.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "commands/trigger.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
}

namespace migfix::server {

namespace {

struct Kept {
  std::map<std::string, core::EnvironmentPtr> environments;
  std::unordered_map<std::string, std::string> bound;  // version table, environment
};

// Made at the first use and kept for the session; read again once one of the two tables has changed, by whomever.
Kept *kept = nullptr;
Oid revision_table = InvalidOid;
Oid binding_table = InvalidOid;
bool stale = true;

void at_change(Datum, Oid relation) {
  if (relation == InvalidOid || relation == revision_table || relation == binding_table) stale = true;
}

core::EnvironmentPtr made(const std::string &name, std::vector<RevisionRow> &rows) {
  std::sort(rows.begin(), rows.end(),
            [](const RevisionRow &a, const RevisionRow &b) { return a.position < b.position; });
  std::vector<core::Revision> revisions;
  std::vector<core::RevisionOrigin> origins;
  revisions.reserve(rows.size());
  origins.reserve(rows.size());
  for (RevisionRow &row : rows) {
    revisions.push_back(std::move(row.revision));
    origins.push_back(std::move(row.origin));
  }
  return std::make_shared<const core::Environment>(name, std::move(revisions), std::move(origins));
}

void read_environments(Kept &fresh) {
  std::map<std::string, std::vector<RevisionRow>> all;
  scan_revisions(revision_table, [&](RevisionRow &&row) { all[row.environment].push_back(std::move(row)); });
  for (auto &[name, rows] : all) fresh.environments.emplace(name, made(name, rows));
}

void read_bindings(Kept &fresh) {
  static constinit Statement statement{"SELECT version_table, environment FROM migfix.version_table_environment", 0};
  run(statement, {}, SnapshotKind::kLatest,
      [&](const RowView &row) { fresh.bound.emplace(row.string(0), row.string(1)); });
}

const Kept &current() {
  if (kept == nullptr) kept = new Kept;
  // Within a transaction block nothing else may ask for what other sessions have changed.
  call([] { AcceptInvalidationMessages(); });
  if (!stale) return *kept;
  call([] {
    const Oid schema = get_namespace_oid("migfix", false);
    revision_table = get_relname_relid("revision", schema);
    binding_table = get_relname_relid("version_table_environment", schema);
  });
  stale = false;  // before the read: what changes meanwhile makes it stale again
  Kept fresh;
  try {
    RightsOf owner(log_owner());
    read_environments(fresh);
    read_bindings(fresh);
  } catch (...) {
    stale = true;
    throw;
  }
  *kept = std::move(fresh);
  return *kept;
}

}  // namespace

std::vector<std::string> environment_names() {
  std::vector<std::string> names;
  for (const auto &[name, environment] : current().environments) names.push_back(name);
  return names;
}

core::EnvironmentPtr environment_named(const std::string &name) {
  const auto &all = current().environments;
  const auto found = all.find(name);
  return found != all.end() ? found->second : nullptr;
}

core::EnvironmentPtr environment_of(const std::string &version_table, const core::Rows &rows) {
  const Kept &now = current();
  const auto bound = now.bound.find(version_table);
  if (bound != now.bound.end()) return environment_named(bound->second);
  std::vector<core::EnvironmentPtr> all;
  for (const auto &[name, environment] : now.environments) all.push_back(environment);
  return core::environment_for(all, rows);
}

void rename_binding(const std::string &old_name, const std::string &new_name) {
  static constinit Statement statement{
      "UPDATE migfix.version_table_environment SET version_table = $2 WHERE version_table = $1", 2};
  RightsOf owner(log_owner());
  run(statement, {old_name, new_name}, SnapshotKind::kNew);
}

void watch_revisions() {
  call([] { CacheRegisterRelcacheCallback(at_change, static_cast<Datum>(0)); });
}

// AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ... FOR EACH STATEMENT: tells every backend that it changed.
MIGFIX_FUNCTION(migfix_revision_changed) {
  if (!CALLED_AS_TRIGGER(fcinfo))
    throw core::Error("39P01", "migfix_revision_changed can only be called as a trigger");
  call([&] { CacheInvalidateRelcache(reinterpret_cast<TriggerData *>(fcinfo->context)->tg_relation); });
  return PointerGetDatum(nullptr);
}

}  // namespace migfix::server
