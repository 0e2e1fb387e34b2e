// How the schemas of all version tables stand to their revisions: what diagnosis says of them.
#pragma once

#include "core/installation.hpp"
#include "core/schema_standing.hpp"
#include "server/version_table_catalog.hpp"

namespace migfix::server {

/// One answer for each table whose revisions' statements are loaded and whose rows could be read, in the
/// order of `tables`; where that is empty, one for the table that Alembic would create on the search_path.
/// None where the role may not know what revisions do; then `not_checked` says so. Each catalog is read once,
/// whatever their number. Throws PgError, core::Error.
std::vector<core::SchemaStanding> read_standings(const std::vector<CatalogTable> &tables,
                                                 std::vector<core::NotChecked> &not_checked);

}  // namespace migfix::server
