#include "server/ddl_log.hpp"

#include "server/catalog_sql.hpp"
#include "server/client_statement.hpp"
#include "server/ddl_claim.hpp"
#include "server/query.hpp"
#include "server/server_version.hpp"
#include "server/subtransaction.hpp"
#include "server/transaction_state.hpp"
#include "server/version_log.hpp"

extern "C" {
#include "access/genam.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type_d.h"
#include "commands/sequence.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/xid8.h"
}

namespace migfix::server {

namespace {

// The columns of migfix.ddl_log, from 0. Those behind kIdentity and before kSessionRole are claim_ddl's.
enum Column : int {
  kLogId,
  kLoggedAt,
  kTransactionId,
  kCommandTag,
  kType,
  kIdentity,
  kVersionTable,
  kFormerRevision,
  kRevision,
  kSessionRole,
  kCurrentRole,
  kApplicationName,
  kClientAddress,
  kPid,
  kStatement,
  kColumns
};

constexpr Oid kTypes[kColumns] = {INT8OID, TIMESTAMPTZOID, XID8OID, TEXTOID, TEXTOID,
                                  TEXTOID, TEXTOID,        TEXTOID, TEXTOID, NAMEOID,
                                  NAMEOID, TEXTOID,        INETOID, INT4OID, TEXTOID};

struct Log {
  Oid table;
  Oid key;  // the index of its primary key
  Oid sequence;
};

Oid in_migfix(const char *name) {
  const Oid schema = get_namespace_oid("migfix", true);
  return OidIsValid(schema) ? get_relname_relid(name, schema) : InvalidOid;
}

// Neither expressions nor a condition, which would run somebody's code, and nothing that could refuse an
// entry.
bool has_plain_indexes(Relation table) {
  List *indexes = RelationGetIndexList(table);
  ListCell *cell;
  bool plain = true;
  foreach (cell, indexes) {
    HeapTuple tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(lfirst_oid(cell)));
    if (!HeapTupleIsValid(tuple)) continue;
    const auto *index = reinterpret_cast<Form_pg_index>(GETSTRUCT(tuple));
    plain = plain && heap_attisnull(tuple, Anum_pg_index_indexprs, nullptr) &&
            heap_attisnull(tuple, Anum_pg_index_indpred, nullptr) && !index->indisexclusion &&
            (!index->indisunique || index->indisprimary);
    ReleaseSysCache(tuple);
  }
  list_free(indexes);
  return plain;
}

// A plain table with these columns and no others that want a value, as it was installed.
bool is_as_installed(Relation table) {
  const TupleDesc columns = RelationGetDescr(table);
  if (table->rd_rel->relkind != RELKIND_RELATION || columns->natts < kColumns) return false;
  for (int i = 0; i < kColumns; ++i)
    if (TupleDescAttr(columns, i)->atttypid != kTypes[i]) return false;
  for (int i = kColumns; i < columns->natts; ++i)
    if (TupleDescAttr(columns, i)->attnotnull) return false;
  return has_plain_indexes(table);
}

// All that can be found out before anything is written.
Log find_log() {
  return call([] {
    Log log{in_migfix("ddl_log"), InvalidOid, in_migfix("ddl_log_log_id_seq")};
    if (!OidIsValid(log.table) || get_rel_relkind(log.sequence) != RELKIND_SEQUENCE)
      ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
                      errmsg("relation migfix.ddl_log or its sequence does not exist")));
    Relation table = table_open(log.table, RowExclusiveLock);
    log.key = primary_key_index(table);
    const bool usable = OidIsValid(log.key) && is_as_installed(table);
    table_close(table, NoLock);
    if (!usable)
      ereport(ERROR,
              (errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("migfix.ddl_log is not as it was installed")));
    return log;
  });
}

struct Entry {
  std::int64_t id;
  const char *tag;
  const char *type;
  const char *identity;  // null: none is told
};

