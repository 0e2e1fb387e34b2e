// migfix_repair, migfix_upgrade: what brings version rows and schema in step, run.
#include "core/joined.hpp"
#include "core/revision_statement.hpp"
#include "core/row_step.hpp"
#include "core/sql_text.hpp"
#include "core/upgrade_plan.hpp"
#include "server/code_of_others.hpp"
#include "server/extension.hpp"
#include "server/migration_statement.hpp"
#include "server/named_version_table.hpp"
#include "server/result_rows.hpp"
#include "server/row_changes.hpp"
#include "server/runner_watch.hpp"
#include "server/schema_state.hpp"
#include "server/version_relation.hpp"

extern "C" {
#include "storage/lockdefs.h"
}

namespace migfix::server {

namespace {

using Action = core::PlanStep::Action;

constexpr std::size_t kMostNamed = 10;

// What became of a step.
enum class Outcome { kDone, kPassedOver, kLeft };

const char *outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kDone:
      return "done";
    case Outcome::kPassedOver:
      return "passed over";
    case Outcome::kLeft:
      return "left";
  }
  return "";
}

// The version table that is meant, locked against writers; created by nobody yet where it is not there.
NamedVersionTable lock_version_table(const std::optional<std::string> &argument) {
  NamedVersionTable named = named_version_table(argument);
  if (!OidIsValid(named.relation)) return named;
  require_version_table(named.relation);
  require_row_privileges(named.relation, GetUserId());
  wait_for_runners(named.relation);
  lock_against_writers(named.relation);
  return named;
}

SchemaState read_locked_state(const std::optional<std::string> &argument) {
  const NamedVersionTable locked = lock_version_table(argument);
  SchemaState state = read_schema_state(argument);
  if (OidIsValid(locked.relation)) require_same_table(state.relation, locked.relation, locked.name);
  require_migrator(state);
  return state;
}

// Makes the rows what they should be; the table too, where it is not there.
void set_rows(SchemaState &state, const core::Rows &after, const std::optional<std::string> &reason) {
  if (!OidIsValid(state.relation))
    state.relation = create_version_table(state.table.schema, state.table.table, after);
  core::Rows before;
  {
    OpenRelation relation(state.relation, NoLock);
    before = latest_versions(relation);
  }
  apply_steps(state.relation, core::steps_between(before, after), reason);
}

// Runs the steps one by one, says each, and answers with it.
class StepRunner {
 public:
  StepRunner(FunctionCallInfo fcinfo, std::size_t count, bool transactional)
      : rows_(fcinfo), count_(count), transactional_(transactional) {}

  void pass(const core::PlanStep &step, Outcome outcome) {
    ++number_;
    if (step.action == Action::kRun || step.action == Action::kPerson)
      say(step.statement.empty() ? step.reason : step.statement, fmt::format(" ({})", outcome_name(outcome)));
    answer(step, step.statement, outcome);
  }

  // A statement; where the server takes it in no transaction, its transactional form, or nothing.
  void run(const core::PlanStep &step) {
    if (!step.in_transaction && !(transactional_ && !step.transactional.empty())) {
      pass(step, Outcome::kLeft);
      return;
    }
    const std::string &statement = step.in_transaction ? step.statement : step.transactional;
    ++number_;
    say(statement, "");
    run_migration_statement(statement);
    answer(step, statement, Outcome::kDone);
  }

  void done(const core::PlanStep &step) {
    ++number_;
    say(step.statement, "");
    answer(step, step.statement, Outcome::kDone);
  }

 private:
  void say(const std::string &statement, const std::string &more) const {
    report(NOTICE, fmt::format("[{}/{}] {}{}", number_, count_, core::statement_head(statement), more));
  }

  void answer(const core::PlanStep &step, const std::string &statement, Outcome outcome) {
    rows_.add({std::to_string(number_), core::action_name(step.action),
               statement.empty() ? Value() : Value(statement), step.reason,
               step.safe ? Value(*step.safe ? "t" : "f") : Value(), outcome_name(outcome)});
  }

  ResultRows rows_;
  std::size_t count_;
  bool transactional_;
  std::size_t number_ = 0;
};

