#include "server/server_forms_query.hpp"

#include "server/tree_walk.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "storage/lmgr.h"
#include "utils/ruleutils.h"
}

namespace migfix::server {

namespace {

bool has_lock(Oid relation, LOCKMODE mode) {
  return ConditionalLockRelationOid(relation, mode);
}

// True at the first relation that cannot be locked.
bool cannot_lock(Node *node, void *state) {
  if (node == nullptr) return false;
  if (IsA(node, RangeTblEntry)) {
    const auto *entry = reinterpret_cast<const RangeTblEntry *>(node);
    return entry->rtekind == RTE_RELATION &&
           (!has_lock(entry->relid, AccessShareLock) || !has_lock(entry->relid, entry->rellockmode));
  }
  if (IsA(node, Query)) return walk_query(reinterpret_cast<Query *>(node), cannot_lock, state);
  return walk_expression(node, cannot_lock, state);
}

bool find_row_locks(Node *node, void *state) {
  if (node == nullptr) return false;
  return IsA(node, LockingClause) || walk_parsed(node, find_row_locks, state);
}

bool cannot_lock_named(Node *node, void *state) {
  if (node == nullptr) return false;
  if (!IsA(node, RangeVar)) return walk_parsed(node, cannot_lock_named, state);
  const Oid relation = RangeVarGetRelid(reinterpret_cast<RangeVar *>(node), NoLock, true);
  if (!OidIsValid(relation)) return false;  // a WITH query's name, or nothing: then the analysis says so
  const bool locks_rows = *static_cast<bool *>(state);
  return !has_lock(relation, AccessShareLock) || (locks_rows && !has_lock(relation, RowShareLock));
}

struct Reads {
  Oid view;
  List *relations;
};

bool collect(Node *node, void *state) {
  if (node == nullptr) return false;
  auto *reads = static_cast<Reads *>(state);
  if (IsA(node, RangeTblEntry)) {
    const auto *entry = reinterpret_cast<const RangeTblEntry *>(node);
    if (entry->rtekind == RTE_RELATION && entry->relid != reads->view)
      reads->relations = list_append_unique_oid(reads->relations, entry->relid);
    return false;
  }
  if (IsA(node, Query)) return walk_query(reinterpret_cast<Query *>(node), collect, state);
  return walk_expression(node, collect, state);
}

}  // namespace

List *relations_read(Query *query, Oid view) {
  Reads reads{view, NIL};
  walk_query(query, collect, &reads);
  return reads.relations;
}

bool lock_relations(Query *query) {
  return !walk_query(query, cannot_lock, nullptr);
}

bool lock_relations(RawStmt *statement) {
  bool locks_rows = find_row_locks(statement->stmt, nullptr);
  return !cannot_lock_named(statement->stmt, &locks_rows);
}

void name_columns(Query *query, List *names) {
  int next = 0;
  ListCell *cell;
  foreach (cell, query->targetList) {
    auto *column = static_cast<TargetEntry *>(lfirst(cell));
    if (column->resjunk || next >= list_length(names)) continue;
    column->resname = pstrdup(strVal(list_nth(names, next++)));
  }
}

char *write_query(Query *query) {
  // A stored query has entries of its view besides what it reads, by names that a reader may have chosen too;
  // and where there is one entry alone, columns are written without their table.
  ListCell *cell;
  int number = 0;
  foreach (cell, query->rtable) {
    auto *entry = static_cast<RangeTblEntry *>(lfirst(cell));
    if (++number > 2 || entry->rtekind != RTE_RELATION || entry->inFromCl || entry->alias == nullptr)
      continue;
    const char *name = entry->alias->aliasname;
    if (strcmp(name, "old") == 0 || strcmp(name, "new") == 0) entry->alias = makeAlias(" view", NIL);
  }
  auto *beside = makeNode(RangeTblEntry);
  beside->rtekind = RTE_RESULT;
  beside->eref = makeAlias(" beside", NIL);
  query->rtable = lappend(query->rtable, beside);
  return pg_get_querydef(query, false);
}

}  // namespace migfix::server
