// What a command would create, and what has its name already.
#pragma once

#include "core/existing_object.hpp"
#include "server/boundary.hpp"
#include "server/taken_name.hpp"

namespace migfix::server {

/// Compares the two, and finds out what there is to say. False where nothing should be said, because
/// PostgreSQL would complain of something else first, or that cannot be told. Reads the one object that is
/// there and those that the statement names, however many there are; waits for no lock, and keeps none.
bool look_at_existing(const Node *command, const TakenName &taken, core::ExistingObject &object);

/// At ddl_command_start: throws what PostgreSQL would raise, with what migfix knows, where the name of what
/// the command creates is taken. Where what is there is identical and migfix.existing_object says so, the
/// command is made to pass over it, if it has IF NOT EXISTS for that.
void explain_existing(const Node *command);

/// Whether a statement that must stand alone (CREATE INDEX CONCURRENTLY) would be let run now.
bool may_run_alone();

/// Whether this is no time to look at what is there: migfix.existing_object is off, or the server is busy
/// with an extension, an upgrade or recovery.
bool ignores_existing();

}  // namespace migfix::server
