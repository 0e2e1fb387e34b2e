// The steps that bring version rows and schema in step.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/plan_target.hpp"
#include "core/row_step.hpp"
#include "core/schema_histories.hpp"

namespace migfix::core {

struct PlanStep {
  enum class Action : std::uint8_t {
    kRun,      // a statement
    kRows,     // the version rows
    kPerson,   // something that a person must decide or do
    kUpgrade,  // what is left to `alembic upgrade`
  };
  Action action = Action::kRun;
  std::string statement;  // SQL without a final semicolon; of kRows and kUpgrade, what would do it by hand
  std::string reason;
  std::optional<bool> safe;    // nothing is lost by it; nothing: that is for a person to say
  bool in_transaction = true;  // false: the server refuses it in one
  bool unseen = false;         // no schema shows afterwards whether it has run
  std::string transactional;   // the form of it that runs in one; empty: there is none
  std::string new_label;       // that it adds to an enum which was there before: no other statement of the
                               // transaction may use it (55P04)
};

/// "run", "rows", "person", "upgrade".
const char *action_name(PlanStep::Action action);

/// The step that makes the rows these ids (none: no rows), with the call that would do it by hand.
PlanStep rows_step(const std::string &functions, const std::vector<std::string> &ids,
                   const std::string &version_table, std::string reason);

struct PlanRequest {
  SchemaHistories &histories;
  const SchemaModel &real;
  std::optional<std::vector<Node>> target;  // heads to go to; empty: base; nothing: to be found
  Rows rows;                                // as they are
  bool unknown_rows_are_gone =
      false;                  // a row that is not known was recorded before the revisions were loaded
  bool has_key = true;        // the version table has its primary key, or is not there yet
  std::string key_name;       // raw: alembic_version_pkc
  NodeSet logged;             // revisions that the log has seen recorded
  NodeSet left_recorded;      // those of them that Alembic did not take back
  bool log_is_whole = false;  // it has entries of the table, and none is left out
  std::string own_schema;     // raw
  std::string version_table;  // as SQL writes it, schema-qualified
  std::string functions;      // prefix of migfix's functions in a call
};

struct Plan {
  std::vector<PlanStep> steps;  // none: in step
  NodeSet target;
  Rows rows_after;
  std::vector<ObjectId> leftovers;  // enums that are dropped, see TargetChoice
};

/// No step is dropped silently: what cannot be mended by a statement is a step for a person, with the reason.
Plan make_plan(const PlanRequest &request);

}  // namespace migfix::core
