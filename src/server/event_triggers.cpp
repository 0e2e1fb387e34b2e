// The event triggers: they put the guard on version tables, keep it there, and log renames and drops.
#include "core/sql_text.hpp"
#include "server/ddl_command.hpp"
#include "server/ddl_log.hpp"
#include "server/drop_watch.hpp"
#include "server/duplicate_report.hpp"
#include "server/environment_cache.hpp"
#include "server/existing_object.hpp"
#include "server/guard_install.hpp"
#include "server/new_relations.hpp"
#include "server/observation_hooks.hpp"
#include "server/own_objects.hpp"
#include "server/runner_watch.hpp"
#include "server/server_version.hpp"
#include "server/settings.hpp"
#include "server/subtransaction.hpp"
#include "server/transaction_state.hpp"
#include "server/version_log.hpp"
#include "server/version_relation.hpp"

extern "C" {
#include "access/parallel.h"
#include "access/xlog.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "commands/event_trigger.h"
#include "commands/extension.h"
#include "nodes/nodes.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
}

namespace migfix::server {

namespace {

// Between ddl_command_start and ddl_command_end of a rename: the tables with their names before.
struct Renaming {
  Oid relation;
  char *name;
  Renaming *next;
};
Renaming *renaming = nullptr;
LocalTransactionId renaming_in = InvalidLocalTransactionId;

bool dormant() {
  return creating_extension || IsBinaryUpgrade || RecoveryInProgress() || IsParallelWorker() ||
         !IsTransactionState();
}

bool guards() {
  return guard_mode() != core::GuardMode::kOff;
}

// A script of pg_dump sets these before it creates anything; rows come after the tables, constraints after
// the rows. A guard put on too early would log the restored rows as new ones.
bool restoring() {
  return !check_function_bodies && namespace_search_path[0] == '\0';
}

const EventTriggerData &event_of(FunctionCallInfo fcinfo, const char *function) {
  if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
    throw core::Error("39P03", fmt::format("{} can only be called as an event trigger", function));
  return *reinterpret_cast<const EventTriggerData *>(fcinfo->context);
}

void remember_names(const std::vector<Oid> &tables) {
  if (renaming_in != local_transaction()) renaming = nullptr;
  renaming_in = local_transaction();
  for (const Oid relation : tables) {
    const std::string name = relation_name(relation);
    call([&] {
      auto *entry = static_cast<Renaming *>(MemoryContextAlloc(TopTransactionContext, sizeof(Renaming)));
      entry->relation = relation;
      entry->name = MemoryContextStrdup(TopTransactionContext, name.c_str());
      entry->next = renaming;
      renaming = entry;
    });
  }
}

// By the command alone, so that most need no subtransaction.
bool concerns_version_tables(const Node *command) {
  return renaming != nullptr || may_touch_version_tables(command);
}

void log_renames() {
  if (renaming_in != local_transaction()) return;
  for (const Renaming *entry = std::exchange(renaming, nullptr); entry != nullptr; entry = entry->next) {
    const std::string name = relation_name(entry->relation);
    if (name == entry->name) continue;
    close_change(entry->relation);
    append({entry->relation, name, core::Operation::kRename, {}, {}, entry->name});
    rename_binding(entry->name, name);
    close_change(entry->relation);
  }
}

bool taken_off_by_hand(const std::string &version_table) {
  const auto entry = last_protection(version_table);
  return entry && entry->operation == core::Operation::kUnprotect;
}

void guard_touched(const Node *command) {
  for (const Oid relation : version_tables_touched(command)) {
    if (has_guard(relation) || (restoring() && !adds_constraint(command))) continue;
    if (version_attribute(OpenRelation(relation, AccessShareLock)) == 0) continue;
    if (!taken_off_by_hand(relation_name(relation))) put_guard(relation);
  }
}

void log_drop(const DroppedGuard &dropped) {
  if (dropped.versions.empty()) append({dropped.relation, dropped.name, core::Operation::kDrop, {}, {}, {}});
  for (const auto &version : dropped.versions)
    append({dropped.relation, dropped.name, core::Operation::kDrop, version, {}, {}});
}

}  // namespace

}  // namespace migfix::server

using namespace migfix;
using namespace migfix::server;

// ddl_command_start: keeps the guard from being switched off, remembers names that are about to change, and
// lets one runner at a time begin.
MIGFIX_FUNCTION(migfix_ddl_start) {
  const EventTriggerData &event = event_of(fcinfo, "migfix_ddl_start");
  forget_new_relations();
  if (!dormant() && guards()) {
    attempt("migfix could not look at a DDL command", [&] {
      refuse_switching_off(event.parsetree);
      refuse_taking_apart(event.parsetree);
      remember_names(guarded_tables_renamed(event.parsetree));
    });
    // What is there is looked at after the wait: the runner before may have made it.
    runner_before_ddl(event.parsetree);
  }
  explain_existing(event.parsetree);
  see_command_begin(event.parsetree);
  PG_RETURN_NULL();
}

// ddl_command_end: puts the guard on version tables that were created or got their name, logs renames, and
// reports what doubles something.
MIGFIX_FUNCTION(migfix_ddl_end) {
  const EventTriggerData &event = event_of(fcinfo, "migfix_ddl_end");
  if (dormant()) PG_RETURN_NULL();
  if (logs_ddl() && !restoring()) log_ddl(created_or_altered);
  if (!guards()) PG_RETURN_NULL();
  note_ddl();
  runner_after_ddl(event.parsetree);
  if (concerns_version_tables(event.parsetree)) {
    attempt("migfix could not look at a version table", [&] {
      log_renames();
      guard_touched(event.parsetree);
    });
  }
  see_command_end(event.parsetree);
  if (may_make_duplicates(event.parsetree) && !restoring())
    attempt("migfix could not look for duplicates", [&] { report_duplicates(event.parsetree); });
  PG_RETURN_NULL();
}

// sql_drop: logs the version tables that were dropped, with their rows, and keeps the guard from being
// dropped alone.
MIGFIX_FUNCTION(migfix_ddl_drop) {
  const EventTriggerData &event = event_of(fcinfo, "migfix_ddl_drop");
  if (dormant()) PG_RETURN_NULL();
  if (logs_ddl() && !restoring())
    log_ddl([&] { return dropped(call([&] { return GetCommandTagName(event.tag); })); });
  const std::vector<DroppedGuard> dropped_guards = take_dropped_guards();
  if (!guards() || dropped_guards.empty()) PG_RETURN_NULL();
  attempt("migfix could not log a dropped version table", [&] {
    for (const DroppedGuard &dropped : dropped_guards) {
      const bool table_is_gone = call([&] { return get_rel_relkind(dropped.relation); }) == '\0';
      if (table_is_gone) {
        log_drop(dropped);
      } else if (!may_switch_guard(GetUserId())) {
        throw core::Error(core::kInsufficientPrivilege,
                          fmt::format("must be allowed to set migfix.guard to drop trigger {} on {}",
                                      core::in_quotes(dropped.trigger), dropped.name),
                          "It belongs to the guard of migfix, which keeps the version rows of this table "
                          "from being broken.",
                          "A superuser may, and a role that was granted SET ON PARAMETER \"migfix.guard\".");
      }
    }
  });
  PG_RETURN_NULL();
}
