// Visits the parts of the server's trees, as its own walkers do. All run inside call().
#pragma once

#include "server/server_version.hpp"

namespace migfix::server {

/// Each answers true, and ends, as soon as `visit` does.
bool walk_parsed(Node *node, Visit visit, void *state);   // a raw parse tree
bool walk_query(Query *query, Visit visit, void *state);  // with its range table's entries
bool walk_expression(Node *node, Visit visit, void *state);

/// A copy of an expression, or of a query, whose parts are what `change` makes of them.
Node *changed_expression(Node *node, Change change, void *state);
Query *changed_query(Query *query, Change change, void *state);

}  // namespace migfix::server
