// Members of extensions that a command drops: at sql_drop nothing tells them from objects of users any more.
#pragma once

#include "server/boundary.hpp"

namespace migfix::server {

/// Installs the hook. Called once, from _PG_init.
void watch_dropped_members();

/// Was it a member of an extension when it was dropped in this transaction?
bool was_member(Oid class_id, Oid object);

/// Forgets what was dropped so far.
void forget_dropped_members();

}  // namespace migfix::server
