// Version tables as the catalogs show them.
#pragma once

#include "core/version_table.hpp"
#include "server/boundary.hpp"

namespace migfix::server {

struct CatalogTable {
  Oid oid = InvalidOid;
  Oid schema = InvalidOid;
  bool has_children = false;  // partitions or inheriting tables, whose rows are its rows too
  bool populated = true;      // false: a materialized view that was never refreshed
  core::VersionTable facts;   // without rows and log
};

/// All version tables of the user's schemas, by schema and name: what is called as migfix.version_tables
/// says, and what carries the guard. With `only`, that one relation alone, whatever it is called. Where the
/// current role may not read the rows, `not_checked` says so already. Throws core::Error for `only`: 42P01
/// where it is not there, 42809 where it is no relation that has rows.
std::vector<CatalogTable> read_version_table_catalog(Oid only);

/// Their OIDs.
std::vector<Oid> oids_of(const std::vector<CatalogTable> &tables);

}  // namespace migfix::server
