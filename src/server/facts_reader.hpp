// Gathers what diagnosis judges.
#pragma once

#include "core/facts.hpp"
#include "server/version_table_catalog.hpp"

namespace migfix::server {

/// Version tables with rows and log. `drops` are entries of tables that are gone.
struct VersionTables {
  std::vector<CatalogTable> tables;
  std::vector<core::LogEntry> drops;
  std::vector<core::NotChecked> not_checked;  // the log, where it cannot be read
};

/// `only`: one version table; InvalidOid: all. Throws as read_version_table_catalog does.
VersionTables read_version_tables(Oid only);

/// All facts, read with the rights of the current role: what it may not see is among what was not checked.
/// `version_table`: only that one and its schema; InvalidOid: the whole database. `role`: whose privileges
/// are asked about. Writes nothing, waits for no lock, and leaves locks on catalogs alone. Throws as
/// read_version_table_catalog does.
core::Facts read_facts(Oid version_table, Oid role);

}  // namespace migfix::server
