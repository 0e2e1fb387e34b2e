// The hook on utility statements.
#pragma once

namespace migfix::server {

/// Installs it. Called once, from _PG_init. In a database without the extension it does nothing but note what
/// runs.
void watch_utility_statements();

}  // namespace migfix::server
