// The rows of migfix.revision, read straight from the table: what the first version write of a session waits
// for.
#pragma once

#include "core/environment.hpp"
#include "server/boundary.hpp"

namespace migfix::server {

/// What the graph needs of a row.
struct RevisionRow {
  std::string environment;
  std::int64_t position = 0;
  core::Revision revision;
  core::RevisionOrigin origin;
};

/// Calls `each` for every row that is committed now or that this transaction has written, in no order. Asks
/// for no privilege: who may use the graph is for the caller to know. `table` is migfix.revision. Throws
/// PgError.
void scan_revisions(Oid table, const std::function<void(RevisionRow &&)> &each);

}  // namespace migfix::server
