// The graphs of this database's environments, kept by the backend until somebody changes migfix.revision.
#pragma once

#include "core/environment.hpp"
#include "core/row_step.hpp"
#include "server/boundary.hpp"

namespace migfix::server {

/// Names of the environments that have revisions, sorted.
std::vector<std::string> environment_names();

/// One environment; null where it has no revisions.
core::EnvironmentPtr environment_named(const std::string &name);

/// The environment that a version table with these rows belongs to: the one it was bound to by migfix_bind,
/// else the one that knows most of its rows, `default` before others, else the only one there is. Null where
/// that has no revisions. `version_table` as SQL writes it.
core::EnvironmentPtr environment_of(const std::string &version_table, const core::Rows &rows);

/// A version table has got another name; where it was bound, it stays bound.
void rename_binding(const std::string &old_name, const std::string &new_name);

/// Registers the callback that drops what is kept. Called once, from _PG_init.
void watch_revisions();

}  // namespace migfix::server
