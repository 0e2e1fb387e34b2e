#include "server/lowering_parts.hpp"
#include "server/tree_walk.hpp"

extern "C" {
#include "nodes/value.h"
}

namespace migfix::server {

namespace {

using What = core::NoChange::What;

// REINDEX (CONCURRENTLY), EXPLAIN (ANALYZE): given, and not switched off.
bool has_option(const List *options, const char *name) {
  ListCell *cell;
  foreach (cell, options) {
    const auto *option = lfirst_node(DefElem, cell);
    if (strcmp(option->defname, name) != 0) continue;
    const Node *value = option->arg;
    if (value == nullptr) return true;
    if (IsA(value, Integer)) return intVal(value) != 0;
    if (IsA(value, Boolean)) return boolVal(value);
    if (!IsA(value, String)) return true;
    const std::string_view text = strVal(value);
    return text != "false" && text != "off";
  }
  return false;
}

bool calls_function(Node *node, void *) {
  if (node == nullptr) return false;
  switch (nodeTag(node)) {
    case T_FuncCall:
    case T_InsertStmt:
    case T_UpdateStmt:
    case T_DeleteStmt:
      return true;
    default:
      return walk_parsed(node, calls_function, nullptr);
  }
}

const char *literal_of(const Node *node) {
  if (node != nullptr && IsA(node, TypeCast)) node = reinterpret_cast<const TypeCast *>(node)->arg;
  if (node == nullptr || !IsA(node, A_Const)) return nullptr;
  const auto *constant = reinterpret_cast<const A_Const *>(node);
  return !constant->isnull && IsA(&constant->val, String) ? strVal(&constant->val) : nullptr;
}

// set_config('search_path', '', false), as pg_dump writes it: all names that follow are qualified.
bool clears_search_path(const SelectStmt *select) {
  if (list_length(select->targetList) != 1 || select->fromClause != NIL) return false;
  const Node *value = linitial_node(ResTarget, select->targetList)->val;
  if (!is_function(value, "set_config")) return false;
  const auto *arguments = reinterpret_cast<const FuncCall *>(value)->args;
  if (list_length(arguments) != 3) return false;
  const char *name = literal_of(static_cast<const Node *>(linitial(arguments)));
  const char *path = literal_of(static_cast<const Node *>(lsecond(arguments)));
  return name != nullptr && path != nullptr && strcmp(name, "search_path") == 0 && *path == '\0';
}

void lower_select(Lowering &lowering, SelectStmt *select) {
  for (const SelectStmt *leaf = select; leaf != nullptr; leaf = leaf->larg) {
    if (leaf->intoClause != nullptr) throw NotModelled{"SELECT INTO is not modelled"};
  }
  if (clears_search_path(select)) return lowering.no_change();
  const bool may_change_rows =
      call([&] { return calls_function(reinterpret_cast<Node *>(select), nullptr); });
  lowering.no_change(may_change_rows ? What::kRows : What::kNothing);
}

// What is left of a name without a schema after SET search_path: the schema that it leads to first.
void lower_set(Lowering &lowering, const VariableSetStmt *statement) {
  const bool resets_all = statement->kind == VAR_RESET_ALL;
  const bool is_path = statement->name != nullptr && strcmp(statement->name, "search_path") == 0;
  if (resets_all || is_path) lowering.lead_names_away(false);
  if (!is_path || statement->kind != VAR_SET_VALUE) return lowering.no_change();
  ListCell *cell;
  foreach (cell, statement->args) {
    const char *schema = literal_of(static_cast<const Node *>(lfirst(cell)));
    if (schema == nullptr) continue;
    const std::string_view name = schema;
    if (name == "$user" || name == "pg_catalog" || name.empty()) continue;
    if (name == lowering.own_schema()) break;
    lowering.lead_names_away(true);
    throw NotModelled{"it changes the search path, and with it what the names that follow mean"};
  }
  lowering.no_change();
}

bool is_alone(const Node *statement) {
  switch (nodeTag(statement)) {
    case T_TransactionStmt:
    case T_CreatedbStmt:
    case T_DropdbStmt:
    case T_AlterSystemStmt:
    case T_CreateTableSpaceStmt:
    case T_DropTableSpaceStmt:
    case T_CreateSubscriptionStmt:
    case T_DropSubscriptionStmt:
      return true;
    case T_VacuumStmt:
      return reinterpret_cast<const VacuumStmt *>(statement)->is_vacuumcmd;
    case T_ClusterStmt:
      return reinterpret_cast<const ClusterStmt *>(statement)->relation == nullptr;
    case T_DiscardStmt:
      return reinterpret_cast<const DiscardStmt *>(statement)->target == DISCARD_ALL;
    case T_ReindexStmt: {
      const auto *reindex = reinterpret_cast<const ReindexStmt *>(statement);
      return reindex->relation == nullptr || has_option(reindex->params, "concurrently");
    }
    default:
      return false;
  }
}

}  // namespace

bool lower_session(Lowering &lowering, Node *statement) {
  if (is_alone(statement)) lowering.alone();
  switch (nodeTag(statement)) {
    case T_SelectStmt:
      lower_select(lowering, reinterpret_cast<SelectStmt *>(statement));
      return true;
    case T_VariableSetStmt:
      lower_set(lowering, reinterpret_cast<const VariableSetStmt *>(statement));
      return true;
    case T_InsertStmt:
    case T_UpdateStmt:
    case T_DeleteStmt:
    case T_MergeStmt:
    case T_TruncateStmt:
      lowering.no_change(What::kRows);
      return true;
    case T_CopyStmt:
      lowering.no_change(reinterpret_cast<const CopyStmt *>(statement)->is_from ? What::kRows
                                                                                : What::kNothing);
      return true;
    case T_ExplainStmt:
      lowering.no_change(has_option(reinterpret_cast<const ExplainStmt *>(statement)->options, "analyze")
                             ? What::kRows
                             : What::kNothing);
      return true;
    case T_TransactionStmt:
      if (reinterpret_cast<const TransactionStmt *>(statement)->kind == TRANS_STMT_ROLLBACK ||
          reinterpret_cast<const TransactionStmt *>(statement)->kind == TRANS_STMT_ROLLBACK_TO)
        throw NotModelled{"it takes back what was done before it"};
      lowering.no_change();
      return true;
    case T_GrantStmt:
    case T_GrantRoleStmt:
    case T_AlterDefaultPrivilegesStmt:
    case T_AlterOwnerStmt:
    case T_ReassignOwnedStmt:
    case T_SecLabelStmt:
    case T_AlterDatabaseSetStmt:
    case T_AlterRoleSetStmt:
    case T_RefreshMatViewStmt:
    case T_AlterTableMoveAllStmt:
      lowering.no_change(What::kProperty);
      return true;
    case T_VariableShowStmt:
    case T_AlterSystemStmt:
    case T_ConstraintsSetStmt:
    case T_LockStmt:
    case T_VacuumStmt:
    case T_ClusterStmt:
    case T_ReindexStmt:
    case T_CheckPointStmt:
    case T_DiscardStmt:
    case T_LoadStmt:
    case T_NotifyStmt:
    case T_ListenStmt:
    case T_UnlistenStmt:
      lowering.no_change();
      return true;
    default:
      return false;
  }
}

}  // namespace migfix::server
