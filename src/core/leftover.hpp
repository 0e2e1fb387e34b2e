// What broken or running migrations leave behind.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace migfix::core {

struct InvalidIndex {
  std::string name;   // as SQL writes it, schema-qualified
  std::string table;  // likewise
  bool partitioned = false;
  bool constraint = false;      // it belongs to a constraint, so that it cannot be dropped alone
  std::int32_t build_pid = 0;   // the session that is building it now; 0: none
};

struct UnvalidatedConstraint {
  std::string name;   // as SQL writes it
  std::string table;  // as SQL writes it, schema-qualified; for a domain its name
  bool domain = false;
  std::string definition;  // pg_get_constraintdef
};

/// A session, not this one, that holds a lock on a version table.
struct LockHolder {
  std::string version_table;  // as SQL writes it
  std::string version_owner;  // owner of the version table, raw role name
  std::int32_t pid = 0;
  std::string role;              // raw; empty where it is not told
  std::string application_name;  // empty where it is not told
  std::string client_address;    // empty for a Unix socket or where it is not told
  std::string state;             // pg_stat_activity: "active", "idle in transaction", …; empty: not told
  std::string since;             // start of its transaction; empty where it is not told
  std::string mode;              // the strongest lock it holds: RowExclusiveLock
  bool writes = false;           // that lock is RowExclusiveLock or stronger
  bool may_end = false;          // the role that asks may call pg_terminate_backend on it
};

struct Leftovers {
  std::vector<InvalidIndex> indexes;
  std::vector<UnvalidatedConstraint> constraints;
  std::vector<LockHolder> lock_holders;
  std::vector<LockHolder> runners;  // those that hold the runner lock; without version_owner and mode
};

}  // namespace migfix::core
