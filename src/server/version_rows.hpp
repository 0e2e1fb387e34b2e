// The rows of version tables, read past SQL: no view, rule, policy or trigger of anybody runs.
#pragma once

#include "server/version_table_catalog.hpp"

namespace migfix::server {

/// Fills `facts.rows`, or says in `facts.not_checked` why it could not; never waits for a lock and keeps
/// none. Tables that are gone meanwhile are taken out. Values of a column that is no text are written as
/// text. Needs an active snapshot; works in a read-only transaction and on a standby.
void read_rows(std::vector<CatalogTable> &tables);

}  // namespace migfix::server
