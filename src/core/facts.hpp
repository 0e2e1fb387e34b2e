// All that diagnosis judges, gathered by the server side in one go.
#pragma once

#include <string>
#include <vector>

#include "core/ddl_memory.hpp"
#include "core/installation.hpp"
#include "core/leftover.hpp"
#include "core/privilege.hpp"
#include "core/schema_facts.hpp"
#include "core/schema_standing.hpp"
#include "core/version_table.hpp"

namespace migfix::core {

struct Facts {
  std::string database;                      // raw
  std::string checked_at;                    // 2026-11-21 10:03:07+00
  std::string role;                          // raw; the role whose privileges were asked about
  bool whole_database = true;                // false: only one version table and its schema were asked about
  std::vector<VersionTable> version_tables;  // by name
  SchemaFacts schema;
  Leftovers leftovers;
  Privileges privileges;
  Installation installation;

  /// Entries that took versions away from tables that are no longer there: the drop of each table that
  /// is gone, newest first.
  std::vector<LogEntry> dropped;

  /// How schema and rows stand to each other, of each version table whose revisions' statements are loaded.
  std::vector<SchemaStanding> standings;

  /// migfix.ddl_log; empty where it cannot be read.
  DdlMemory ddl;
};

}  // namespace migfix::core
