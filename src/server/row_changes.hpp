// Changing version rows on somebody's behalf: migfix_stamp and migfix_undo.
#pragma once

#include "core/row_step.hpp"
#include "server/boundary.hpp"

namespace migfix::server {

/// Throws 42501 unless `role` may read and change every row of the version table by itself (SELECT, INSERT,
/// UPDATE and DELETE, not subject to row security).
void require_row_privileges(Oid version_table, Oid role);

/// Throws 42501 unless the role may create a table in that schema, given raw.
void require_create_privilege(const std::string &schema, const std::string &version_table);

/// Throws 55000 unless what `name` means now is the table that it meant before.
void require_same_table(Oid now, Oid version_table, const std::string &name);

/// Locks the table against writers, to the end of the transaction. The caller has called require_version_table()
/// and require_row_privileges(); when the lock is there, both are called again, and the name is still the same.
void lock_against_writers(Oid version_table);

/// Carries the steps out with the rights of the table's owner, so that nothing attached to the table runs
/// with those of the caller, whom the log names. Returns the id of the change in the log; 0: nothing
/// changed. Throws 27000 where a trigger or rule of the table keeps a step from being done.
std::int64_t apply_steps(Oid version_table, const std::vector<core::RowStep> &steps,
                         const std::optional<std::string> &reason);

/// Creates a version table as Alembic does (DefaultImpl.version_table_impl), with the caller's rights, wide
/// enough for `rows`, and puts the guard on it.
Oid create_version_table(const std::string &schema, const std::string &table, const core::Rows &rows);

}  // namespace migfix::server
