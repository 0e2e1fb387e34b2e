// The guard's triggers on a version table.
#include "core/guard.hpp"
#include "server/ddl_claim.hpp"
#include "server/extension.hpp"
#include "server/observation_step.hpp"
#include "server/runner_reading.hpp"
#include "server/settings.hpp"
#include "server/subtransaction.hpp"
#include "server/transaction_state.hpp"
#include "server/trigger_call.hpp"
#include "server/twin.hpp"
#include "server/version_log.hpp"
#include "server/version_relation.hpp"

extern "C" {
#include "access/heapam.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "nodes/plannodes.h"
#include "parser/parsetree.h"
#include "tcop/pquery.h"
#include "utils/portal.h"
#include "utils/rel.h"
}

namespace migfix::server {

namespace {

bool dormant() { return IsBinaryUpgrade || RecoveryInProgress() || guard_mode() == core::GuardMode::kOff; }

// An INSERT … ON CONFLICT handles the conflict itself, and nothing in a trigger's call says that there is
// one. The statement that the client sent does; for an INSERT inside a function the answer is unknown, and
// then the unique key, where there is one, is left to judge.
bool may_resolve_conflict(const TriggerCall &trigger) {
  if (!trigger.insert() || !has_unique_key(trigger.relation())) return false;
  if (ActivePortal == nullptr || ActivePortal->stmts == NIL) return true;
  const auto *statement = linitial_node(PlannedStmt, ActivePortal->stmts);
  if (statement->commandType == CMD_UTILITY) return !IsA(statement->utilityStmt, CopyStmt);
  if (statement->commandType != CMD_INSERT || !IsA(statement->planTree, ModifyTable)) return true;
  const auto *insert = reinterpret_cast<const ModifyTable *>(statement->planTree);
  if (insert->onConflictAction != ONCONFLICT_NONE) return true;
  const int target = linitial_int(insert->resultRelations);
  return rt_fetch(target, statement->rtable)->relid != trigger.table();
}

std::optional<core::Twin> twin_of(const std::string &version_table, const std::string &version, bool waited) {
  core::Twin twin;
  twin.recorded = last_recorded(version_table, version);
  if (!twin.recorded) return twin;
  twin.this_transaction = twin.recorded->transaction_id == current_transaction();
  twin.meanwhile = !twin.this_transaction && (waited || logged_since_start(twin.recorded->log_id));
  return twin;
}

// Not by SQL: nothing that is attached to the table runs, so the guard's own log trigger does not either.
void remove_twin(const TriggerCall &trigger, const core::RowWrite &write, const ItemPointerData &row) {
  call([&] {
    ItemPointerData place = row;
    simple_heap_delete(trigger.relation(), &place);
    CommandCounterIncrement();
  });
  append({trigger.table(), write.version_table, core::Operation::kDelete, write.new_version, {}, {}});
}

core::RowVerdict judge(const TriggerCall &trigger) {
  core::RowWrite write;
  write.version_table = relation_name(trigger.table());
  write.mode = guard_mode();
  write.old_version = trigger.old_version();
  write.new_version = trigger.new_version();
  write.update = trigger.update();

  std::optional<core::Twin> twin;
  TwinSearch search;
  if (core::twins_matter(write)) {
    const HeapTuple self = trigger.old_row();
    search = find_twin(trigger.relation(), *write.new_version, self != nullptr ? &self->t_self : nullptr);
    if (search.row) {
      write.may_resolve = may_resolve_conflict(trigger);
      twin = twin_of(write.version_table, *write.new_version, search.waited);
    }
  }
  const core::RowVerdict verdict = core::judge_row(write, twin, functions_prefix(), database_name());
  if (verdict == core::RowVerdict::kAccept) return verdict;

  if (verdict == core::RowVerdict::kSkip)
    append({trigger.table(), write.version_table, core::Operation::kSkip, {}, write.new_version, {}});
  else
    remove_twin(trigger, write, *search.row);
  const core::Notice notice = core::healed(write, verdict, *twin);
  report(NOTICE, notice.message, notice.detail, notice.hint);
  return verdict;
}

}  // namespace

}  // namespace migfix::server

using namespace migfix;
using namespace migfix::server;

// BEFORE INSERT OR UPDATE … FOR EACH ROW: judges the row.
MIGFIX_FUNCTION(migfix_guard_row) {
  const TriggerCall trigger(fcinfo, "migfix_guard_row", TriggerKind::kBeforeRow);
  if (dormant() || !trigger.has_versions()) return trigger.unchanged();
  bool pass = true;
  attempt("migfix could not judge a version", [&] { pass = judge(trigger) != core::RowVerdict::kSkip; });
  return pass ? trigger.unchanged() : PointerGetDatum(nullptr);
}

// AFTER INSERT OR UPDATE OR DELETE … FOR EACH ROW: logs what has become of the row.
MIGFIX_FUNCTION(migfix_log_row) {
  const TriggerCall trigger(fcinfo, "migfix_log_row", TriggerKind::kAfterRow);
  if (dormant() || !trigger.has_versions() ||
      (trigger.update() && trigger.old_version() == trigger.new_version()))
    return PointerGetDatum(nullptr);
  const bool logged = attempt("migfix could not log a version", [&] {
    const core::Operation operation = trigger.insert()   ? core::Operation::kInsert
                                      : trigger.update() ? core::Operation::kUpdate
                                                         : core::Operation::kDelete;
    const std::string name = relation_name(trigger.table());
    append({trigger.table(), name, operation, trigger.old_version(), trigger.new_version(), {}});
    claim_ddl(name, {operation, trigger.old_version(), trigger.new_version()});
    note_rows_changed(trigger.table());
  });
  if (!logged) forget_readings();
  observe_version_change(trigger.table(), trigger.old_version(), trigger.new_version());
  return PointerGetDatum(nullptr);
}

// BEFORE TRUNCATE … FOR EACH STATEMENT: logs the rows while they are there.
MIGFIX_FUNCTION(migfix_log_truncate) {
  const TriggerCall trigger(fcinfo, "migfix_log_truncate", TriggerKind::kBeforeTruncate);
  if (dormant()) return PointerGetDatum(nullptr);
  const bool logged = attempt("migfix could not log a TRUNCATE", [&] {
    const std::string name = relation_name(trigger.table());
    for (const auto &version : latest_versions(trigger.relation()))
      append({trigger.table(), name, core::Operation::kTruncate, version, {}, {}});
    note_rows_changed(trigger.table());
  });
  if (!logged) forget_readings();
  return PointerGetDatum(nullptr);
}
