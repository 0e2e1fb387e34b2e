// migfix_stamp, migfix_undo.
#include "core/sql_text.hpp"
#include "core/stamp.hpp"
#include "core/undo.hpp"
#include "core/version_table.hpp"
#include "server/code_of_others.hpp"
#include "server/environment_cache.hpp"
#include "server/extension.hpp"
#include "server/named_version_table.hpp"
#include "server/result_rows.hpp"
#include "server/version_log.hpp"
#include "server/version_relation.hpp"
#include "server/row_changes.hpp"

extern "C" {
#include "utils/builtins.h"
#include "utils/rel.h"
}

namespace migfix::server {

namespace {

void answer(FunctionCallInfo fcinfo, const std::string &version_table, const std::vector<core::RowStep> &steps,
            std::int64_t change) {
  ResultRows rows(fcinfo);
  for (const core::RowStep &step : steps) {
    const bool kept = step.kind == core::RowStep::Kind::kKeep;
    rows.add({version_table, core::step_name(step.kind), step.old_version, step.new_version,
              kept ? Value() : Value(std::to_string(change))});
  }
}

// By the graph where one is known for the table; else by exact ids. A table without rows belongs to the
// environment that knows what it is stamped with.
core::Rows rows_after(const core::StampRequest &request, const core::Rows &before, const std::string &functions) {
  const auto environment = environment_of(request.version_table, before.empty() ? request.revisions : before);
  if (environment) return core::rows_after_stamp(environment->graph, before, request);
  return core::rows_after_stamp(before, request, functions);
}

Datum stamp(FunctionCallInfo fcinfo, std::vector<Value> revisions) {
  core::StampRequest request;
  request.revisions = std::move(revisions);
  request.purge = flag_argument(fcinfo, 1);
  request.force = flag_argument(fcinfo, 3);
  request.has_reason = !PG_ARGISNULL(4);
  const auto argument = text_argument(fcinfo, 2);
  const auto reason = text_argument(fcinfo, 4);
  // Without a graph a bad id is said before anything is looked up or locked.
  if (environment_names().empty()) core::stamp_targets(request);
  require_writable("migfix_stamp()");
  const NoCodeOfOthers barred;

  const NamedVersionTable named = named_version_table(argument);
  Oid table = named.relation;
  request.version_table = named.name;
  const std::string functions = functions_prefix();
  if (OidIsValid(table)) {
    require_version_table(table);
    require_row_privileges(table, GetUserId());
    lock_against_writers(table);
  } else {
    request.column_width = core::kAlembicWidth;
    rows_after(request, {}, functions);  // a bad id is said before anything is created
    table = create_version_table(named.schema, named.table, {});
  }

  core::Rows before;
  {
    OpenRelation relation(table, NoLock);
    before = latest_versions(relation);
    request.column_width = version_width(relation);
  }
  const auto steps = core::steps_of_stamp(before, rows_after(request, before, functions), request);
  const std::int64_t change = apply_steps(table, steps, reason);
  answer(fcinfo, named.name, steps, change);
  return (Datum)0;
}

}  // namespace

}  // namespace migfix::server

using namespace migfix;
using namespace migfix::server;

MIGFIX_FUNCTION(migfix_stamp) { return stamp(fcinfo, {text_argument(fcinfo, 0)}); }

MIGFIX_FUNCTION(migfix_stamp_many) {
  if (PG_ARGISNULL(0)) return stamp(fcinfo, {std::nullopt});
  return stamp(fcinfo, texts_argument(fcinfo, 0));
}

MIGFIX_FUNCTION(migfix_undo) {
  require_writable("migfix_undo()");
  const NoCodeOfOthers barred;
  if (PG_ARGISNULL(0)) throw core::Error(core::kNullValueNotAllowed, "log_id must not be NULL");
  core::UndoRequest request;
  request.log_id = PG_GETARG_INT64(0);
  const auto reason = text_argument(fcinfo, 1);
  const auto unknown = [&] {
    return core::Error(core::kUndefinedObject, fmt::format("log entry {} does not exist", request.log_id), {},
                       "SELECT * FROM migfix.version_log ORDER BY log_id; lists them.");
  };
  const auto entry = entry_of(request.log_id);
  if (!entry) throw unknown();
  request.functions = functions_prefix();
  request.change = entries_of_change(entry->version_table, entry->change_id);
  const auto lock_table = [&] {
    const Aftermath after = aftermath(entry->version_table, request.change.back().log_id);
    request.version_table = after.version_table;
    request.since = after.changes;
    return named_version_table(request.version_table, MissingTable::kAllowed);
  };

  NamedVersionTable named = lock_table();
  request.table_exists = OidIsValid(named.relation);
  if (request.table_exists) {
    require_version_table(named.relation);
    require_row_privileges(named.relation, GetUserId());
    lock_against_writers(named.relation);
    lock_table();  // what was committed while the lock was waited for
  }
  // What the log says of a table that is gone is for who may make it anew.
  if (!request.table_exists) require_create_privilege(named.schema, named.name);
  core::Rows now;
  if (request.table_exists) now = latest_versions(OpenRelation(named.relation, NoLock));
  const core::Rows before = core::rows_before(now, request);
  if (!request.table_exists) named.relation = create_version_table(named.schema, named.table, before);
  const auto steps = core::steps_between(now, before);
  const std::int64_t change = apply_steps(named.relation, steps, reason);
  answer(fcinfo, request.version_table, steps, change);
  return (Datum)0;
}
