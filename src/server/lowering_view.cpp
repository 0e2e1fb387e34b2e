#include "server/lowering_parts.hpp"
#include "server/tree_walk.hpp"

extern "C" {
#include "nodes/nodeFuncs.h"
#include "nodes/value.h"
}

namespace migfix::server {

namespace {

// A WITH query's name, while what can see it is read.
struct Scope {
  const Scope *outer;
  const char *name;
};

struct Reads {
  const Scope *scope;
  List *relations;  // RangeVar
};

bool is_visible(const Scope *scope, const char *name) {
  for (; scope != nullptr; scope = scope->outer) {
    if (strcmp(scope->name, name) == 0) return true;
  }
  return false;
}

bool collect_reads(Node *node, void *context);

// Without RECURSIVE a query of WITH sees those in front of it alone.
void collect_with(WithClause *with, Reads *reads) {
  ListCell *cell;
  const auto put = [&](const CommonTableExpr *query) {
    auto *scope = static_cast<Scope *>(palloc(sizeof(Scope)));
    *scope = {reads->scope, query->ctename};
    reads->scope = scope;
  };
  if (with->recursive) {
    foreach (cell, with->ctes) put(lfirst_node(CommonTableExpr, cell));
  }
  foreach (cell, with->ctes) {
    auto *query = lfirst_node(CommonTableExpr, cell);
    collect_reads(query->ctequery, reads);
    if (!with->recursive) put(query);
  }
}

WithClause **with_of(Node *node) {
  switch (nodeTag(node)) {
    case T_SelectStmt:
      return &reinterpret_cast<SelectStmt *>(node)->withClause;
    case T_InsertStmt:
      return &reinterpret_cast<InsertStmt *>(node)->withClause;
    case T_UpdateStmt:
      return &reinterpret_cast<UpdateStmt *>(node)->withClause;
    case T_DeleteStmt:
      return &reinterpret_cast<DeleteStmt *>(node)->withClause;
    default:
      return nullptr;
  }
}

bool collect_reads(Node *node, void *context) {
  if (node == nullptr) return false;
  auto *reads = static_cast<Reads *>(context);
  if (IsA(node, RangeVar)) {
    auto *relation = reinterpret_cast<RangeVar *>(node);
    if (relation->schemaname != nullptr || !is_visible(reads->scope, relation->relname))
      reads->relations = lappend(reads->relations, relation);
    return false;
  }
  WithClause **with = with_of(node);
  if (with == nullptr || *with == nullptr) return walk_parsed(node, collect_reads, context);
  const Scope *outer = reads->scope;
  WithClause *clause = *with;
  collect_with(clause, reads);
  *with = nullptr;
  walk_parsed(node, collect_reads, context);
  *with = clause;
  reads->scope = outer;
  return false;
}

std::vector<core::QualifiedName> lower_reads(const Lowering &lowering, Node *query) {
  Reads reads{nullptr, NIL};
  call([&] { collect_reads(query, &reads); });
  std::vector<core::QualifiedName> names;
  ListCell *cell;
  foreach (cell, reads.relations) {
    core::QualifiedName name = lowering.name(lfirst_node(RangeVar, cell));
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }
  return names;
}

// What stands after AS, which no name can be without quotes.
TokenRange query_range(Lowering &lowering, const RangeVar *view) {
  TokenRange range = lowering.from(view->location);
  range.first = lowering.tokens().find_word(range, "as") + 1;
  return range;
}

// CREATE RECURSIVE VIEW: the grammar makes WITH RECURSIVE view (aliases) AS (query) SELECT aliases FROM view
// (makeRecursiveViewSelect, gram.y).
bool is_recursive(Lowering &lowering, const ViewStmt *statement) {
  TokenRange range = lowering.range();
  range.last = lowering.tokens().at(statement->view->location);
  return lowering.tokens().find_word(range, "recursive") < range.last;
}

std::string recursive_query(Lowering &lowering, const ViewStmt *statement, const std::string &query) {
  Tokens &tokens = lowering.tokens();
  const TokenRange all = lowering.from(statement->view->location);
  const TokenRange name = {all.first, tokens.after_name(all.first)};
  const std::string aliases = tokens.text(tokens.enclosed(all));
  const std::string view = tokens.text({name.last - 1, name.last});
  return fmt::format("WITH RECURSIVE {} ({}) AS ({}) SELECT {} FROM {}", view, aliases, query, aliases, view);
}

}  // namespace

void lower_create_view(Lowering &lowering, const ViewStmt *statement) {
  if (is_temporary(statement->view)) throw NotModelled{"a temporary view is not modelled"};
  core::CreateView effect;
  effect.name = lowering.name(statement->view);
  effect.or_replace = statement->replace;
  Tokens &tokens = lowering.tokens();
  TokenRange range = query_range(lowering, statement->view);
  if (statement->withCheckOption != NO_CHECK_OPTION) {
    while (range.last > range.first && !tokens.is_word(range.last - 1, "with")) --range.last;
    --range.last;
  }
  core::View &view = effect.view;
  view.columns = strings_of(statement->aliases);
  view.query.text = tokens.text(range);
  if (is_recursive(lowering, statement))
    view.query.text = recursive_query(lowering, statement, view.query.text);
  view.reads = lower_reads(lowering, statement->query);
  view.source = lowering.text();
  lowering.add(std::move(effect));
}

void lower_create_materialized_view(Lowering &lowering, const CreateTableAsStmt *statement) {
  if (statement->query == nullptr || !IsA(statement->query, SelectStmt))
    throw NotModelled{"a materialized view of EXECUTE is not modelled"};
  core::CreateView effect;
  effect.name = lowering.name(statement->into->rel);
  effect.if_not_exists = statement->if_not_exists;
  Tokens &tokens = lowering.tokens();
  TokenRange range = query_range(lowering, statement->into->rel);
  // WITH [NO] DATA
  if (range.last - range.first > 2 && tokens.is_word(range.last - 1, "data")) {
    if (tokens.is_word(range.last - 2, "with"))
      range.last -= 2;
    else if (tokens.is_word(range.last - 2, "no") && tokens.is_word(range.last - 3, "with"))
      range.last -= 3;
  }
  core::View &view = effect.view;
  view.materialized = true;
  view.columns = strings_of(statement->into->colNames);
  view.query.text = tokens.text(range);
  view.reads = lower_reads(lowering, statement->query);
  view.source = lowering.text();
  lowering.add(std::move(effect));
}

}  // namespace migfix::server
