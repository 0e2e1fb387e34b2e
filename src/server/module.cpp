// The module's entry: what happens once, when a backend loads it.
#include "server/commit_judge.hpp"
#include "server/ddl_claim.hpp"
#include "server/drop_watch.hpp"
#include "server/dropped_members.hpp"
#include "server/environment_cache.hpp"
#include "server/new_relations.hpp"
#include "server/observation_hooks.hpp"
#include "server/observation_memory.hpp"
#include "server/runner_watch.hpp"
#include "server/settings.hpp"
#include "server/statement_text.hpp"
#include "server/transaction_state.hpp"
#include "server/utility_hook.hpp"

#pragma GCC visibility push(default)
extern "C" {
PG_MODULE_MAGIC;
void _PG_init(void);
}
#pragma GCC visibility pop

void _PG_init(void) {
  migfix::server::enter<int>([] {
    migfix::server::call([] { migfix::server::define_settings(); });
    migfix::server::watch_transactions();
    migfix::server::watch_commits();
    migfix::server::watch_drops();
    migfix::server::watch_dropped_members();
    migfix::server::watch_new_relations();
    migfix::server::watch_ddl_claims();
    migfix::server::watch_revisions();
    migfix::server::watch_runners();
    migfix::server::watch_statements();
    migfix::server::watch_utility_statements();
    migfix::server::watch_observations();
    migfix::server::watch_what_statements_do();
    return 0;
  });
}
