#include "server/tree_walk.hpp"

extern "C" {
#include "nodes/nodeFuncs.h"
}

namespace migfix::server {

bool walk_parsed(Node *node, Visit visit, void *state) {
  return raw_expression_tree_walker(node, as_walker(visit), state);
}

bool walk_query(Query *query, Visit visit, void *state) {
  return query_tree_walker(query, as_walker(visit), state, QTW_EXAMINE_RTES_BEFORE);
}

bool walk_expression(Node *node, Visit visit, void *state) {
  return expression_tree_walker(node, as_walker(visit), state);
}

Node *changed_expression(Node *node, Change change, void *state) {
  return expression_tree_mutator(node, as_mutator(change), state);
}

Query *changed_query(Query *query, Change change, void *state) {
  return query_tree_mutator(query, as_mutator(change), state, 0);
}

}  // namespace migfix::server
