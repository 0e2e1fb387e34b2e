// A version table as the catalogs and its rows show it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/environment.hpp"
#include "core/log_entry.hpp"

namespace migfix::core {

/// Width of the column in the table that Alembic creates (DefaultImpl.version_table_impl: String(32)).
inline constexpr int kAlembicWidth = 32;

/// Name of that column (alembic.runtime.migration.MigrationContext).
inline constexpr char kVersionColumn[] = "version_num";

enum class RelationKind { kTable, kPartitionedTable, kView, kMaterializedView, kForeignTable };

/// "table", "partitioned table", "view", "materialized view", "foreign table".
const char *relation_kind_name(RelationKind kind);

enum class GuardState {
  kOn,        // all of its triggers are there and enabled
  kMissing,   // at least one of its triggers is not there
  kDisabled,  // at least one of its triggers is disabled
  kTakenOff,  // migfix_unprotect was called, and migfix_protect not since
};

struct VersionTable {
  std::string name;         // as SQL writes it, schema-qualified: public.alembic_version
  std::string schema;       // raw
  std::string schema_name;  // as SQL writes it
  std::string table;        // raw
  std::string owner;        // raw role name
  RelationKind kind = RelationKind::kTable;
  bool has_column = true;           // version_num is there
  bool is_text = true;              // and is varchar, text or char
  std::string column_type;          // as format_type writes it: character varying(32)
  std::optional<int> column_width;  // in characters; nothing: unlimited
  bool has_key = true;              // a valid, immediate, whole unique index on version_num alone
  GuardState guard = GuardState::kOn;
  std::vector<std::string> disabled_triggers;  // names as SQL writes them, where guard is kDisabled
  std::optional<LogEntry> taken_off;           // the entry of migfix_unprotect, where guard is kTakenOff

  /// The rows in physical order (Alembic reads them without ORDER BY), NULLs included. Not meaningful
  /// where `not_checked` says why they could not be read.
  std::vector<std::optional<std::string>> rows;
  std::string not_checked;      // empty, or the reason: no SELECT privilege, locked by pid …, row security
  std::string not_checked_fix;  // the statement that changes that

  /// Entries of the log about this table (under its former names too), oldest first. Empty also where the
  /// role may not read the log.
  std::vector<LogEntry> log;
  bool log_is_whole = false;  // all there is about this table: none were left out, and the role may read them

  /// The environment that it belongs to; null where no revisions are known for it.
  std::shared_ptr<const Environment> environment;
};

}  // namespace migfix::core
