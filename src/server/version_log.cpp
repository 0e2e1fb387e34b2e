#include "server/version_log.hpp"

#include "server/client_statement.hpp"
#include "server/query.hpp"
#include "server/transaction_state.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/namespace.h"
#include "commands/dbcommands.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
}

namespace migfix::server {

namespace {

// $1 is the open change, empty where this entry begins one.
constinit Statement insert_entry{
    "INSERT INTO migfix.version_log (log_id, change_id, logged_at, transaction_id, version_table, operation,"
    " old_version, new_version, session_role, \"current_role\", application_name, client_address, pid,"
    " statement, reason, former_name)"
    " SELECT id, coalesce($1::bigint, id), clock_timestamp(), pg_current_xact_id(), $2, $3, $4, $5,"
    " session_user, $6::name, coalesce(current_setting('application_name'), ''), inet_client_addr(),"
    " pg_backend_pid(), $7, $8, $9"
    " FROM nextval('migfix.version_log_log_id_seq'::regclass) AS next(id)"
    " RETURNING log_id, change_id",
    9};

#define SELECT_ENTRY "SELECT " MIGFIX_LOG_ENTRY " FROM migfix.version_log "

std::vector<core::LogEntry> read(Statement &statement, const std::vector<Value> &parameters) {
  RightsOf owner(log_owner());
  std::vector<core::LogEntry> entries;
  run(statement, parameters, SnapshotKind::kLatest,
      [&](const RowView &row) { entries.push_back(entry_from(row)); });
  return entries;
}

std::optional<core::LogEntry> read_one(Statement &statement, const std::vector<Value> &parameters) {
  std::vector<core::LogEntry> entries = read(statement, parameters);
  if (entries.empty()) return std::nullopt;
  return std::move(entries.front());
}

}  // namespace

core::LogEntry entry_from(const RowView &row) {
  core::LogEntry entry;
  entry.log_id = row.integer(0);
  entry.change_id = row.integer(1);
  entry.logged_at = row.string(2);
  entry.transaction_id = row.string(3);
  entry.version_table = row.string(4);
  entry.operation = core::operation_named(row.string(5)).value_or(core::Operation::kSkip);
  entry.old_version = row.value(6);
  entry.new_version = row.value(7);
  entry.session_role = row.string(8);
  entry.current_role = row.string(9);
  entry.application_name = row.string(10);
  entry.client_address = row.string(11);
  entry.pid = static_cast<std::int32_t>(row.integer(12));
  entry.statement = row.string(13);
  entry.reason = row.string(14);
  return entry;
}

Oid log_owner() {
  return call([] {
    const Oid schema = get_namespace_oid("migfix", false);
    const Oid table = get_relname_relid("version_log", schema);
    if (!OidIsValid(table))
      ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE), errmsg("relation migfix.version_log does not exist")));
    Relation relation = RelationIdGetRelation(table);
    const Oid owner = relation->rd_rel->relowner;
    RelationClose(relation);
    return owner;
  });
}

std::int64_t append(const NewEntry &entry) {
  const std::int64_t open = open_change(entry.table);
  const char *role = call([] { return GetUserNameFromId(acting_role(), false); });
  const char *reason = change_reason();
  const std::vector<Value> parameters = {
      open == 0 ? Value() : Value(std::to_string(open)),
      entry.version_table,
      core::operation_name(entry.operation),
      entry.old_version,
      entry.new_version,
      role,
      client_statement(),
      reason != nullptr ? Value(reason) : Value(),
      entry.former_name,
  };
  std::int64_t log_id = 0;
  std::int64_t change_id = 0;
  RightsOf owner(log_owner());
  run(insert_entry, parameters, SnapshotKind::kNew, [&](const RowView &row) {
    log_id = row.integer(0);
    change_id = row.integer(1);
  });
  if (open == 0) set_open_change(entry.table, change_id);
  set_last_log_id(entry.table, log_id);
  return log_id;
}

