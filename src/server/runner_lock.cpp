#include "server/runner_lock.hpp"

#include "server/catalog_sql.hpp"
#include "server/query.hpp"
#include "server/subtransaction.hpp"

extern "C" {
#include "common/hashfn.h"
#include "storage/lock.h"
#include "storage/proc.h"
#include "utils/array.h"
#include "utils/backend_status.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"
}

namespace migfix::server {

namespace {

// Fourth field of the lock tag, as in twin.cpp: PostgreSQL's own advisory locks have 1 and 2 there, so that
// none of a user's can be in the way of this one.
#define MIGFIX_RUNNER_CLASS 28007
#define MIGFIX_TEXT_OF(number) #number
#define MIGFIX_TEXT(number) MIGFIX_TEXT_OF(number)

// So long at a time. Less than deadlock_timeout, so that the holder's own check for a deadlock never comes
// before ours: who waits gives way, not who migrates.
constexpr int kSliceMs = 400;
constexpr std::size_t kMostBlockers = 64;

std::uint32_t hash_of(const std::string &table) {
  return hash_bytes(reinterpret_cast<const unsigned char *>(table.data()), static_cast<int>(table.size()));
}

LOCKTAG tag_of(const RunnerKey &key) {
  LOCKTAG tag;
  const std::uint32_t hash = hash_of(key.table);
  SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, key.schema, hash, MIGFIX_RUNNER_CLASS);
  return tag;
}

bool taken_at_once(const LOCKTAG &tag) {
  return call([&] { return LockAcquire(&tag, ExclusiveLock, false, true) != LOCKACQUIRE_NOT_AVAIL; });
}

// lock_timeout for as long as this lives, whatever it is set to.
class LockTimeoutOf {
 public:
  explicit LockTimeoutOf(int milliseconds) : saved_(std::exchange(LockTimeout, milliseconds)) {}
  ~LockTimeoutOf() { LockTimeout = saved_; }
  LockTimeoutOf(const LockTimeoutOf &) = delete;
  LockTimeoutOf &operator=(const LockTimeoutOf &) = delete;

 private:
  int saved_;
};

// One wait in the lock's queue, where pg_locks and pg_blocking_pids() show it. The server ends it by an
// error, which is taken back with a subtransaction; any other error passes.
bool wait_once(const LOCKTAG &tag, int milliseconds) {
  Subtransaction subtransaction;
  ErrorData *failed = nullptr;
  try {
    LockTimeoutOf slice(milliseconds);
    call([&] {
      LockAcquire(&tag, ExclusiveLock, false, false);
      CHECK_FOR_INTERRUPTS();  // the timeout may have come with the lock: it must not strike later
    });
  } catch (const PgError &error) {
    failed = error.data;
  }
  if (failed == nullptr) {
    subtransaction.release();
    return true;
  }
  subtransaction.roll_back();
  if (failed->sqlerrcode != ERRCODE_LOCK_NOT_AVAILABLE && failed->sqlerrcode != ERRCODE_T_R_DEADLOCK_DETECTED)
    throw PgError{failed};
  return false;
}

std::vector<int> blockers_of(int pid) {
  std::vector<int> blockers;
  ArrayType *array =
      call([&] { return DatumGetArrayTypeP(DirectFunctionCall1(pg_blocking_pids, Int32GetDatum(pid))); });
  const int count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
  const auto *pids = reinterpret_cast<const int32 *>(ARR_DATA_PTR(array));
  for (int i = 0; i < count; ++i) blockers.push_back(pids[i]);
  return blockers;
}

// Does that session wait for a lock of this one, or for a session that does?
bool waits_for_me(int pid) {
  std::vector<int> seen{pid};
  for (std::size_t i = 0; i < seen.size() && seen.size() < kMostBlockers; ++i) {
    for (const int blocker : blockers_of(seen[i])) {
      if (blocker == MyProcPid) return true;
      if (std::find(seen.begin(), seen.end(), blocker) == seen.end()) seen.push_back(blocker);
    }
  }
  return false;
}

std::optional<core::RunnerHolder> current_holder(const RunnerKey &key) {
  const std::vector<HeldRunnerLock> held = held_runner_locks();
  const HeldRunnerLock *holder = holder_of(held, key);
  if (holder == nullptr) return std::nullopt;
  const core::LockHolder &session = holder->session;
  return core::RunnerHolder{session.pid, session.role, session.application_name, session.client_address,
                            session.since};
}

int milliseconds_since(TimestampTz began) {
  return static_cast<int>(TimestampDifferenceMilliseconds(began, GetCurrentTimestamp()));
}

}  // namespace

