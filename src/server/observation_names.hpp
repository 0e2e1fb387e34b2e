// What a command does to names, and comments, of which the hook on objects is told nothing.
#pragma once

#include "server/boundary.hpp"

extern "C" {
#include "nodes/nodes.h"
}

namespace migfix::server {

/// Within the running statement, the command that it is or calls: before it and after it.
void see_names_before(Node *command);
void see_comments_after(Node *command);

/// Reads what the last statement left, where its text does not say what it does, while it can still be seen.
void settle_open_statement();

}  // namespace migfix::server
