// The settings migfix.*; doc/settings.md says what each does.
#pragma once

#include "core/guard_mode.hpp"
#include "server/boundary.hpp"

namespace migfix::server {

/// Registers them. Called once, from _PG_init.
void define_settings();

core::GuardMode guard_mode();

/// migfix.log_ddl.
bool logs_ddl();

/// migfix.report_duplicates.
bool reports_duplicates();

/// migfix.runner_timeout in milliseconds; 0: no runner lock.
int runner_timeout_ms();

/// migfix.existing_object.
enum class OnExisting { kExplain, kSkipIdentical, kOff };
OnExisting on_existing();
/// migfix.learn.
bool learns();

/// The names in migfix.version_tables, folded and unquoted as SQL does it, in order, each once.
std::vector<std::string> version_table_names();

/// Is `name` (a NUL-terminated relation name) one of them? Raises nothing and allocates nothing.
bool is_version_table_name(const char *name);

/// May `role` change migfix.guard: a superuser, or one that was granted SET on it?
bool may_switch_guard(Oid role);

}  // namespace migfix::server
