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
#include "access/heapam.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/index.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type_d.h"
#include "commands/sequence.h"
#include "executor/tuptable.h"
#include "nodes/execnodes.h"
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

constexpr char kFailure[] = "migfix could not log a DDL command";
constexpr int kAtOnce = 64;  // entries that are written together

struct Log {
  Oid table;
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
    Log log{in_migfix("ddl_log"), in_migfix("ddl_log_log_id_seq")};
    if (!OidIsValid(log.table) || get_rel_relkind(log.sequence) != RELKIND_SEQUENCE)
      ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
                      errmsg("relation migfix.ddl_log or its sequence does not exist")));
    Relation table = table_open(log.table, RowExclusiveLock);
    const bool usable = OidIsValid(primary_key_index(table)) && is_as_installed(table);
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

// The next numbers, ascending; those between may be of other sessions.
void number(const Log &log, Entry *entries, int count) {
  call([&] {
    for (int i = 0; i < count; ++i) entries[i].id = nextval_internal(log.sequence, false);
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

// Into every index, and whether the number was free. It is not where the sequence is behind the log; the
// server's own check would be an error of the statement. Runs inside call().
bool add_to_indexes(CatalogIndexState indexes, Relation table, TupleTableSlot *slot) {
  bool is_free = true;
  for (int i = 0; i < indexes->ri_NumIndices; ++i) {
    IndexInfo *info = indexes->ri_IndexRelationInfo[i];
    Relation index = indexes->ri_IndexRelationDescs[i];
    if (!info->ii_ReadyForInserts) continue;
    Datum values[INDEX_MAX_KEYS];
    bool nulls[INDEX_MAX_KEYS];
    FormIndexDatum(info, slot, nullptr, values, nulls);
    const bool is_unique = index->rd_index->indisunique;
    const bool is_alone = index_insert(index, values, nulls, &slot->tts_tid, table,
                                       is_unique ? UNIQUE_CHECK_PARTIAL : UNIQUE_CHECK_NO, false, info);
    if (is_unique && !is_alone) is_free = false;
  }
  return is_free;
}

// Answers the first entry whose number the log had already, and has then written none; or null. By the
// server's own functions: nobody's rights, triggers and policies matter, and it costs a fifth of SQL. Runs
// inside call().
const Entry *insert(const Log &log, const Entry *entries, int count, const char *statement) {
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

  TupleTableSlot *slots[kAtOnce];
  const int slot_count = Min(count, kAtOnce);
  for (int i = 0; i < slot_count; ++i) slots[i] = MakeSingleTupleTableSlot(columns, &TTSOpsHeapTuple);
  auto *written = static_cast<ItemPointerData *>(palloc(sizeof(ItemPointerData) * count));
  const Entry *taken = nullptr;
  CatalogIndexState indexes = CatalogOpenIndexes(table);
  for (int done = 0; done < count; done += kAtOnce) {
    const int together = Min(count - done, kAtOnce);
    for (int i = 0; i < together; ++i) {
      const Entry &entry = entries[done + i];
      set(kLogId, Int64GetDatum(entry.id));
      set(kLoggedAt, TimestampTzGetDatum(GetCurrentTimestamp()));
      set(kCommandTag, CStringGetTextDatum(entry.tag));
      set(kType, CStringGetTextDatum(entry.type));
      nulls[kIdentity] = entry.identity == nullptr;
      values[kIdentity] = nulls[kIdentity] ? 0 : CStringGetTextDatum(entry.identity);
      ExecStoreHeapTuple(heap_form_tuple(columns, values, nulls), slots[i], true);
    }
    heap_multi_insert(table, slots, together, GetCurrentCommandId(true), 0, nullptr);
    for (int i = 0; i < together; ++i) {
      written[done + i] = slots[i]->tts_tid;
      if (!add_to_indexes(indexes, table, slots[i]) && taken == nullptr) taken = &entries[done + i];
    }
  }
  CatalogCloseIndexes(indexes);
  for (int i = 0; i < slot_count; ++i) ExecDropSingleTupleTableSlot(slots[i]);
  CommandCounterIncrement();
  if (taken != nullptr) {
    for (int i = 0; i < count; ++i) simple_heap_delete(table, &written[i]);
    CommandCounterIncrement();
  }
  table_close(table, NoLock);
  return taken;
}

}  // namespace

void log_ddl(const std::function<std::vector<DdlEvent>()> &read) {
  std::vector<DdlEvent> events;
  std::vector<Entry> entries;
  std::string statement;
  Log log = {};
  const bool found = attempt(kFailure, [&] {
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
  const Entry *taken =
      call([&] { return insert(log, entries.data(), static_cast<int>(entries.size()), statement.c_str()); });
  if (taken != nullptr)
    return warn_of_own_failure(
        kFailure, fmt::format("log_id {} is taken: the sequence is behind migfix.ddl_log", taken->id));
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
