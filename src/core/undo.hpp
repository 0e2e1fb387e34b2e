// Undoing a change of the version rows.
#pragma once

#include <string>
#include <vector>

#include "core/log_entry.hpp"
#include "core/row_step.hpp"

namespace migfix::core {

struct UndoRequest {
  std::int64_t log_id = 0;      // as given
  std::string version_table;    // its name today, as SQL writes it
  bool table_exists = true;
  std::vector<LogEntry> change;  // all entries of the change, oldest first
  std::vector<LogEntry> since;   // younger entries of that table that changed rows, oldest first
  std::string functions;         // prefix of the calls that hints give
};

/// The rows as they were before the change, given the rows of now. Throws core::Error 55000 where something
/// moved since (and says what), 22023 where the entry changed no rows.
Rows rows_before(const Rows &now, const UndoRequest &request);

}  // namespace migfix::core