std::optional<core::LogEntry> last_recorded(const std::string &version_table, const std::string &version) {
  static constinit Statement statement{
      SELECT_ENTRY "WHERE version_table = $1 AND new_version = $2 AND operation IN ('insert', 'update')"
                   " ORDER BY log_id DESC LIMIT 1",
      2};
  return read_one(statement, {version_table, version});
}

std::optional<core::LogEntry> last_change(const std::string &version_table) {
  static constinit Statement statement{
      SELECT_ENTRY "WHERE version_table = $1 AND operation IN ('insert', 'update', 'delete', 'truncate', 'drop')"
                   " ORDER BY log_id DESC LIMIT 1",
      1};
  return read_one(statement, {version_table});
}

bool logged_since_start(std::int64_t log_id) {
  static constinit Statement statement{
      "SELECT logged_at >= transaction_timestamp() FROM migfix.version_log WHERE log_id = $1::bigint", 1};
  bool since = false;
  RightsOf owner(log_owner());
  run(statement, {std::to_string(log_id)}, SnapshotKind::kLatest, [&](const RowView &row) { since = row.flag(0); });
  return since;
}

std::optional<core::LogEntry> entry_of(std::int64_t log_id) {
  static constinit Statement statement{SELECT_ENTRY "WHERE log_id = $1::bigint", 1};
  return read_one(statement, {std::to_string(log_id)});
}

std::vector<core::LogEntry> entries_of_change(const std::string &version_table, std::int64_t change_id) {
  static constinit Statement statement{
      SELECT_ENTRY "WHERE version_table = $1 AND change_id = $2::bigint ORDER BY log_id", 2};
  return read(statement, {version_table, std::to_string(change_id)});
}

std::unordered_set<std::string> recorded_now(const std::string &version_table, std::int64_t first) {
  static constinit Statement statement{
      "SELECT new_version FROM migfix.version_log WHERE version_table = $1 AND log_id >= $2::bigint"
      " AND transaction_id = pg_current_xact_id_if_assigned() AND new_version IS NOT NULL",
      2};
  std::unordered_set<std::string> versions;
  RightsOf owner(log_owner());
  run(statement, {version_table, std::to_string(first)}, SnapshotKind::kLatest,
      [&](const RowView &row) { versions.insert(row.string(0)); });
  return versions;
}

Aftermath aftermath(const std::string &version_table, std::int64_t log_id) {
  static constinit Statement next_rename{
      SELECT_ENTRY "WHERE operation = 'rename' AND former_name = $1 AND log_id > $2::bigint ORDER BY log_id LIMIT 1",
      2};
  static constinit Statement changes{
      SELECT_ENTRY "WHERE version_table = $1 AND log_id > $2::bigint AND log_id < coalesce($3::bigint, log_id + 1)"
                   " AND operation IN ('insert', 'update', 'delete', 'truncate', 'drop') ORDER BY log_id",
      3};
  Aftermath after{version_table, {}};
  std::int64_t since = log_id;
  for (;;) {
    const auto rename = read_one(next_rename, {after.version_table, std::to_string(since)});
    const Value until = rename ? Value(std::to_string(rename->log_id)) : Value();
    for (core::LogEntry &entry : read(changes, {after.version_table, std::to_string(since), until}))
      after.changes.push_back(std::move(entry));
    if (!rename) return after;
    after.version_table = rename->version_table;
    since = rename->log_id;
  }
}

std::optional<core::LogEntry> last_protection(const std::string &version_table) {
  static constinit Statement statement{
      SELECT_ENTRY "WHERE version_table = $1 AND operation IN ('protect', 'unprotect')"
                   " ORDER BY log_id DESC LIMIT 1",
      1};
  return read_one(statement, {version_table});
}

std::string current_transaction() {
  if (!TransactionIdIsValid(GetTopTransactionIdIfAny())) return {};
  const std::uint64_t id = call([] { return U64FromFullTransactionId(GetTopFullTransactionId()); });
  return std::to_string(id);
}

}  // namespace migfix::server
