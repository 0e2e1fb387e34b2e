#include "server/leftover_catalog.hpp"

#include "server/catalog_sql.hpp"
#include "server/query.hpp"
#include "server/runner_lock.hpp"
#include "server/settings.hpp"
#include "server/sql_array.hpp"

namespace migfix::server {

namespace {

// pg_stat_progress_create_index tells only privileged roles which index a session builds; the lock that
// CREATE INDEX CONCURRENTLY holds on the table tells everybody.
constinit Statement invalid_indexes{
    "WITH broken AS MATERIALIZED ("
    " SELECT i.indexrelid, i.indrelid, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,"
    "  quote_ident(tn.nspname) || '.' || quote_ident(tc.relname) AS table_name, c.relkind"
    " FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid"
    " JOIN pg_namespace AS n ON n.oid = c.relnamespace"
    " JOIN pg_class AS tc ON tc.oid = i.indrelid JOIN pg_namespace AS tn ON tn.oid = tc.relnamespace"
    " WHERE NOT (i.indisvalid AND i.indisready) AND ($1::oid = 0 OR n.oid = $1::oid)"
    "  AND" MIGFIX_USER_SCHEMA "AND" MIGFIX_USER_RELATION
    "), build AS MATERIALIZED ("
    " SELECT p.pid, p.index_relid FROM pg_stat_progress_create_index AS p"
    " WHERE p.datid = " MIGFIX_THIS_DATABASE
    "), building AS ("
    " SELECT b.index_relid AS index, b.pid FROM build AS b WHERE b.index_relid IS NOT NULL AND b.index_relid "
    "<> 0"
    " UNION ALL"
    " SELECT k.indexrelid, b.pid FROM broken AS k JOIN pg_locks AS l ON l.relation = k.indrelid"
    "  AND l.locktype = 'relation' AND l.database = " MIGFIX_THIS_DATABASE
    "  AND l.mode = 'ShareUpdateExclusiveLock' AND l.granted"
    " JOIN build AS b ON b.pid = l.pid AND b.index_relid IS NULL)"
    " SELECT k.name, k.table_name, k.relkind = 'I',"
    "  EXISTS (SELECT FROM pg_constraint AS o WHERE o.conindid = k.indexrelid AND o.contype IN ('p', 'u', "
    "'x')"
    "   AND o.conrelid = k.indrelid),"
    "  coalesce((SELECT min(b.pid) FROM building AS b WHERE b.index = k.indexrelid), 0)"
    " FROM broken AS k ORDER BY k.name",
    1};

// A constraint that is inherited is validated with its parent's. One that is not enforced, as 18 has them,
// cannot be.
constinit Statement unvalidated_constraints{
    "SELECT quote_ident(o.conname), quote_ident(n.nspname) || '.' || quote_ident(coalesce(c.relname, "
    "t.typname)),"
    " o.contypid <> 0, coalesce(pg_get_constraintdef(o.oid), '')"
    " FROM pg_constraint AS o LEFT JOIN pg_class AS c ON c.oid = o.conrelid"
    " LEFT JOIN pg_type AS t ON t.oid = o.contypid"
    " JOIN pg_namespace AS n ON n.oid = coalesce(c.relnamespace, t.typnamespace)"
    " WHERE NOT o.convalidated AND to_jsonb(o) ->> 'conenforced' IS DISTINCT FROM 'false' AND o.coninhcount "
    "= 0 AND o.conparentid = 0 AND ($1::oid = 0 OR n.oid = "
    "$1::oid)"
    "  AND" MIGFIX_USER_SCHEMA "AND (c.oid IS NULL OR" MIGFIX_USER_RELATION
    ") AND (t.oid IS NULL OR" MIGFIX_USER_TYPE
    ")"
    " ORDER BY 2, 1",
    1};

// A parallel worker holds its leader's locks once more; an autovacuum worker (it has no role) gives way by
// itself. Who may end a session: pg_signal_backend() in the server's signalfuncs.c.
constinit Statement lock_holders{
    "WITH held AS ("
    " SELECT l.relation, coalesce(a.leader_pid, l.pid) AS pid,"
    "  max(array_position('{AccessShareLock,RowShareLock,RowExclusiveLock,ShareUpdateExclusiveLock,ShareLock,"
    "ShareRowExclusiveLock,ExclusiveLock,AccessExclusiveLock}'::text[], l.mode)) AS strength"
    " FROM pg_locks AS l LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid"
    " WHERE l.locktype = 'relation' AND l.database = " MIGFIX_THIS_DATABASE
    "  AND l.granted AND l.mode <> 'SIReadLock' AND l.relation IN (SELECT unnest($1::oid[]))"
    " GROUP BY 1, 2)"
    " SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname), pg_get_userbyid(c.relowner), h.pid,"
    "  coalesce(a.usename, ''), coalesce(a.application_name, ''), coalesce(host(a.client_addr), ''),"
    "  coalesce(a.state, ''), coalesce(to_char(a.xact_start, " MIGFIX_TIME_FORMAT
    "), ''),"
    "  ('{AccessShareLock,RowShareLock,RowExclusiveLock,ShareUpdateExclusiveLock,ShareLock,"
    "ShareRowExclusiveLock,ExclusiveLock,AccessExclusiveLock}'::text[])[h.strength], h.strength >= 3,"
    "  coalesce(me.rolsuper OR (NOT r.rolsuper"
    "   AND (pg_has_role(r.oid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE'))), false)"
    " FROM held AS h JOIN pg_class AS c ON c.oid = h.relation JOIN pg_namespace AS n ON n.oid = "
    "c.relnamespace"
    " JOIN pg_stat_activity AS a ON a.pid = h.pid JOIN pg_roles AS r ON r.oid = a.usesysid"
    " JOIN pg_roles AS me ON me.rolname = current_user"
    " WHERE h.pid <> pg_backend_pid()"
    " ORDER BY 1, 3",
    1};

// The runner lock tells a table by a hash of its name, since there may be no table yet. With `only`, of that schema.
std::vector<core::LockHolder> runners(Oid only) {
  std::vector<core::LockHolder> found;
  const std::vector<HeldRunnerLock> held = held_runner_locks();
  for (const HeldRunnerLock &lock : held) {
    if (lock.own || (OidIsValid(only) && lock.schema != only)) continue;
    for (const std::string &name : version_table_names()) {
      const RunnerKey key{lock.schema, name};
      if (!is_lock_of(lock, key)) continue;
      found.push_back(lock.session);
      found.back().version_table = key_name(key);
    }
  }
  return found;
}

}  // namespace

core::Leftovers read_leftovers(Oid only, const std::vector<Oid> &version_tables) {
  const std::string only_text = std::to_string(only);
  core::Leftovers leftovers;
  run(invalid_indexes, {only_text}, SnapshotKind::kActive, [&](const RowView &row) {
    leftovers.indexes.push_back(
        {row.string(0), row.string(1), row.flag(2), row.flag(3), static_cast<std::int32_t>(row.integer(4))});
  });
  run(unvalidated_constraints, {only_text}, SnapshotKind::kActive, [&](const RowView &row) {
    leftovers.constraints.push_back({row.string(0), row.string(1), row.flag(2), row.string(3)});
  });
  leftovers.runners = runners(only);
  if (version_tables.empty()) return leftovers;
  run(lock_holders, {sql_array(version_tables)}, SnapshotKind::kActive, [&](const RowView &row) {
    core::LockHolder holder;
    holder.version_table = row.string(0);
    holder.version_owner = row.string(1);
    holder.pid = static_cast<std::int32_t>(row.integer(2));
    holder.role = row.string(3);
    holder.application_name = row.string(4);
    holder.client_address = row.string(5);
    holder.state = row.string(6);
    holder.since = row.string(7);
    holder.mode = row.string(8);
    holder.writes = row.flag(9);
    holder.may_end = row.flag(10);
    leftovers.lock_holders.push_back(std::move(holder));
  });
  return leftovers;
}

}  // namespace migfix::server
