#include "server/skipping.hpp"

#include "server/existing_object.hpp"
#include "server/extension.hpp"
#include "server/settings.hpp"
#include "server/statement_text.hpp"
#include "server/subtransaction.hpp"

extern "C" {
#include "access/xact.h"
#include "tcop/utility.h"
}

namespace migfix::server {

namespace {

ProcessUtility_hook_type next_utility = nullptr;

bool creates_something(const Node *statement) {
  switch (nodeTag(statement)) {
    case T_CreateStmt:
    case T_CreateTableAsStmt:
    case T_ViewStmt:
    case T_IndexStmt:
    case T_CreateSeqStmt:
    case T_CreateEnumStmt:
    case T_CreateDomainStmt:
    case T_CompositeTypeStmt:
    case T_CreateSchemaStmt:
    case T_AlterTableStmt:
      return true;
    default:
      return false;
  }
}

// The server refuses these before it comes to the name.
bool is_refused_anyway(const Node *statement, ProcessUtilityContext context) {
  if (XactReadOnly) return true;
  if (!IsA(statement, IndexStmt) || !reinterpret_cast<const IndexStmt *>(statement)->concurrent) return false;
  return context != PROCESS_UTILITY_TOPLEVEL || !may_run_alone();
}

bool leave_out(const Node *statement, ProcessUtilityContext context, StatementPlace place) {
  TakenName taken;
  if (ignores_existing() || on_existing() != OnExisting::kSkipIdentical || !find_taken_name(statement, taken))
    return false;
  if (is_refused_anyway(statement, context) || !OidIsValid(extension_oid())) return false;
  core::ExistingObject object;
  bool skips = false;
  const StatementPlace outer = note_statement(place);
  attempt("migfix could not look at what is there already",
          [&] { skips = look_at_existing(statement, taken, object) && core::can_be_skipped(object); });
  note_statement(outer);
  if (!skips) return false;
  const core::Explanation said = core::skipped(object);
  report(NOTICE, said.message, said.detail);
  return true;
}

// No object that owns anything may live in here: the server's errors leave it by longjmp.
void at_utility(PlannedStmt *statement, const char *text, bool read_only_tree, ProcessUtilityContext context,
                ParamListInfo parameters, QueryEnvironment *environment, DestReceiver *destination,
                QueryCompletion *completion) {
  const bool is_whole = context != PROCESS_UTILITY_SUBCOMMAND && creates_something(statement->utilityStmt);
  const StatementPlace place = {text, statement->stmt_location, statement->stmt_len};
  if (is_whole && enter<bool>([&] { return leave_out(statement->utilityStmt, context, place); })) return;
  StatementPlace outer = {};
  if (is_whole) outer = note_statement(place);
  if (next_utility != nullptr)
    next_utility(statement, text, read_only_tree, context, parameters, environment, destination, completion);
  else
    standard_ProcessUtility(statement, text, read_only_tree, context, parameters, environment, destination,
                            completion);
  if (is_whole) note_statement(outer);
}

}  // namespace

void watch_utility_statements() {
  next_utility = ProcessUtility_hook;
  ProcessUtility_hook = at_utility;
}

}  // namespace migfix::server
