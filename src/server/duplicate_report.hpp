// At ddl_command_end: the notice about a table or an enum that doubles another.
#pragma once

#include "server/boundary.hpp"

extern "C" {
#include "nodes/nodes.h"
}

namespace migfix::server {

/// Is there anything to look for, and anybody to be told? Costs nothing.
bool may_make_duplicates(const Node *command);

/// Sends one NOTICE if a table or an enum that the command has made, renamed or moved doubles another.
void report_duplicates(const Node *command);

}  // namespace migfix::server