std::string key_name(const RunnerKey &key) {
  const char *table = key.table.c_str();
  const char *name = call([&]() -> const char * {
    const char *schema = get_namespace_name(key.schema);
    return quote_qualified_identifier(schema, table);
  });
  return name;
}

RunnerLock take_runner_lock(const RunnerKey &key, int timeout_ms) {
  const LOCKTAG tag = tag_of(key);
  RunnerLock lock;
  if (taken_at_once(tag)) return lock;
  lock.outcome = RunnerLock::Outcome::kTimedOut;
  const TimestampTz began = GetCurrentTimestamp();
  const int slice = std::max(1, std::min(kSliceMs, DeadlockTimeout / 2));
  while (lock.waited_ms < timeout_ms) {
    lock.waited = true;
    const bool taken = wait_once(tag, std::min(slice, timeout_ms - lock.waited_ms));
    lock.waited_ms = milliseconds_since(began);
    if (taken) {
      lock.outcome = RunnerLock::Outcome::kTaken;
      return lock;
    }
    lock.holder = current_holder(key);
    if (lock.holder && lock.holder->pid != 0 && waits_for_me(lock.holder->pid)) {
      lock.outcome = RunnerLock::Outcome::kBlocksHolder;
      return lock;
    }
  }
  if (!lock.waited) lock.holder = current_holder(key);
  return lock;
}

// Who may end a session: pg_signal_backend() in the server's signalfuncs.c.
std::vector<HeldRunnerLock> held_runner_locks() {
  static constinit Statement statement{
      "SELECT l.classid, l.objid, coalesce(l.pid, 0), coalesce(a.usename, ''), coalesce(a.application_name, "
      "''),"
      "  coalesce(host(a.client_addr), ''), coalesce(a.state, ''), "
      "coalesce(to_char(a.xact_start, " MIGFIX_TIME_FORMAT
      "), ''), coalesce(l.pid = pg_backend_pid(), false),"
      "  coalesce(me.rolsuper OR (NOT r.rolsuper"
      "   AND (pg_has_role(r.oid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE'))), false)"
      " FROM pg_locks AS l LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid LEFT JOIN pg_roles AS r ON r.oid "
      "= a.usesysid"
      " LEFT JOIN pg_roles AS me ON me.rolname = current_user"
      " WHERE l.locktype = 'advisory' AND l.objsubid = " MIGFIX_TEXT(
          MIGFIX_RUNNER_CLASS) "  AND l.database = " MIGFIX_THIS_DATABASE " AND l.granted ORDER BY 1, 2",
      0};
  std::vector<HeldRunnerLock> held;
  call([] { pgstat_clear_backend_activity_snapshot(); });  // a transaction keeps what it saw first
  run(statement, {}, SnapshotKind::kLatest, [&](const RowView &row) {
    HeldRunnerLock lock;
    lock.schema = static_cast<Oid>(row.integer(0));
    lock.table_hash = static_cast<std::uint32_t>(row.integer(1));
    lock.own = row.flag(8);
    lock.session.pid = static_cast<std::int32_t>(row.integer(2));
    lock.session.role = row.string(3);
    lock.session.application_name = row.string(4);
    lock.session.client_address = row.string(5);
    lock.session.state = row.string(6);
    lock.session.since = row.string(7);
    lock.session.may_end = row.flag(9);
    held.push_back(std::move(lock));
  });
  return held;
}

bool is_lock_of(const HeldRunnerLock &lock, const RunnerKey &key) {
  return lock.schema == key.schema && lock.table_hash == hash_of(key.table);
}

const HeldRunnerLock *holder_of(const std::vector<HeldRunnerLock> &held, const RunnerKey &key) {
  const auto found = std::find_if(held.begin(), held.end(),
                                  [&](const HeldRunnerLock &lock) { return is_lock_of(lock, key); });
  return found == held.end() ? nullptr : &*found;
}

}  // namespace migfix::server
