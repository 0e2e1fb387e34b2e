// Leaving out a CREATE whose object is there already and identical.
#pragma once

namespace migfix::server {

/// Registers the hook on utility statements. Called once, from _PG_init. In a database without the extension
/// it does nothing but note what runs.
void watch_utility_statements();

}  // namespace migfix::server
