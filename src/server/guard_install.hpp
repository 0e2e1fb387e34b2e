// Putting the guard on a version table and taking it off.
#pragma once

#include "server/boundary.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace migfix::server {

/// The triggers that make up the guard; each executes the function of its own name.
inline constexpr const char *kGuardTriggers[] = {"migfix_guard_row", "migfix_log_row", "migfix_log_truncate"};

bool is_guard_trigger_name(const char *name);

/// Does the command create a trigger of the guard exactly as the guard itself does?
bool creates_guard_trigger(const CreateTrigStmt *command);

/// Puts on what is missing of the guard; another trigger under one of its names gives way. The relation has
/// passed require_version_table. Returns whether anything was missing.
bool put_guard(Oid relation);

/// Takes the guard off. Returns whether there was any.
bool remove_guard(Oid relation);

/// Does the relation carry every trigger of the guard?
bool has_guard(Oid relation);

/// The table of a trigger if that trigger belongs to the guard, else InvalidOid.
Oid guarded_by(Oid trigger);

/// The trigger's name; empty where it is gone.
std::string trigger_name(Oid trigger);

/// Removes the guard's trigger of that name from the relation, so that a dump's own CREATE TRIGGER can put
/// it there again.
void make_room_for(Oid relation, const char *trigger);

}  // namespace migfix::server
