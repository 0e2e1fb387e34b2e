// Reads a version table's rows just before the table, or the guard on it, is dropped: at sql_drop it is too
// late. DROP SCHEMA and DROP OWNED arrive here too.
#pragma once

#include "server/boundary.hpp"

namespace migfix::server {

struct DroppedGuard {
  Oid relation;
  std::string name;     // of the table, as SQL writes it
  std::string trigger;  // that was dropped first
  std::vector<std::optional<std::string>> versions;
};

/// Installs the hook. Called once, from _PG_init.
void watch_drops();

/// What was dropped since the last call in this transaction; forgotten by the call.
std::vector<DroppedGuard> take_dropped_guards();

}  // namespace migfix::server
