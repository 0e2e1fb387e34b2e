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

}  // namespace

bool is_whole_creation(const Node *statement, ProcessUtilityContext context) {
  return context != PROCESS_UTILITY_SUBCOMMAND && creates_something(statement);
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

}  // namespace migfix::server
