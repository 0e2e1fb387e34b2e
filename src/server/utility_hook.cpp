#include "server/utility_hook.hpp"

#include "server/observation_hooks.hpp"
#include "server/skipping.hpp"

namespace migfix::server {

namespace {

ProcessUtility_hook_type next_utility = nullptr;

// No object that owns anything may live in here: the server's errors leave it by longjmp.
void at_utility(PlannedStmt *statement, const char *text, bool read_only_tree, ProcessUtilityContext context,
                ParamListInfo parameters, QueryEnvironment *environment, DestReceiver *destination,
                QueryCompletion *completion) {
  const SeenUtility seen = see_utility_begin(statement, text);
  const bool is_whole = is_whole_creation(statement->utilityStmt, context);
  const StatementPlace place = {text, statement->stmt_location, statement->stmt_len};
  if (is_whole && enter<bool>([&] { return leave_out(statement->utilityStmt, context, place); })) {
    see_utility_end(seen, statement);
    return;
  }
  StatementPlace outer = {};
  if (is_whole) outer = note_statement(place);
  if (next_utility != nullptr)
    next_utility(statement, text, read_only_tree, context, parameters, environment, destination, completion);
  else
    standard_ProcessUtility(statement, text, read_only_tree, context, parameters, environment, destination,
                            completion);
  if (is_whole) note_statement(outer);
  see_utility_end(seen, statement);
}

}  // namespace

void watch_utility_statements() {
  next_utility = ProcessUtility_hook;
  ProcessUtility_hook = at_utility;
}

}  // namespace migfix::server
