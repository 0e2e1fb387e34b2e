#include "server/expression_deparser.hpp"

#include "server/tree_walk.hpp"

extern "C" {
#include "access/sysattr.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"
#include "nodes/primnodes.h"
#include "utils/guc.h"
#include "utils/ruleutils.h"
}

namespace migfix::server {

namespace {

// The one system column that an expression of a table can name.
constexpr const char *kSystemColumn = "tableoid";

// Runs inside call(): a range table of one entry that has these columns and is no relation.
List *context_for(const char *table, const char *const *names, int count) {
  List *columns = NIL;
  for (int i = 0; i < count; ++i) columns = lappend(columns, makeString(pstrdup(names[i])));
  columns = lappend(columns, makeString(pstrdup(kSystemColumn)));
  auto *entry = makeNode(RangeTblEntry);
  entry->rtekind = RTE_VALUES;
  entry->eref = makeAlias(table, columns);
  entry->inFromCl = true;
  auto *statement = makeNode(PlannedStmt);
  statement->commandType = CMD_SELECT;
  statement->rtable = list_make1(entry);
  return deparse_context_for_plan_tree(statement, list_make1(pstrdup(table)));
}

// A system column has no name in a range table entry that is no relation: it becomes the one after the last.
bool give_system_columns_a_number(Node *node, void *last) {
  if (node == nullptr) return false;
  if (IsA(node, Var)) {
    auto *column = reinterpret_cast<Var *>(node);
    if (column->varattno == TableOidAttributeNumber) {
      column->varattno = static_cast<AttrNumber>(*static_cast<int *>(last) + 1);
      column->varattnosyn = column->varattno;
    }
    return false;
  }
  return walk_expression(node, give_system_columns_a_number, last);
}

// A domain's value becomes the first column: the one way to write it that is the same in what a revision
// writes.
Node *domain_value_as_column(Node *node, void *) {
  if (node == nullptr) return nullptr;
  if (IsA(node, CoerceToDomainValue)) {
    const auto *value = reinterpret_cast<CoerceToDomainValue *>(node);
    return reinterpret_cast<Node *>(makeVar(1, 1, value->typeId, value->typeMod, value->collation, 0));
  }
  return changed_expression(node, domain_value_as_column, nullptr);
}

bool has_domain_value(Node *node, void *) {
  if (node == nullptr) return false;
  return IsA(node, CoerceToDomainValue) || walk_expression(node, has_domain_value, nullptr);
}

}  // namespace

NameScope::NameScope(const char *path) {
  level_ = call([&] {
    const int level = NewGUCNestLevel();
    set_config_option("search_path", path, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
    set_config_option("quote_all_identifiers", "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0,
                      false);
    return level;
  });
}

NameScope::~NameScope() {
  AtEOXact_GUC(true, level_);
}

ExpressionDeparser::ExpressionDeparser(const std::vector<std::string> &columns, const std::string &table)
    : columns_(static_cast<int>(columns.size())) {
  std::vector<const char *> names;
  for (const std::string &column : columns) names.push_back(column.c_str());
  context_ = call([&] { return context_for(table.c_str(), names.data(), columns_); });
}

std::string ExpressionDeparser::text(void *tree) {
  auto *expression = static_cast<Node *>(tree);
  char *written = call([&] {
    if (has_domain_value(expression, nullptr)) expression = domain_value_as_column(expression, nullptr);
    give_system_columns_a_number(expression, &columns_);
    return deparse_expression(expression, context_, false, false);
  });
  std::string text = written;
  pfree(written);
  return text;
}

}  // namespace migfix::server
