#include "server/runner_watch.hpp"

#include "server/extension.hpp"
#include "server/guard_install.hpp"
#include "server/observation_memory.hpp"
#include "server/rights.hpp"
#include "server/runner_reading.hpp"
#include "server/runner_statement.hpp"
#include "server/settings.hpp"
#include "server/subtransaction.hpp"
#include "server/transaction_state.hpp"
#include "server/version_log.hpp"
#include "server/version_relation.hpp"

extern "C" {
#include "access/htup_details.h"
#include "access/parallel.h"
#include "access/relation.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "commands/extension.h"
#include "executor/executor.h"
#include "optimizer/planner.h"
#include "storage/proc.h"
#include "utils/acl.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
}

namespace migfix::server {

namespace {

// So many runner locks of one transaction, and no more: each takes room in the server's lock table.
constexpr int kMostLocks = 3000;
constexpr char kTrouble[] = "migfix could not look after the runner lock";

planner_hook_type next_planner = nullptr;
ExecutorStart_hook_type next_executor_start = nullptr;

bool dormant() {
  return creating_extension || IsBinaryUpgrade || !IsTransactionState() || IsInParallelMode() ||
         IsParallelWorker() || XactReadOnly || RecoveryInProgress() || runner_timeout_ms() == 0 ||
         guard_mode() == core::GuardMode::kOff;
}

// Who may not write the rows is no runner: a reader must not keep runners waiting.
bool may_write(Oid version_table) {
  return call([&] {
    return pg_class_aclcheck(version_table, GetUserId(), ACL_SELECT) == ACLCHECK_OK &&
           pg_class_aclcheck(version_table, GetUserId(), ACL_INSERT | ACL_UPDATE | ACL_DELETE) == ACLCHECK_OK;
  });
}

bool may_create(Oid schema) {
  return call([&] { return may_create_in(schema); });
}

RunnerKey key_of(Oid relation) {
  RunnerKey key;
  call([&] { key.schema = get_rel_namespace(relation); });
  const char *name = call([&] { return get_rel_name(relation); });
  if (name != nullptr) key.table = name;
  return key;
}

Oid relation_of(const RunnerKey &key) {
  const char *table = key.table.c_str();
  return call([&] { return get_relname_relid(table, key.schema); });
}

// What is left of the time that this transaction may wait for runner locks, all its waits together.
int patience() {
  int patience = runner_timeout_ms();
  if (LockTimeout > 0) patience = std::min(patience, LockTimeout);
  return std::max(0, patience - waited_in_transaction());
}

int allowed() {
  return LockTimeout > 0 ? std::min(runner_timeout_ms(), LockTimeout) : runner_timeout_ms();
}

RunnerLock take(const RunnerKey &key) {
  if (count_runner_lock() > kMostLocks) return {};
  RunnerLock lock = take_runner_lock(key, patience());
  note_waited(lock.waited_ms);
  if (lock.outcome == RunnerLock::Outcome::kBlocksHolder)
    throw core::gives_way(key_name(key), *lock.holder, functions_prefix());
  call([] {
    AcceptInvalidationMessages();
  });  // what the one before has created or dropped is to be found as it is
  return lock;
}

// The same for who cannot go on without. Says whether it had to wait.
bool need(const RunnerKey &key) {
  const RunnerLock lock = take(key);
  if (lock.outcome == RunnerLock::Outcome::kTimedOut)
    throw core::waited_in_vain(key_name(key), lock.holder, allowed());
  return lock.waited;
}

// A read goes on without the lock, late; what it has missed is found out at the first DDL.
void want(const RunnerKey &key) {
  const RunnerLock lock = take(key);
  if (lock.outcome != RunnerLock::Outcome::kTimedOut || !lock.waited) return;
  const core::Notice notice = core::reads_on(key_name(key), lock.holder, allowed());
  report(WARNING, notice.message, notice.detail, notice.hint);
}

bool created_here(Oid relation) {
  return call([&] {
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
    if (!HeapTupleIsValid(tuple)) return false;
    const bool mine = TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetXmin(tuple->t_data));
    ReleaseSysCache(tuple);
    return mine;
  });
}

std::optional<core::Rows> rows_of(Oid relation) {
  if (!OidIsValid(relation)) return std::nullopt;
  // Whoever it had to wait for may have dropped it.
  Relation table = call([&] { return try_relation_open(relation, AccessShareLock); });
  if (table == nullptr) return std::nullopt;
  core::Rows rows = latest_versions(table);
  call([&] { relation_close(table, NoLock); });
  return rows;
}

// Only with the guard on it is it known what this session has changed itself.
bool can_compare(const Reading &reading, Oid relation) {
  if (!reading.rows) return !OidIsValid(relation) || !created_here(relation);
  if (!OidIsValid(relation)) return !transaction_ran_ddl();
  return has_guard(relation) && last_log_id(relation) == 0;
}

void require_unchanged(const RunnerKey &key, const std::optional<core::Rows> &read, Oid relation) {
  core::Meanwhile meanwhile;
  meanwhile.version_table = key_name(key);
  meanwhile.read = read;
  meanwhile.now = rows_of(relation);
  if (core::same_state(meanwhile.read, meanwhile.now)) return;
  meanwhile.changed = last_change(meanwhile.version_table);
  meanwhile.functions = functions_prefix();
  throw core::overtaken(meanwhile);
}

void secure(const Reading &reading) {
  need(reading.key);
  const Oid relation = relation_of(reading.key);
  if (can_compare(reading, relation)) require_unchanged(reading.key, reading.rows, relation);
}

bool creates_temporary(const Node *command) {
  return IsA(command, CreateStmt) &&
         reinterpret_cast<const CreateStmt *>(command)->relation->relpersistence == RELPERSISTENCE_TEMP;
}

const CreateStmt *creates_version_table(const Node *command) {
  if (!IsA(command, CreateStmt)) return nullptr;
  const auto *create = reinterpret_cast<const CreateStmt *>(command);
  return is_version_table_name(create->relation->relname) ? create : nullptr;
}

Oid schema_of(const RangeVar *name) {
  return call([&] {
    if (name->schemaname != nullptr) return get_namespace_oid(name->schemaname, true);
    List *path = fetch_search_path(false);
    return path != NIL ? linitial_oid(path) : InvalidOid;
  });
}

// Two runners on an empty database would meet on the server's own catalogs otherwise.
void before_create(const CreateStmt *create) {
  const RunnerKey key{schema_of(create->relation), create->relation->relname};
  if (!OidIsValid(key.schema) || !may_create(key.schema)) return;
  if (need(key) && !create->if_not_exists) require_unchanged(key, std::nullopt, relation_of(key));
}

void at_read(Oid relation) {
  if (may_write(relation)) want(key_of(relation));
}

void at_probe(const RunnerKey &key) {
  if (!OidIsValid(key.schema) || OidIsValid(relation_of(key)) || !may_create(key.schema)) return;
  remember_reading({key, std::nullopt});
}

void note_statement(const RunnerStatement &statement) {
  if (dormant() || !OidIsValid(extension_oid())) return;
  attempt(kTrouble, [&] {
    if (statement.kind == RunnerStatement::Kind::kRead)
      at_read(statement.relation);
    else
      at_probe(statement.key);
  });
}

PlannedStmt *at_planning(Query *query, const char *source, int options, ParamListInfo parameters) {
  // Before the snapshot that the statement runs under: who waits here reads what the other has committed.
  enter<int>([&] {
    const RunnerStatement statement = runner_statement(query, source, parameters);
    if (statement.kind != RunnerStatement::Kind::kOther) note_statement(statement);
    return 0;
  });
  return next_planner != nullptr ? next_planner(query, source, options, parameters)
                                 : standard_planner(query, source, options, parameters);
}

// What the statement is about to see is what a runner has read. A cached plan has not been at the planner:
// then the lock is taken here, after the snapshot, and the first DDL finds out whether that was too late.
void note_read(Oid relation, Snapshot snapshot) {
  if (dormant() || !OidIsValid(extension_oid()) || !may_write(relation)) return;
  attempt(kTrouble, [&] {
    const RunnerKey key = key_of(relation);
    want(key);
    remember_reading({key, read_versions(OpenRelation(relation, AccessShareLock), snapshot)});
  });
}

void at_executor_start(QueryDesc *query, int flags) {
  if (next_executor_start != nullptr)
    next_executor_start(query, flags);
  else
    standard_ExecutorStart(query, flags);
  enter<int>([&] {
    const Oid relation = read_by_plan(query->plannedstmt, query->sourceText);
    if (!OidIsValid(relation)) return 0;
    watch_from_here(relation);
    note_read(relation, query->snapshot);
    return 0;
  });
}

// What a runner has done itself is no surprise to it in its next transaction.
void at_commit(XactEvent event, void *) {
  if (event != XACT_EVENT_PRE_COMMIT || !is_runner()) return;
  if (!did_runner_work() && !transaction_logged_versions()) return;
  enter<int>([] {
    call([] { PushActiveSnapshot(GetTransactionSnapshot()); });
    attempt(kTrouble, [] {
      refresh_readings([](const RunnerKey &key, bool secured) -> std::optional<RefreshedRows> {
        const Oid relation = relation_of(key);
        if (!secured && (!OidIsValid(relation) || last_log_id(relation) == 0)) return std::nullopt;
        return RefreshedRows{rows_of(relation)};
      });
    });
    call([] { PopActiveSnapshot(); });
    return 0;
  });
}

}  // namespace

void watch_runners() {
  watch_readings();
  call([] { RegisterXactCallback(at_commit, nullptr); });
  next_planner = std::exchange(planner_hook, at_planning);
  next_executor_start = std::exchange(ExecutorStart_hook, at_executor_start);
}

void runner_before_ddl(const Node *command) {
  const CreateStmt *create = creates_version_table(command);
  if ((create == nullptr && !is_runner()) || creates_temporary(command) || dormant()) return;
  attempt(kTrouble, [&] {
    secure_readings(secure);
    if (create != nullptr) before_create(create);
  });
}

void runner_after_ddl(const Node *command) {
  if (is_runner() && !creates_temporary(command)) note_runner_work();
}

void lock_as_runner(const RunnerKey &key) {
  need(key);
}

void wait_for_runners(Oid version_table) {
  if (!dormant()) need(key_of(version_table));
}

}  // namespace migfix::server
