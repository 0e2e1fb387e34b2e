// What migfix remembers within one transaction. It sits in TopTransactionContext and is forgotten with the
// transaction; what a rolled-back savepoint did is forgotten with the savepoint.
#pragma once

#include "server/boundary.hpp"

namespace migfix::server {

/// Registers the callbacks. Called once, from _PG_init.
void watch_transactions();

/// DDL (other than migfix's own) ran in this transaction.
void note_ddl();
bool transaction_ran_ddl();

/// The change that log entries of a version table belong to: all that one transaction does to it, or one
/// call of migfix_stamp or migfix_undo. 0: none yet, the next entry begins one.
std::int64_t open_change(Oid version_table);
void set_open_change(Oid version_table, std::int64_t change_id);
void close_change(Oid version_table);

/// The latest and the first entry that this transaction has logged for the version table, a rolled-back
/// savepoint's among them; 0: none.
std::int64_t last_log_id(Oid version_table);
std::int64_t first_log_id(Oid version_table);
void set_last_log_id(Oid version_table, std::int64_t log_id);

/// Has this transaction logged anything for any version table?
bool transaction_logged_versions();

/// Rows of the version table were changed, so that it is judged at the end of the transaction, unless
/// somebody forgets that.
void note_rows_changed(Oid version_table);
void forget_rows_changed(Oid version_table);

/// The tables to judge; taking them forgets them.
std::vector<Oid> take_tables_to_judge();

/// How many locks on versions of that table this transaction has asked for, this one included.
int count_version_lock(Oid version_table);

/// Who really acts while a statement runs with somebody else's rights: the role that called migfix_stamp or
/// migfix_undo, else the current one.
Oid acting_role();

/// The reason given to migfix_stamp or migfix_undo, for the entries that the guard writes meanwhile.
const char *change_reason();

/// Names the acting role and the reason for as long as it lives.
class ActingFor {
 public:
  ActingFor(Oid role, const char *reason);
  ~ActingFor();
  ActingFor(const ActingFor &) = delete;
  ActingFor &operator=(const ActingFor &) = delete;

 private:
  Oid role_;
  const char *reason_;
};

}  // namespace migfix::server
