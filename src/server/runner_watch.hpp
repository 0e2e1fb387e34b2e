// Watching for runners: who reads the version rows as Alembic does, and begins to change things.
#pragma once

#include "server/boundary.hpp"
#include "server/runner_lock.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace migfix::server {

/// Puts the hooks in place. Called once, from _PG_init.
void watch_runners();

/// Called at ddl_command_start: a runner's first DDL of a transaction, and whoever creates a version table,
/// needs the runner lock. Throws core::Error: 40001 where another runner has migrated meanwhile or needs what
/// this session has locked, 55P03 where it is not to be had in time. Where there is nothing to do, it costs
/// next to nothing.
void runner_before_ddl(const Node *command);

/// Called at ddl_command_end.
void runner_after_ddl(const Node *command);

/// Takes the runner lock for a caller that asked for it. Throws as runner_before_ddl does.
void lock_as_runner(const RunnerKey &key);

/// The same for a version table that is there and about to be migrated; does nothing where the lock is off.
void wait_for_runners(Oid version_table);

}  // namespace migfix::server
