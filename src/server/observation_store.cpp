#include "server/observation_store.hpp"

#include "core/md5.hpp"
#include "server/json_text.hpp"
#include "server/query.hpp"
#include "server/sql_array.hpp"
#include "server/version_log.hpp"

extern "C" {
#include "access/xact.h"
#include "storage/lock.h"
#include "storage/lockdefs.h"
}

namespace migfix::server {

namespace {

// Two sessions that migrate two tenants record the same revisions: the second must not wait for the first.
// One lock for all of them: so many revisions as a run may have would fill the server's lock table.
bool lock_at_once(const std::string &environment) {
  static constinit Statement statement{"SELECT pg_try_advisory_xact_lock(hashtextextended($1, 6019))", 1};
  bool locked = false;
  run(statement, {environment}, SnapshotKind::kNew, [&](const RowView &row) { locked = row.flag(0); });
  return locked;
}

// "sql:DIGEST" of the statements that are loaded; empty: none are.
constexpr char kLoadedStatements[] = "coalesce(r.statements_source || ':' || r.statements_digest, '')";

}  // namespace

std::vector<StoredObservation> read_observations(const std::string &environment) {
  static constinit Statement statement{
      "SELECT o.revision, array_to_string(o.down_revision, chr(1)), o.down_revision IS NULL, "
      "o.server_version,"
      " o.statements, o.imported, o.loaded_statements <> ''"
      " AND split_part(o.loaded_statements, ':', 1) = r.statements_source"
      " AND o.loaded_statements <> r.statements_source || ':' || r.statements_digest"
      " FROM migfix.observed_revision AS o LEFT JOIN migfix.revision AS r"
      " ON r.environment = o.environment AND r.revision = o.revision WHERE o.environment = $1"
      " ORDER BY o.revision COLLATE \"C\"",
      1};
  std::vector<StoredObservation> stored;
  std::vector<std::string> texts;
  {
    const RightsOf rights(log_owner());
    run(statement, {environment}, SnapshotKind::kLatest, [&](const RowView &row) {
      StoredObservation &each = stored.emplace_back();
      each.revision.revision.revision = row.string(0);
      each.revision.revision.down_revision = joined_items(row.text(1));
      each.revision.is_placed = !row.flag(2);
      each.revision.server_version = static_cast<int>(row.integer(3));
      texts.push_back(row.string(4));
      each.imported = row.flag(5);
      each.outdated = row.flag(6);
    });
  }
  for (std::size_t i = 0; i < stored.size(); ++i) {
    check_for_interrupts();
    stored[i].revision.statements =
        core::observed_statements(parse_json(texts[i]), stored[i].revision.revision.revision);
  }
  return stored;
}

std::vector<core::Revision> observed_places(const std::string &environment) {
  static constinit Statement statement{
      "SELECT o.revision, array_to_string(o.down_revision, chr(1)) FROM migfix.observed_revision AS o"
      " WHERE o.environment = $1",
      1};
  std::vector<core::Revision> places;
  const RightsOf rights(log_owner());
  run(statement, {environment}, SnapshotKind::kLatest, [&](const RowView &row) {
    core::Revision &revision = places.emplace_back();
    revision.revision = row.string(0);
    revision.down_revision = joined_items(row.text(1));
  });
  return places;
}

Observed store_observation(const std::string &environment, const core::ObservedRevision &revision,
                           bool imported) {
  static constinit Statement known{
      "SELECT o.digest, o.imported FROM migfix.observed_revision AS o"
      " WHERE o.environment = $1 AND o.revision = $2",
      2};
  static const std::string insert_sql = fmt::format(
      "INSERT INTO migfix.observed_revision (environment, revision, down_revision, server_version, "
      "statements,"
      " digest, loaded_statements, imported, observed_by)"
      " SELECT $1, $2, CASE WHEN $3 = 't' THEN $4::text[] END, $5::integer, $6::json, $7,"
      " coalesce((SELECT {} FROM migfix.revision AS r WHERE r.environment = $1 AND r.revision = $2), ''),"
      " $8::boolean, $9::name"
      " ON CONFLICT (environment, revision) DO UPDATE SET down_revision = EXCLUDED.down_revision,"
      " server_version = EXCLUDED.server_version, statements = EXCLUDED.statements, digest = EXCLUDED.digest,"
      " loaded_statements = EXCLUDED.loaded_statements, imported = EXCLUDED.imported,"
      " observed_by = EXCLUDED.observed_by, observed_at = EXCLUDED.observed_at",
      kLoadedStatements);
  static Statement insert{insert_sql.c_str(), 9};

  const std::string statements = json_text(core::json_of(revision.statements));
  const std::string down = sql_array(revision.revision.down_revision);
  const std::string digest = core::md5_hex(statements + down + (revision.is_placed ? "t" : "f"));
  const std::string role = call([] { return GetUserNameFromId(GetUserId(), false); });
  const RightsOf rights(log_owner());
  std::optional<std::pair<std::string, bool>> before;
  if (!imported && !lock_at_once(environment)) return Observed::kKept;
  run(known, {environment, revision.revision.revision}, SnapshotKind::kLatest,
      [&](const RowView &row) { before.emplace(row.string(0), row.flag(1)); });
  if (before && before->first == digest) return Observed::kUnchanged;
  // A snapshot of the transaction's own may not show the row that would be replaced.
  if (before && !imported && (before->second || call([] { return IsolationUsesXactSnapshot(); })))
    return Observed::kKept;
  run(insert,
      {environment, revision.revision.revision, std::string(revision.is_placed ? "t" : "f"), down,
       std::to_string(revision.server_version), statements, digest, std::string(imported ? "t" : "f"), role},
      SnapshotKind::kNew);
  return before ? Observed::kReplaced : Observed::kAdded;
}

std::uint64_t forget_observations(const std::string &environment,
                                  const std::optional<std::string> &revision) {
  static constinit Statement one{
      "DELETE FROM migfix.observed_revision WHERE environment = $1 AND revision = $2", 2};
  static constinit Statement all{"DELETE FROM migfix.observed_revision WHERE environment = $1", 1};
  const RightsOf rights(log_owner());
  return revision ? run(one, {environment, *revision}, SnapshotKind::kNew)
                  : run(all, {environment}, SnapshotKind::kNew);
}

}  // namespace migfix::server
