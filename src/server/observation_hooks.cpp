#include "server/observation_hooks.hpp"

#include "server/observation_memory.hpp"
#include "server/observation_names.hpp"
#include "server/observation_objects.hpp"
#include "server/observed_identity.hpp"
#include "server/settings.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "executor/executor.h"
#include "nodes/parsenodes.h"
#include "parser/parsetree.h"
#include "tcop/pquery.h"
#include "utils/lsyscache.h"
#include "utils/portal.h"
}

namespace migfix::server {

namespace {

ExecutorRun_hook_type next_run = nullptr;
bool has_seen = false;  // a statement that the client has sent since the hooks are there

bool sent_by_client(const PlannedStmt *statement) {
  return ActivePortal != nullptr && list_member_ptr(ActivePortal->stmts, statement);
}

// A statement that the hooks have not seen to begin is over once the client sends another.
void end_what_was_running(const PlannedStmt *planned) {
  const RunningStatement *running = running_statement();
  if (running != nullptr && running->was_running && sent_by_client(planned) && ActivePortal->name[0] == '\0')
    end_statement();
}

enum class Weight {
  kNone,     // nothing that a migration would be made of
  kSetting,  // of the session: it touches nothing, and may have to come before any query of its transaction
  kPlain,    // its text says all of it
  kOpen,     // what it does shows in what it did
};

Weight weight_of(Node *command) {
  switch (nodeTag(command)) {
    case T_TransactionStmt:
    case T_VariableShowStmt:
    case T_ExplainStmt:
    case T_FetchStmt:
    case T_DeclareCursorStmt:
    case T_ClosePortalStmt:
    case T_PrepareStmt:
    case T_DeallocateStmt:
    case T_ListenStmt:
    case T_UnlistenStmt:
    case T_NotifyStmt:
    case T_LoadStmt:
    case T_DiscardStmt:
    case T_CheckPointStmt:
    case T_LockStmt:
    case T_ConstraintsSetStmt:
    case T_VacuumStmt:
      return Weight::kNone;
    case T_CopyStmt:
      return reinterpret_cast<CopyStmt *>(command)->is_from ? Weight::kOpen : Weight::kNone;
    case T_VariableSetStmt:
      return Weight::kSetting;
    case T_CreateStmt:
      if (is_version_table_name(reinterpret_cast<CreateStmt *>(command)->relation->relname))
        return Weight::kNone;
      return Weight::kPlain;
    case T_AlterTableStmt:
    case T_IndexStmt:
    case T_CreateEnumStmt:
    case T_AlterEnumStmt:
    case T_CreateDomainStmt:
    case T_AlterDomainStmt:
    case T_CompositeTypeStmt:
    case T_CreateSeqStmt:
    case T_AlterSeqStmt:
    case T_ViewStmt:
    case T_CreateFunctionStmt:
    case T_CreateTrigStmt:
    case T_CreateExtensionStmt:
    case T_DropStmt:
    case T_RenameStmt:
    case T_CommentStmt:
    case T_GrantStmt:
    case T_AlterOwnerStmt:
    case T_TruncateStmt:
    case T_ReindexStmt:
    case T_ClusterStmt:
      return Weight::kPlain;
    default:
      return Weight::kOpen;
  }
}

// What may be written with a password is not kept, as it is not logged.
const char *why_unsaid(Node *command) {
  switch (nodeTag(command)) {
    case T_CreateRoleStmt:
    case T_AlterRoleStmt:
    case T_CreateUserMappingStmt:
    case T_AlterUserMappingStmt:
    case T_CreateForeignServerStmt:
    case T_AlterForeignServerStmt:
    case T_CreateFdwStmt:
    case T_AlterFdwStmt:
    case T_CreateSubscriptionStmt:
    case T_AlterSubscriptionStmt:
      return "its text may hold a password";
    default:
      return nullptr;
  }
}

bool makes_temporary(Node *command) {
  const RangeVar *name = nullptr;
  if (IsA(command, CreateStmt)) name = reinterpret_cast<CreateStmt *>(command)->relation;
  if (IsA(command, CreateTableAsStmt)) name = reinterpret_cast<CreateTableAsStmt *>(command)->into->rel;
  return name != nullptr && (name->relpersistence == RELPERSISTENCE_TEMP ||
                             (name->schemaname != nullptr && strcmp(name->schemaname, "pg_temp") == 0));
}

// Settings and commands that touch no object are kept as well: they are part of what ran, as is a CREATE that
// is passed over because its object is there.
bool is_kept_untouched(Node *command) {
  return !IsA(command, ExecuteStmt) && !IsA(command, ReindexStmt) && !IsA(command, ClusterStmt) &&
         !makes_temporary(command);
}

bool can_look() {
  return IsTransactionState() && !IsAbortedTransactionBlockState();
}

bool makes_version_table(Node *command) {
  return IsA(command, CreateStmt) && !makes_temporary(command) &&
         is_version_table_name(reinterpret_cast<CreateStmt *>(command)->relation->relname);
}

RunningStatement running_utility(Node *sent, const char *source, int location, int length) {
  const Weight weight = weight_of(sent);
  RunningStatement running{};
  running.source = source;
  running.location = location;
  running.length = length;
  running.unknown = why_unsaid(sent);
  running.is_plain = weight == Weight::kPlain;
  running.stays = weight != Weight::kSetting;
  return running;
}

// Rows of tables that migrations are about. Version rows are not, nor migfix's own.
enum class Written { kNothing, kVersions, kRows };

Written written_by(const PlannedStmt *planned) {
  if (planned->resultRelations == NIL) return Written::kNothing;
  Written written = Written::kNothing;
  ListCell *cell;
  foreach (cell, planned->resultRelations) {
    const Oid relation = rt_fetch(lfirst_int(cell), planned->rtable)->relid;
    const char *name = call([&] { return get_rel_name(relation); });
    if (name != nullptr && is_version_table_name(name))
      written = Written::kVersions;
    else if (!is_beside_migrations(relation))
      return Written::kRows;
  }
  return written;
}

RunningStatement running_query(const QueryDesc *query, Written written) {
  RunningStatement running{};
  running.source = query->sourceText;
  running.location = query->plannedstmt->stmt_location;
  running.length = query->plannedstmt->stmt_len;
  if (query->params != nullptr && query->params->numParams > 0)
    running.unknown = "values were sent apart from its text";
  running.is_plain = written == Written::kRows;
  running.stays = true;
  running.writes_versions = written == Written::kVersions;
  return running;
}

// Before PostgreSQL 18 a run is also told whether it is the only one.
template <class... Once>
void at_run(QueryDesc *query, ScanDirection direction, uint64 count, Once... once) {
  const auto next = next_run != nullptr ? next_run : standard_ExecutorRun;
  const PlannedStmt *planned = query->plannedstmt;
  end_what_was_running(planned);
  has_seen = has_seen || sent_by_client(planned);
  RunningStatement *outer = running_statement();
  const bool watched = outer != nullptr ? planned->resultRelations != NIL && !outer->writes_versions
                                        : is_watching() && sent_by_client(planned);
  if (!watched || !can_look()) {
    next(query, direction, count, once...);
    return;
  }
  look([&] {
    const Written written = written_by(planned);
    if (outer == nullptr) {
      if (written != Written::kVersions) settle_open_statement();
      begin_statement(running_query(query, written));
    }
    if (written != Written::kRows) return;
    if (SeenStatement *statement = keep_running()) statement->changes_rows = true;
  });
  next(query, direction, count, once...);
  if (outer == nullptr) end_statement();
}

}  // namespace

SeenUtility see_utility_begin(const PlannedStmt *planned, const char *source) {
  Node *command = planned->utilityStmt;
  end_what_was_running(planned);
  const RunningStatement *outer = running_statement();
  if (outer == nullptr) {
    if (!sent_by_client(planned)) return SeenUtility::kUnwatched;
    has_seen = true;
    if (makes_version_table(command) && can_look()) look([] { watch_from_here(InvalidOid); });
    if (!is_watching() || weight_of(command) == Weight::kNone) return SeenUtility::kUnwatched;
  }
  if (!can_look() || (outer != nullptr && outer->writes_versions)) return SeenUtility::kUnwatched;
  look([&] {
    if (outer == nullptr) {
      if (weight_of(command) != Weight::kSetting) settle_open_statement();
      begin_statement(running_utility(command, source, planned->stmt_location, planned->stmt_len));
    }
    see_names_before(command);
  });
  return outer == nullptr ? SeenUtility::kSent : SeenUtility::kCalled;
}

void see_utility_end(SeenUtility seen, const PlannedStmt *planned) {
  if (seen == SeenUtility::kUnwatched || running_statement() == nullptr) return;
  Node *command = planned->utilityStmt;
  if (!can_look()) return end_statement();  // a procedure that has ended its transaction
  look([&] {
    see_comments_after(command);
    if (seen == SeenUtility::kCalled) return;
    if (is_kept_untouched(command)) keep_running();
    if (IsA(command, CopyStmt) || IsA(command, TruncateStmt)) {
      if (SeenStatement *statement = keep_running()) statement->changes_rows = true;
    }
  });
  if (seen == SeenUtility::kSent) end_statement();
}

void see_command_begin(Node *command) {
  if (has_seen || running_statement() != nullptr || ActivePortal == nullptr || ActivePortal->stmts == NIL)
    return;
  has_seen = true;
  if (!can_look()) return;
  look([&] {
    if (makes_version_table(command)) return watch_from_here(InvalidOid);
    const auto *planned = linitial_node(PlannedStmt, ActivePortal->stmts);
    Node *sent = planned->utilityStmt;
    if (sent != nullptr && weight_of(sent) == Weight::kNone) return;
    watch_this_transaction();
    if (!is_watching()) return;
    // What changed rows before was not seen.
    if (TransactionIdIsValid(GetTopTransactionIdIfAny())) session_memory().is_whole = false;
    RunningStatement running{};
    if (sent != nullptr)
      running = running_utility(sent, ActivePortal->sourceText, planned->stmt_location, planned->stmt_len);
    else
      running = {ActivePortal->sourceText,
                 planned->stmt_location,
                 planned->stmt_len,
                 nullptr,
                 false,
                 true,
                 false,
                 true,
                 0,
                 0};
    running.was_running = true;
    begin_statement(running);
    see_names_before(command);
  });
}

void see_command_end(Node *command) {
  const RunningStatement *running = running_statement();
  if (running == nullptr || !running->was_running) return;
  look([&] {
    see_comments_after(command);
    keep_running();
  });
  const auto *planned = ActivePortal != nullptr && ActivePortal->stmts != NIL
                            ? linitial_node(PlannedStmt, ActivePortal->stmts)
                            : nullptr;
  if (planned == nullptr || planned->utilityStmt == command) end_statement();
}

void watch_what_statements_do() {
  watch_objects();
  next_run = ExecutorRun_hook;
  ExecutorRun_hook = at_run;
}

}  // namespace migfix::server