// One of the entries' numbers that the log has already, or 0: those between may be of other sessions.
std::int64_t taken_id(const Log &log, const Entry *entries, int count) {
  Relation table = table_open(log.table, RowExclusiveLock);
  ScanKeyData keys[2];
  const Datum first = Int64GetDatum(entries[0].id), last = Int64GetDatum(entries[count - 1].id);
  ScanKeyInit(&keys[0], kLogId + 1, BTGreaterEqualStrategyNumber, F_INT8GE, first);
  ScanKeyInit(&keys[1], kLogId + 1, BTLessEqualStrategyNumber, F_INT8LE, last);
  PushActiveSnapshot(GetLatestSnapshot());
  SysScanDesc scan = systable_beginscan(table, log.key, true, GetActiveSnapshot(), 2, keys);
  std::int64_t taken = 0;
  for (HeapTuple tuple; taken == 0 && HeapTupleIsValid(tuple = systable_getnext(scan));) {
    bool null;
    const auto id = DatumGetInt64(heap_getattr(tuple, kLogId + 1, RelationGetDescr(table), &null));
    for (int i = 0; i < count; ++i)
      if (entries[i].id == id) taken = id;
  }
  systable_endscan(scan);
  PopActiveSnapshot();
  table_close(table, NoLock);
  return taken;
}

// The next numbers, ascending; one that is taken already (the sequence is behind the log) is an error.
void number(const Log &log, Entry *entries, int count) {
  call([&] {
    for (int i = 0; i < count; ++i) entries[i].id = nextval_internal(log.sequence, false);
    const std::int64_t taken = taken_id(log, entries, count);
    if (taken != 0)
      ereport(ERROR,
              (errcode(ERRCODE_UNIQUE_VIOLATION),
               errmsg("log_id " INT64_FORMAT " is taken: the sequence is behind migfix.ddl_log", taken)));
  });
}

// inet_client_addr(), which is no member of any header.
Datum client_address(bool *null) {
  FmgrInfo function;
  fmgr_info(F_INET_CLIENT_ADDR, &function);
  LOCAL_FCINFO(arguments, 0);
  InitFunctionCallInfoData(*arguments, &function, 0, InvalidOid, nullptr, nullptr);
  const Datum address = FunctionCallInvoke(arguments);
  *null = arguments->isnull;
  return address;
}

// Of a role that was dropped while its session went on, the number is left.
Datum role_name(Oid role) {
  auto *name = static_cast<NameData *>(palloc0(sizeof(NameData)));
  const char *found = GetUserNameFromId(role, true);
  namestrcpy(name, found != nullptr ? found : psprintf("%u", role));
  return NameGetDatum(name);
}

// By the server's own functions: nobody's rights, triggers and policies matter, and it costs a fifth of SQL.
void insert(const Log &log, const Entry *entries, int count, const char *statement) {
  Relation table = table_open(log.table, RowExclusiveLock);
  const TupleDesc columns = RelationGetDescr(table);
  auto *values = static_cast<Datum *>(palloc0(sizeof(Datum) * columns->natts));
  auto *nulls = static_cast<bool *>(palloc(columns->natts));
  memset(nulls, true, columns->natts);
  const auto set = [&](Column column, Datum value) {
    values[column] = value;
    nulls[column] = false;
  };
  set(kTransactionId, FullTransactionIdGetDatum(GetTopFullTransactionId()));
  set(kSessionRole, role_name(GetSessionUserId()));
  set(kCurrentRole, role_name(acting_role()));
  set(kApplicationName, CStringGetTextDatum(application_name != nullptr ? application_name : ""));
  values[kClientAddress] = client_address(&nulls[kClientAddress]);
  set(kPid, Int32GetDatum(MyProcPid));
  set(kStatement, CStringGetTextDatum(statement));
  CatalogIndexState indexes = CatalogOpenIndexes(table);
  for (int i = 0; i < count; ++i) {
    set(kLogId, Int64GetDatum(entries[i].id));
    set(kLoggedAt, TimestampTzGetDatum(GetCurrentTimestamp()));
    set(kCommandTag, CStringGetTextDatum(entries[i].tag));
    set(kType, CStringGetTextDatum(entries[i].type));
    nulls[kIdentity] = entries[i].identity == nullptr;
    values[kIdentity] = nulls[kIdentity] ? 0 : CStringGetTextDatum(entries[i].identity);
    CatalogTupleInsertWithInfo(table, heap_form_tuple(columns, values, nulls), indexes);
  }
  CatalogCloseIndexes(indexes);
  table_close(table, NoLock);
  CommandCounterIncrement();
}

}  // namespace