// What keeps a plan from being run without force.
void require_harmless(const core::Plan &plan, const SchemaState &state) {
  std::vector<std::string> lines;
  bool asks = false;
  for (const core::PlanStep &step : plan.steps) {
    const bool question = step.action == Action::kPerson;
    if (!question && step.safe.value_or(true)) continue;
    asks = asks || question;
    lines.push_back(fmt::format(
        "{}: {}{}", question ? "needs a person" : "not safe", step.reason,
        step.statement.empty() ? "" : fmt::format(" [{}]", core::statement_head(step.statement))));
  }
  if (lines.empty()) return;
  const std::size_t all = lines.size();
  if (lines.size() > kMostNamed) {
    lines.resize(kMostNamed);
    lines.push_back(fmt::format("and {} more", all - kMostNamed));
  }
  throw core::Error(
      "55000",
      fmt::format("{} cannot be brought in step without a decision; nothing was changed", state.table.name),
      core::joined(lines, "\n"),
      fmt::format("SELECT * FROM {}migfix_plan(version_table => {}); shows all steps. force => true runs "
                  "those that are "
                  "not safe{}.",
                  functions_prefix(), core::quote_literal(state.table.name),
                  asks ? ", and passes over what needs a person" : ""));
}

void require_one_transaction(const core::Upgrade &upgrade, bool transactional) {
  for (const core::UpgradeStep &step : upgrade.steps) {
    if (step.passes || step.step.in_transaction) continue;
    const bool has_form = !step.step.transactional.empty();
    if (has_form && transactional) continue;
    throw core::Error("55000",
                      fmt::format("{} cannot run in a transaction: {}", step.step.reason,
                                  core::statement_head(step.step.statement)),
                      "migfix_upgrade is one transaction.",
                      has_form
                          ? "transactional => true runs it in the form that can: it locks the table against "
                            "writers meanwhile."
                          : "Run this revision with Alembic.");
  }
}

}  // namespace

MIGFIX_FUNCTION(migfix_repair) {
  require_writable("migfix_repair()");
  const NoCodeOfOthers barred;
  const auto target = text_argument(fcinfo, 0);
  const auto argument = text_argument(fcinfo, 1);
  const bool force = flag_argument(fcinfo, 2);
  const bool transactional = flag_argument(fcinfo, 3);
  const auto reason = text_argument(fcinfo, 4);
  SchemaState state = read_locked_state(argument);
  const core::Plan plan = plan_for(state, target);
  if (!force) require_harmless(plan, state);

  StepRunner runner(fcinfo, plan.steps.size(), transactional);
  const MigrationPath path(state.table.schema);
  for (const core::PlanStep &step : plan.steps) {
    switch (step.action) {
      case Action::kRun:
        runner.run(step);
        break;
      case Action::kRows:
        set_rows(state, plan.rows_after, reason ? reason : std::optional<std::string>("migfix_repair"));
        runner.done(step);
        break;
      case Action::kPerson:
        runner.pass(step, Outcome::kPassedOver);
        break;
      case Action::kUpgrade:
        runner.pass(step, Outcome::kLeft);
        break;
    }
  }
  barred.fire_deferred();
  return static_cast<Datum>(0);
}

MIGFIX_FUNCTION(migfix_upgrade) {
  require_writable("migfix_upgrade()");
  const NoCodeOfOthers barred;
  const auto target = text_argument(fcinfo, 0);
  const auto argument = text_argument(fcinfo, 1);
  const bool transactional = flag_argument(fcinfo, 2);
  const auto reason = text_argument(fcinfo, 3);
  SchemaState state = read_locked_state(argument);
  const core::Upgrade upgrade = core::plan_upgrade(
      {*state.histories, state.real, state.table.rows, target_heads(state, target.value_or("heads")),
       state.table.schema, state.table.name, functions_prefix()});
  require_one_transaction(upgrade, transactional);
  const bool in_step = upgrade.steps.empty() && core::same_rows(state.table.rows, upgrade.rows_after);

  StepRunner runner(fcinfo, upgrade.steps.size() + 1, transactional);
  if (in_step) return static_cast<Datum>(0);
  const MigrationPath path(state.table.schema);
  for (const core::UpgradeStep &step : upgrade.steps) {
    if (step.passes)
      runner.pass(step.step, Outcome::kPassedOver);
    else
      runner.run(step.step);
  }
  set_rows(state, upgrade.rows_after, reason ? reason : std::optional<std::string>("migfix_upgrade"));
  runner.done(upgrade.rows);
  barred.fire_deferred();
  return static_cast<Datum>(0);
}

}  // namespace migfix::server
