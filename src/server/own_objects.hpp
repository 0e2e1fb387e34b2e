// What migfix itself is made of: others' commands work only as long as it stands under the names that it
// knows.
#pragma once

#include "server/boundary.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace migfix::server {

/// Throws 0A000 where the command would rename or move a member of the extension, take a column or a
/// constraint from a table of it or give a column another type, or take a member out of it. Called at
/// ddl_command_start.
void refuse_taking_apart(const Node *command);

}  // namespace migfix::server
