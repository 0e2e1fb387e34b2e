// The statements that the client sends, as they run, and what they call.
#pragma once

#include "server/boundary.hpp"

extern "C" {
#include "nodes/nodes.h"
#include "nodes/plannodes.h"
}

namespace migfix::server {

/// Installs the hooks but that on utility statements, which utility_hook has. Called once, from _PG_init.
void watch_what_statements_do();

/// A utility statement: before it, and after it where it has not failed.
enum class SeenUtility {
  kUnwatched,
  kSent,    // by the client
  kCalled,  // by what the client has sent
};
SeenUtility see_utility_begin(const PlannedStmt *planned, const char *source);
void see_utility_end(SeenUtility seen, const PlannedStmt *planned);

/// The module is often loaded by the first DDL command of a session, which the hooks then do not see: called
/// at its start and at its end.
void see_command_begin(Node *command);
void see_command_end(Node *command);

}  // namespace migfix::server
