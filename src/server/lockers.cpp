#include "server/lockers.hpp"

#include "server/catalog_sql.hpp"
#include "server/query.hpp"
#include "server/sql_array.hpp"

namespace migfix::server {

std::map<Oid, std::string> lockers_of(const std::vector<Oid> &relations) {
  static constinit Statement statement{
      "SELECT DISTINCT ON (l.relation) l.relation, coalesce(l.pid, 0), coalesce(a.application_name, ''), "
      "l.granted"
      " FROM pg_locks AS l LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid"
      " WHERE l.locktype = 'relation' AND l.database = " MIGFIX_THIS_DATABASE
      "  AND l.relation IN (SELECT unnest($1::oid[])) AND l.mode = 'AccessExclusiveLock'"
      "  AND l.pid IS DISTINCT FROM pg_backend_pid()"
      " ORDER BY l.relation, l.granted DESC, l.pid",
      1};
  std::map<Oid, std::string> lockers;
  run(statement, {sql_array(relations)}, SnapshotKind::kActive, [&](const RowView &row) {
    const std::string by = row.integer(1) == 0 ? "a prepared transaction"
                           : row.text(2).empty()
                               ? fmt::format("pid {}", row.integer(1))
                               : fmt::format("pid {} (application \"{}\")", row.integer(1), row.text(2));
    // A reader queues up behind who waits, too.
    lockers[static_cast<Oid>(row.integer(0))] =
        row.flag(3) ? fmt::format("it is locked by {}", by)
                    : fmt::format("{} waits to lock it, and who reads it waits behind", by);
  });
  return lockers;
}

}  // namespace migfix::server
