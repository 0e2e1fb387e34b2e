// Statements that tell a runner, as the planner gets them.
#pragma once

#include "server/boundary.hpp"
#include "server/runner_lock.hpp"

extern "C" {
#include "nodes/params.h"
#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"
}

namespace migfix::server {

struct RunnerStatement {
  enum class Kind {
    kOther,
    kRead,   // Alembic's read of the version rows, by its exact text
    kProbe,  // a look into pg_class for a version table by name, as SQLAlchemy's has_table() does
  };
  Kind kind = Kind::kOther;
  Oid relation = InvalidOid;  // of kRead
  RunnerKey key;              // of kProbe: where Alembic would create it; no schema: nowhere
};

/// What the query is. Where it is neither, it costs a few comparisons.
RunnerStatement runner_statement(const Query *query, const char *source, ParamListInfo parameters);

/// The version table that the plan reads if the statement is Alembic's read, else InvalidOid.
Oid read_by_plan(const PlannedStmt *plan, const char *source);

}  // namespace migfix::server
