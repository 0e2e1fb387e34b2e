// migfix_load_sql: learns revisions from the output of alembic upgrade --sql.
#include "core/offline_sql.hpp"
#include "server/load_answer.hpp"
#include "server/sql_splitter.hpp"

extern "C" {
#include "mb/pg_wchar.h"
}

namespace migfix::server {

namespace {

constexpr int kLongestReason = 400;  // in bytes

StoredRevision stored(const core::OfflineRevision &told) {
  StoredRevision revision;
  revision.revision = told.revision;
  revision.statements.reserve(told.statements.size());
  for (const core::OfflineStatement &said : told.statements) {
    StoredStatement &statement = revision.statements.emplace_back();
    statement.operation = core::operation_kind_name(said.operation);
    statement.object = said.object;
    statement.opaque = said.unreadable;
    if (said.unreadable.empty()) statement.statement = said.text;
    // From the marker on, so that a revision put in before changes nothing here.
    statement.line = said.line - told.line + 1;
  }
  return revision;
}

// Reasons show lines of the text, which may be long.
std::string clipped(const std::string &reason) {
  const int length = static_cast<int>(reason.size());
  if (length <= kLongestReason) return reason;
  return reason.substr(0, static_cast<std::size_t>(pg_mbcliplen(reason.data(), length, kLongestReason))) +
         "...";
}

}  // namespace

MIGFIX_FUNCTION(migfix_load_sql) {
  require_writable("migfix_load_sql()");
  const auto argument = text_argument(fcinfo, 0);
  if (!argument) throw core::Error(core::kNullValueNotAllowed, "sql must not be NULL");
  const std::string environment = environment_argument(fcinfo, 1);
  const std::string sql = core::offline_text(*argument);
  core::OfflineSqlReader reader;
  split_sql(sql, reader);
  const core::OfflineSql told = reader.finish();

  std::vector<StoredRevision> revisions;
  revisions.reserve(told.revisions.size());
  for (const core::OfflineRevision &revision : told.revisions) revisions.push_back(stored(revision));
  const auto loaded = store_revisions(environment, RevisionSource::kSql, revisions);

  LoadAnswer answer(fcinfo);
  for (std::size_t i = 0; i < revisions.size(); ++i)
    answer.add_revision({}, revisions[i], loaded[i], told.revisions[i].line);
  bool is_whole = !revisions.empty() && revisions.front().revision.down_revision.empty();
  for (const core::OfflineProblem &problem : told.problems) {
    is_whole = is_whole && problem.kind != core::OfflineProblemKind::kBrokenOff;
    answer.add_problem({}, problem.revision, core::offline_problem_kind_name(problem.kind), problem.line,
                       clipped(problem.reason));
  }
  if (is_whole) answer.add_absent(environment, revisions);
  answer.add_graph_problems(environment);
  return static_cast<Datum>(0);
}

}  // namespace migfix::server
