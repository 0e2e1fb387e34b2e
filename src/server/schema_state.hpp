// One version table with all that judging its schema needs: its rows, its revisions and what they do, and
// what is really there.
#pragma once

#include "core/schema_plan.hpp"
#include "core/version_table.hpp"
#include "server/boundary.hpp"
#include "server/server_forms.hpp"

namespace migfix::server {

struct SchemaState {
  Oid relation = InvalidOid;  // of the version table; InvalidOid: it is not there
  core::VersionTable table;   // its names also where it is not there
  core::EnvironmentPtr environment;
  core::StatementsOf statements;  // by node
  std::unique_ptr<ServerForms> forms;
  std::unique_ptr<core::SchemaHistories> histories;
  core::SchemaModel real;

  const core::RevisionGraph &graph() const { return environment->graph; }
  /// What a version row stands for, and what is below that.
  core::NodeSet recorded() const;
};

/// `version_table` as migfix_stamp takes it. Throws 55000 where no revisions, or no statements, are loaded
/// for it, 42501 where its rows cannot be read, and what named_version_table throws.
SchemaState read_schema_state(const std::optional<std::string> &version_table);

/// Throws 42501 unless the current role may change the version rows; or create the version table, where it is
/// not there. The statements of revisions can hold data: they are for those who migrate.
void require_migrator(const SchemaState &state);

/// The heads that an identifier stands for, as migfix_stamp takes it; none for base.
std::vector<core::Node> target_heads(const SchemaState &state, const std::string &identifier);

/// What planning asks for; the version table has `facts`, and is not there where `exists` is false.
core::PlanRequest plan_request(core::SchemaHistories &histories, const core::SchemaModel &real,
                               const core::Environment &environment, const core::VersionTable &table,
                               bool exists);

/// Fills the log of a version table that is not there any more; which revisions were recorded in it is no secret.
void remember(core::VersionTable &table);

/// Schemas besides the version table's own that revisions name, raw.
std::vector<std::string> other_schemas(const core::SchemaHistory &history);

/// Whether no statement of any revision is known.
bool says_nothing(const core::StatementsOf &statements);

/// The plan. `target` as migfix_stamp takes it: nothing where it is to be found.
core::Plan plan_for(SchemaState &state, const std::optional<std::string> &target);

}  // namespace migfix::server
