// The runner lock of a version table: one session at a time migrates. It is a lock of the server's own lock
// table, so that it shows in pg_locks, ends with its transaction and can be waited for in vain; its key is
// the table's schema and name, so that it can be held before the table is there.
#pragma once

#include "core/leftover.hpp"
#include "core/runner.hpp"
#include "server/boundary.hpp"

namespace migfix::server {

struct RunnerKey {
  Oid schema = InvalidOid;
  std::string table;  // raw name
};

/// The key as SQL writes it: public.alembic_version.
std::string key_name(const RunnerKey &key);

struct RunnerLock {
  enum class Outcome {
    kTaken,
    kTimedOut,
    kBlocksHolder,  // the holder waits, perhaps through others, for a lock of this session
  };
  Outcome outcome = Outcome::kTaken;
  bool waited = false;
  int waited_ms = 0;
  std::optional<core::RunnerHolder>
      holder;  // of kTimedOut and kBlocksHolder; nothing where it has just ended
};

/// Takes the lock for this transaction, in vain after `timeout_ms`; 0 does not wait. Having it already counts
/// as taken. A cancel, statement_timeout and a shutdown end the wait. Not in a parallel operation, nor in
/// recovery.
RunnerLock take_runner_lock(const RunnerKey &key, int timeout_ms);

/// A session that holds the runner lock of a version table of this database.
struct HeldRunnerLock {
  Oid schema = InvalidOid;
  std::uint32_t table_hash = 0;
  bool own = false;          // this session does
  core::LockHolder session;  // without version_table, version_owner and mode
};

std::vector<HeldRunnerLock> held_runner_locks();

/// Is it the lock of that version table?
bool is_lock_of(const HeldRunnerLock &lock, const RunnerKey &key);

/// Of those, the one of the version table; nullptr: it is free.
const HeldRunnerLock *holder_of(const std::vector<HeldRunnerLock> &held, const RunnerKey &key);

}  // namespace migfix::server
