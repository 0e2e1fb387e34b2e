// The guard's judgement of version tables as a transaction leaves them.
//
// Made when the transaction is about to commit (XACT_EVENT_PRE_COMMIT), not by a deferred trigger: while an
// event of a deferred trigger is pending, PostgreSQL refuses ALTER TABLE, TRUNCATE and DROP TABLE on its
// table, and Alembic runs a migration that widens version_num in the transaction that writes version rows.
#pragma once

#include "server/boundary.hpp"

namespace migfix::server {

/// Registers the callback. Called once, from _PG_init.
void watch_commits();

}  // namespace migfix::server
