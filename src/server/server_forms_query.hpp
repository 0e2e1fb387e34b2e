// The queries of views in the form that both the catalogs' trees and what a revision writes are brought into.
// All but the first run inside call().
#pragma once

#include "server/boundary.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace migfix::server {

/// The relations that a query reads, each once, but for `view` itself.
List *relations_read(Query *query, Oid view);

/// Takes the lock of a reader on each relation of the query, and waits for none: false where one cannot be
/// had.
bool lock_relations(Query *query);

/// The same for those that a raw query names and that are there, under the search_path of now.
bool lock_relations(RawStmt *statement);

/// Gives the query's columns these names (Strings), from the first on.
void name_columns(Query *query, List *names);

/// The query as SQL, every column with its table in front. The relations are locked, and the
/// search_path is pinned.
char *write_query(Query *query);

}  // namespace migfix::server
