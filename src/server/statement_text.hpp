// The text of the statement that is running, for what its parse tree does not say.
#pragma once

#include "server/boundary.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace migfix::server {

/// Where the statement that runs now stands: the text that was sent, or a function's; null: not known.
struct StatementPlace {
  const char *text;
  int location;
  int length;
};

/// Notes it for as long as the statement runs, and answers what was noted before, to be noted again after it.
/// What an error leaves noted is forgotten with its (sub)transaction.
StatementPlace note_statement(StatementPlace place);
StatementPlace noted_statement();

/// Registers the callbacks. Called once, from _PG_init.
void watch_statements();

struct ParsedCommand {
  std::string text;              // empty: not known
  RawStmt *statement = nullptr;  // its locations are bytes of `text`; in CurrentMemoryContext
};

/// The text of `command`, found where it was noted or in what the client has sent, and parsed again: only a
/// statement that reads the same is taken for it.
ParsedCommand parse_command(const Node *command);

}  // namespace migfix::server
