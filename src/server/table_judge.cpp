#include "server/table_judge.hpp"

#include "core/guard.hpp"
#include "server/extension.hpp"
#include "server/guard_install.hpp"
#include "server/settings.hpp"
#include "server/transaction_state.hpp"
#include "server/version_log.hpp"
#include "server/version_relation.hpp"

extern "C" {
#include "commands/trigger.h"
#include "nodes/makefuncs.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
}

namespace migfix::server {

namespace {

int suspensions = 0;

class Suspension {
 public:
  Suspension() { ++suspensions; }
  ~Suspension() { --suspensions; }
  Suspension(const Suspension &) = delete;
  Suspension &operator=(const Suspension &) = delete;
};

void set_deferred(Oid schema, bool deferred) {
  call([&] {
    ConstraintsSetStmt *statement = makeNode(ConstraintsSetStmt);
    statement->constraints =
        list_make1(makeRangeVar(get_namespace_name(schema), pstrdup(kGuardTriggers[3]), -1));
    statement->deferred = deferred;
    AfterTriggerSetState(statement);
  });
}

}  // namespace

bool judges() { return guard_mode() == core::GuardMode::kEnforce || guard_mode() == core::GuardMode::kHeal; }

void warn_if_emptied(Relation version_table) {
  if (transaction_ran_ddl()) return;
  const Oid table = RelationGetRelid(version_table);
  const std::string name = relation_name(table);
  std::optional<core::LogEntry> last;
  const std::vector<core::LogEntry> change = entries_of_change(name, open_change(table));
  if (!change.empty()) last = change.back();
  const core::Notice notice = core::emptied_without_ddl(name, last, functions_prefix());
  report(WARNING, notice.message, notice.detail, notice.hint);
}

void judge_table(Relation version_table) {
  if (latest_versions(version_table).empty()) warn_if_emptied(version_table);
}

void without_deferral(Oid version_table, const std::function<void()> &work) {
  if (!has_guard(version_table)) return work();
  const Oid schema = call([&] { return get_rel_namespace(version_table); });
  {
    const Suspension suspension;
    set_deferred(schema, false);
    work();
    set_deferred(schema, true);
  }
  for (const Oid table : take_passed_over()) {
    if (table != version_table && needs_judging(table)) judge_table(OpenRelation(table, AccessShareLock));
  }
}

bool deferral_suspended() { return suspensions > 0; }

}  // namespace migfix::server
