#include "server/commit_judge.hpp"

#include "core/commit_verdict.hpp"
#include "server/environment_cache.hpp"
#include "server/extension.hpp"
#include "server/settings.hpp"
#include "server/subtransaction.hpp"
#include "server/transaction_state.hpp"
#include "server/version_log.hpp"
#include "server/version_relation.hpp"

extern "C" {
#include "access/relation.h"
#include "access/xact.h"
#include "storage/lmgr.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
}

namespace migfix::server {

namespace {

bool judges() { return guard_mode() == core::GuardMode::kEnforce || guard_mode() == core::GuardMode::kHeal; }

void warn_of_emptied(Oid table, const std::string &name) {
  if (transaction_ran_ddl()) return;
  std::optional<core::LogEntry> last;
  const std::vector<core::LogEntry> change = entries_of_change(name, open_change(table));
  if (!change.empty()) last = change.back();
  const core::Notice notice = core::emptied_without_ddl(name, last, functions_prefix());
  report(WARNING, notice.message, notice.detail, notice.hint);
}

void judge_rows(Oid table, const std::string &name, core::Rows rows) {
  const auto environment = environment_of(name, rows);
  if (!environment) return;
  core::CommitRows commit;
  commit.version_table = name;
  commit.mode = guard_mode();
  commit.rows = std::move(rows);
  commit.functions = functions_prefix();
  commit.recorded = recorded_now(name, first_log_id(table));
  const core::CommitVerdict verdict = core::judge_commit(*environment, commit);
  if (verdict.rejection) throw *verdict.rejection;
  for (const core::Notice &notice : verdict.warnings) report(WARNING, notice.message, notice.detail, notice.hint);
}

void judge_table(Oid table) {
  Relation relation = call([&] { return try_relation_open(table, AccessShareLock); });
  if (relation == nullptr) return;  // dropped since
  const bool judged = version_attribute(relation) != 0;
  core::Rows rows;
  if (judged) rows = latest_versions(relation);
  call([&] { relation_close(relation, NoLock); });
  if (!judged) return;
  const std::string name = relation_name(table);
  if (rows.empty())
    warn_of_emptied(table, name);
  else
    judge_rows(table, name, std::move(rows));
}

void judge_changed_tables() {
  const std::vector<Oid> tables = take_tables_to_judge();
  if (tables.empty() || !judges()) return;
  call([] { PushActiveSnapshot(GetTransactionSnapshot()); });
  for (const Oid table : tables) attempt("migfix could not judge a version table", [&] { judge_table(table); });
  call([] { PopActiveSnapshot(); });
}

void at_commit(XactEvent event, void *) {
  if (event != XACT_EVENT_PRE_COMMIT && event != XACT_EVENT_PRE_PREPARE) return;
  enter<int>([] {
    judge_changed_tables();
    return 0;
  });
}

}  // namespace

void watch_commits() {
  call([] { RegisterXactCallback(at_commit, nullptr); });
}

}  // namespace migfix::server
