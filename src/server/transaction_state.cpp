#include "server/transaction_state.hpp"

extern "C" {
#include "access/xact.h"
#include "utils/memutils.h"
}

namespace migfix::server {

namespace {

struct TableState {
  Oid version_table;
  std::int64_t change_id;
  std::int64_t first_log_id;
  std::int64_t last_log_id;
  int version_locks;
  bool unjudged;
  TableState *next;
};

// Plain values only: they are reset by the callbacks below, which run also when a longjmp has passed over
// everything else.
TableState *tables = nullptr;
int ddl_level = 0;  // nesting level of the transaction whose end decides over the DDL; 0: no DDL
Oid acting = InvalidOid;
const char *reason = nullptr;

void forget() {
  tables = nullptr;  // the memory goes with TopTransactionContext
  ddl_level = 0;
  acting = InvalidOid;
  reason = nullptr;
}

void at_transaction_end(XactEvent event, void *) {
  switch (event) {
    case XACT_EVENT_COMMIT:
    case XACT_EVENT_ABORT:
    case XACT_EVENT_PREPARE:
    case XACT_EVENT_PARALLEL_COMMIT:
    case XACT_EVENT_PARALLEL_ABORT:
      forget();
      break;
    case XACT_EVENT_PRE_COMMIT:
    case XACT_EVENT_PRE_PREPARE:
    case XACT_EVENT_PARALLEL_PRE_COMMIT:
      break;
  }
}

void at_savepoint_end(SubXactEvent event, SubTransactionId, SubTransactionId, void *) {
  const int level = GetCurrentTransactionNestLevel();
  if (event == SUBXACT_EVENT_COMMIT_SUB && ddl_level == level) {
    ddl_level = level - 1;
  } else if (event == SUBXACT_EVENT_ABORT_SUB) {
    if (ddl_level >= level) ddl_level = 0;
    // A savepoint that is rolled back may take a change's first entry with it: begin a new one.
    for (TableState *table = tables; table != nullptr; table = table->next) table->change_id = 0;
  }
}

TableState &state_of(Oid version_table) {
  for (TableState *table = tables; table != nullptr; table = table->next) {
    if (table->version_table == version_table) return *table;
  }
  auto *table = call([] {
    return static_cast<TableState *>(MemoryContextAllocZero(TopTransactionContext, sizeof(TableState)));
  });
  table->version_table = version_table;
  table->next = tables;
  tables = table;
  return *table;
}

}  // namespace

void watch_transactions() {
  call([] {
    RegisterXactCallback(at_transaction_end, nullptr);
    RegisterSubXactCallback(at_savepoint_end, nullptr);
  });
}

void note_ddl() {
  const int level = GetCurrentTransactionNestLevel();
  if (ddl_level == 0 || level < ddl_level) ddl_level = level;
}

bool transaction_ran_ddl() { return ddl_level > 0; }

std::int64_t open_change(Oid version_table) { return state_of(version_table).change_id; }

void set_open_change(Oid version_table, std::int64_t change_id) {
  state_of(version_table).change_id = change_id;
}

void close_change(Oid version_table) { state_of(version_table).change_id = 0; }

std::int64_t last_log_id(Oid version_table) { return state_of(version_table).last_log_id; }

std::int64_t first_log_id(Oid version_table) { return state_of(version_table).first_log_id; }

void set_last_log_id(Oid version_table, std::int64_t log_id) {
  TableState &table = state_of(version_table);
  if (table.first_log_id == 0) table.first_log_id = log_id;
  table.last_log_id = log_id;
}

bool transaction_logged_versions() {
  for (const TableState *table = tables; table != nullptr; table = table->next) {
    if (table->last_log_id != 0) return true;
  }
  return false;
}

void note_rows_changed(Oid version_table) { state_of(version_table).unjudged = true; }

void forget_rows_changed(Oid version_table) { state_of(version_table).unjudged = false; }

std::vector<Oid> take_tables_to_judge() {
  std::vector<Oid> taken;
  for (TableState *table = tables; table != nullptr; table = table->next) {
    if (std::exchange(table->unjudged, false)) taken.push_back(table->version_table);
  }
  return taken;
}

int count_version_lock(Oid version_table) { return ++state_of(version_table).version_locks; }

Oid acting_role() { return OidIsValid(acting) ? acting : GetUserId(); }

const char *change_reason() { return reason; }

ActingFor::ActingFor(Oid role, const char *why) : role_(std::exchange(acting, role)), reason_(std::exchange(reason, why)) {}

ActingFor::~ActingFor() {
  acting = role_;
  reason = reason_;
}

}  // namespace migfix::server