void log_ddl(const std::function<std::vector<DdlEvent>()> &read) {
  std::vector<DdlEvent> events;
  std::vector<Entry> entries;
  std::string statement;
  Log log = {};
  const bool found = attempt("migfix could not log a DDL command", [&] {
    events = read();
    std::erase_if(events, [](const DdlEvent &event) { return !core::is_logged(event.object); });
    if (events.empty()) return;
    log = find_log();
    for (const DdlEvent &event : events) {
      const std::string &identity = event.object.identity;
      entries.push_back({0, event.command_tag.c_str(), event.object.type.c_str(),
                         identity.empty() ? nullptr : identity.c_str()});
    }
    number(log, entries.data(), static_cast<int>(entries.size()));
    statement = client_statement();
  });
  if (!found || entries.empty()) return;
  call([&] { insert(log, entries.data(), static_cast<int>(entries.size()), statement.c_str()); });
  note_ddl_entries(entries.front().id, entries.back().id);
}

bool may_read_ddl_log() {
  return call([] {
    const Oid log = in_migfix("ddl_log");
    return OidIsValid(log) && pg_class_aclcheck(log, GetUserId(), ACL_SELECT) == ACLCHECK_OK;
  });
}

std::optional<core::DdlEntry> origin_of(const core::DdlName &object) {
  // A part is found by its name in the statements on its table: that is all that the log has of it.
  static constinit Statement statement{
      "WITH entry AS (SELECT * FROM migfix.ddl_log WHERE object_identity = CASE WHEN $2 = '' THEN "
      "format('%I', $3)"
      " ELSE format('%I.%I', $2, $3) END COLLATE \"C\""
      " AND (object_type = $1"
      "   OR $1 IN ('view', 'table') AND object_type IN ('materialized view', 'foreign table')))"
      " SELECT log_id, to_char(logged_at, " MIGFIX_TIME_FORMAT
      "), transaction_id, session_role, \"current_role\","
      " application_name, host(client_address), pid, statement, command_tag, object_type, object_identity,"
      " version_table, revision FROM entry"
      " WHERE log_id > coalesce((SELECT max(log_id) FROM entry WHERE command_tag LIKE 'DROP %'), 0)"
      " AND ($4 = '' OR position(lower($4) IN lower(statement)) > 0)"
      " ORDER BY $4 = '' AND (command_tag LIKE 'CREATE %' OR command_tag = 'SELECT INTO') DESC, log_id DESC"
      " LIMIT 1",
      4};
  std::optional<core::DdlEntry> found;
  run(statement, {object.type, object.schema, object.name, object.part}, SnapshotKind::kLatest,
      [&](const RowView &row) {
        core::DdlEntry entry;
        entry.log_id = row.integer(0);
        entry.logged_at = row.string(1);
        entry.transaction_id = row.string(2);
        entry.session_role = row.string(3);
        entry.current_role = row.string(4);
        entry.application_name = row.string(5);
        entry.client_address = row.string(6);
        entry.pid = static_cast<std::int32_t>(row.integer(7));
        entry.statement = row.string(8);
        entry.command_tag = row.string(9);
        entry.object_type = row.string(10);
        entry.object_identity = row.string(11);
        entry.version_table = row.string(12);
        entry.revision = row.string(13);
        found = std::move(entry);
      });
  return found;
}

std::optional<bool> ran_ddl(const std::string &transaction_id) {
  static constinit Statement statement{
      "SELECT EXISTS (SELECT FROM migfix.ddl_log WHERE transaction_id = $1::xid8),"
      " EXISTS (SELECT FROM migfix.ddl_log WHERE transaction_id < $1::xid8)",
      1};
  std::optional<bool> answer;
  run(statement, {transaction_id}, SnapshotKind::kLatest, [&](const RowView &row) {
    if (row.flag(0) || row.flag(1)) answer = row.flag(0);
  });
  return answer;
}

core::DdlMemory ddl_memory() {
  if (!may_read_ddl_log()) return {};
  return {origin_of, ran_ddl};
}

MIGFIX_FUNCTION(migfix_forget_log) {
  static constinit Statement statement{"DELETE FROM migfix.ddl_log WHERE logged_at < $1::timestamptz", 1};
  require_writable("migfix_forget_log()");
  if (PG_ARGISNULL(0)) throw core::Error(core::kNullValueNotAllowed, "before must not be NULL");
  const Datum before = PG_GETARG_DATUM(0);
  const char *text = call([&] { return OidOutputFunctionCall(F_TIMESTAMPTZ_OUT, before); });
  RightsOf owner(log_owner());
  PG_RETURN_INT64(static_cast<std::int64_t>(run(statement, {text}, SnapshotKind::kNew)));
}

}  // namespace migfix::server
