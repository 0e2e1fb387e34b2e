#include "server/runner_statement.hpp"

#include "core/version_table.hpp"
#include "server/settings.hpp"
#include "server/tree_walk.hpp"

extern "C" {
#include "access/transam.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type_d.h"
#include "nodes/nodeFuncs.h"
#include "nodes/primnodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
}

namespace migfix::server {

namespace {

constexpr int kMostRelations = 6;  // of SQLAlchemy's has_table(): pg_class, pg_namespace and their join
constexpr int kLongestRead = 2000;

const RangeTblEntry *first_relation(const Query *query) {
  const auto *entry = linitial_node(RangeTblEntry, query->rtable);
  return entry->rtekind == RTE_RELATION ? entry : nullptr;
}

bool is_version_table(Oid relation) {
  if (relation < FirstNormalObjectId) return false;
  const char *name = call([&] { return get_rel_name(relation); });
  return name != nullptr && is_version_table_name(name);
}

bool reads_like_alembic(const char *source, int location, int length) {
  if (source == nullptr) return false;
  if (location > 0) source += location;
  const std::size_t size = length > 0 ? static_cast<std::size_t>(length) : strnlen(source, kLongestRead);
  return size < kLongestRead && core::is_alembic_read({source, size});
}

// Values that the query compares with pg_class.relname and pg_namespace.nspname.
struct Sought {
  const Query *query;
  ParamListInfo parameters;
  char *relname;
  char *nspname;
};

const Node *without_casts(const Node *node) {
  for (;;) {
    if (node == nullptr) return nullptr;
    if (IsA(node, RelabelType)) {
      node = reinterpret_cast<const Node *>(reinterpret_cast<const RelabelType *>(node)->arg);
    } else if (IsA(node, FuncExpr) && list_length(reinterpret_cast<const FuncExpr *>(node)->args) >= 1 &&
               reinterpret_cast<const FuncExpr *>(node)->funcformat != COERCE_EXPLICIT_CALL) {
      node = static_cast<const Node *>(linitial(reinterpret_cast<const FuncExpr *>(node)->args));
    } else {
      return node;
    }
  }
}

char *text_of(Datum value, Oid type) {
  switch (type) {
    case NAMEOID:
      return pstrdup(NameStr(*DatumGetName(value)));
    case TEXTOID:
    case VARCHAROID:
      return TextDatumGetCString(value);
    default:
      return nullptr;
  }
}

char *value_of(const Node *node, ParamListInfo parameters) {
  if (IsA(node, Const)) {
    const auto *constant = reinterpret_cast<const Const *>(node);
    return constant->constisnull ? nullptr : text_of(constant->constvalue, constant->consttype);
  }
  if (!IsA(node, Param) || parameters == nullptr || parameters->paramFetch != nullptr) return nullptr;
  const auto *parameter = reinterpret_cast<const Param *>(node);
  if (parameter->paramkind != PARAM_EXTERN || parameter->paramid < 1 ||
      parameter->paramid > parameters->numParams)
    return nullptr;
  const ParamExternData &given = parameters->params[parameter->paramid - 1];
  return given.isnull ? nullptr : text_of(given.value, given.ptype);
}

void note_comparison(const OpExpr *comparison, Sought *sought) {
  const Node *left = without_casts(static_cast<const Node *>(linitial(comparison->args)));
  const Node *right = without_casts(static_cast<const Node *>(lsecond(comparison->args)));
  if (left == nullptr || right == nullptr || !IsA(left, Var)) return;
  const auto *column = reinterpret_cast<const Var *>(left);
  if (column->varlevelsup != 0 || column->varno < 1 || column->varno > list_length(sought->query->rtable))
    return;
  const auto *entry = list_nth_node(RangeTblEntry, sought->query->rtable, column->varno - 1);
  if (entry->rtekind != RTE_RELATION) return;
  const bool relname = entry->relid == RelationRelationId && column->varattno == Anum_pg_class_relname;
  const bool nspname = entry->relid == NamespaceRelationId && column->varattno == Anum_pg_namespace_nspname;
  if (!relname && !nspname) return;
  const char *operation = get_opname(comparison->opno);
  if (operation == nullptr || strcmp(operation, "=") != 0) return;
  char *value = value_of(right, sought->parameters);
  if (value != nullptr) (relname ? sought->relname : sought->nspname) = value;
}

bool look_for_names(Node *node, void *context) {
  if (node == nullptr) return false;
  if (IsA(node, OpExpr) && list_length(reinterpret_cast<const OpExpr *>(node)->args) == 2)
    note_comparison(reinterpret_cast<const OpExpr *>(node), static_cast<Sought *>(context));
  return walk_expression(node, look_for_names, context);
}

RunnerStatement probe(const Query *query, ParamListInfo parameters) {
  RunnerStatement statement;
  const auto *target = linitial_node(TargetEntry, query->targetList);
  if (!IsA(target->expr, Var)) return statement;
  const auto *column = reinterpret_cast<const Var *>(target->expr);
  if (column->varno != 1 || column->varattno != Anum_pg_class_relname) return statement;
  Sought sought{query, parameters, nullptr, nullptr};
  call([&] { look_for_names(reinterpret_cast<Node *>(query->jointree), &sought); });
  if (sought.relname == nullptr || !is_version_table_name(sought.relname)) return statement;
  statement.kind = RunnerStatement::Kind::kProbe;
  statement.key.table = sought.relname;
  statement.key.schema = call([&] {
    if (sought.nspname != nullptr) return get_namespace_oid(sought.nspname, true);
    if (OidIsValid(RelnameGetRelid(sought.relname))) return InvalidOid;  // it is there, and about to be read
    List *path = fetch_search_path(false);
    return path != NIL ? linitial_oid(path) : InvalidOid;
  });
  return statement;
}

}  // namespace

RunnerStatement runner_statement(const Query *query, const char *source, ParamListInfo parameters) {
  RunnerStatement statement;
  if (query->commandType != CMD_SELECT || query->rtable == NIL ||
      list_length(query->rtable) > kMostRelations || list_length(query->targetList) != 1 ||
      query->jointree == nullptr || query->cteList != NIL || query->setOperations != nullptr)
    return statement;
  const RangeTblEntry *entry = first_relation(query);
  if (entry == nullptr) return statement;
  if (entry->relid == RelationRelationId) return probe(query, parameters);
  if (list_length(query->rtable) != 1 || query->jointree->quals != nullptr || query->rowMarks != NIL ||
      query->sortClause != NIL || query->limitCount != nullptr || query->hasAggs ||
      query->distinctClause != NIL)
    return statement;
  if (entry->relkind != RELKIND_RELATION ||
      !reads_like_alembic(source, query->stmt_location, query->stmt_len) || !is_version_table(entry->relid))
    return statement;
  statement.kind = RunnerStatement::Kind::kRead;
  statement.relation = entry->relid;
  return statement;
}

Oid read_by_plan(const PlannedStmt *plan, const char *source) {
  if (plan->commandType != CMD_SELECT || list_length(plan->rtable) != 1 || plan->planTree == nullptr ||
      list_length(plan->planTree->targetlist) != 1)
    return InvalidOid;
  const auto *entry = linitial_node(RangeTblEntry, plan->rtable);
  if (entry->rtekind != RTE_RELATION || entry->relkind != RELKIND_RELATION ||
      !reads_like_alembic(source, plan->stmt_location, plan->stmt_len) || !is_version_table(entry->relid))
    return InvalidOid;
  return entry->relid;
}

}  // namespace migfix::server
