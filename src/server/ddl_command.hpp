// A DDL command as an event trigger sees it, read for what it means to version tables.
#pragma once

#include "server/boundary.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace migfix::server {

/// The relation that a command names, if there is one. Rights do not matter, nor a name of another database: what is
/// wrong with those the server says itself.
Oid relation_named(const RangeVar *name);

/// May it have created or altered a table named as version tables are? By the names in the command; no catalog is
/// asked.
bool may_touch_version_tables(const Node *command);

/// The ordinary, permanent tables named as version tables that the command has created or altered. Called
/// at ddl_command_end.
std::vector<Oid> version_tables_touched(const Node *command);

/// The guarded tables whose name or schema the command is about to change, with their present names. Called
/// at ddl_command_start.
std::vector<Oid> guarded_tables_renamed(const Node *command);

/// Throws 42501 where the command would switch the guard on a table off, replace it or rename it, and the
/// role may not. A dump's own CREATE TRIGGER finds room made for it.
void refuse_switching_off(const Node *command);

/// Does the command add a constraint? In a dump those come after the rows.
bool adds_constraint(const Node *command);

}  // namespace migfix::server
