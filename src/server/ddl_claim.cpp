#include "server/ddl_claim.hpp"

#include "server/environment_cache.hpp"
#include "server/query.hpp"
#include "server/version_log.hpp"

extern "C" {
#include "access/xact.h"
#include "utils/memutils.h"
}

namespace migfix::server {

namespace {

struct Entries {
  std::int64_t first;  // 0: none
  std::int64_t last;
};

// The change that claimed last, as long as no DDL came after it: it may turn out to be the first part of a
// step.
struct LastClaim {
  Entries entries;
  core::Operation operation;
  const char *version_table;
  const char *old_version;  // null: none
  const char *new_version;
};

// Plain values only: the callbacks reset them also when a longjmp has passed over everything else. The texts
// are in TopTransactionContext.
Entries all = {};
Entries unclaimed = {};
LastClaim last_claim = {};
int level = 0;  // the nesting at which these were changed last

void forget() {
  level = 0;
  all = {};
  unclaimed = {};
  last_claim = {};
}

void at_transaction_end(XactEvent event, void *) {
  switch (event) {
    case XACT_EVENT_COMMIT:
    case XACT_EVENT_ABORT:
    case XACT_EVENT_PREPARE:
      forget();
      break;
    default:
      break;
  }
}

// A claim may have gone with the savepoint: the next one looks at all entries again, and takes those that are
// free.
void at_savepoint_end(SubXactEvent event, SubTransactionId, SubTransactionId, void *) {
  if (event != SUBXACT_EVENT_ABORT_SUB && event != SUBXACT_EVENT_COMMIT_SUB) return;
  const int ended = GetCurrentTransactionNestLevel();
  if (level < ended) return;  // it did none of that
  level = ended - 1;
  if (event == SUBXACT_EVENT_COMMIT_SUB) return;
  unclaimed = all;
  last_claim = {};
}

const char *kept(const std::optional<std::string> &text) {
  return text ? call([&] { return MemoryContextStrdup(TopTransactionContext, text->c_str()); }) : nullptr;
}

std::optional<std::string> text(const char *kept) {
  return kept != nullptr ? std::optional<std::string>(kept) : std::nullopt;
}

void claim(const Entries &entries, const std::string &version_table, const core::VersionChange &change,
           bool again) {
  static constinit Statement statement{
      "UPDATE migfix.ddl_log SET version_table = $1, former_revision = $2, revision = $3"
      " WHERE log_id BETWEEN $4::bigint AND $5::bigint AND transaction_id = pg_current_xact_id()"
      " AND (version_table IS NULL OR $6::boolean)",
      6};
  RightsOf owner(log_owner());
  run(statement,
      {version_table, change.old_version, change.new_version, std::to_string(entries.first),
       std::to_string(entries.last), again ? "true" : "false"},
      SnapshotKind::kNew);
}

bool continues_last_claim(const std::string &version_table, const core::VersionChange &change) {
  if (last_claim.entries.first == 0 || version_table != last_claim.version_table) return false;
  const core::VersionChange last{last_claim.operation, text(last_claim.old_version),
                                 text(last_claim.new_version)};
  core::Rows rows;
  for (const auto *version : {&last.old_version, &last.new_version, &change.old_version, &change.new_version})
    if (*version) rows.push_back(*version);
  const core::EnvironmentPtr environment = environment_of(version_table, rows);
  return core::is_one_step(last, change, environment ? &environment->graph : nullptr);
}

}  // namespace

void watch_ddl_claims() {
  call([] {
    RegisterXactCallback(at_transaction_end, nullptr);
    RegisterSubXactCallback(at_savepoint_end, nullptr);
  });
}

void note_ddl_entries(std::int64_t first, std::int64_t last) {
  level = GetCurrentTransactionNestLevel();
  for (Entries *entries : {&all, &unclaimed}) {
    if (entries->first == 0) entries->first = first;
    entries->last = last;
  }
  last_claim = {};
}

void claim_ddl(const std::string &version_table, const core::VersionChange &change) {
  if (unclaimed.first != 0) {
    claim(unclaimed, version_table, change, false);
    const LastClaim made{unclaimed, change.operation, kept(version_table), kept(change.old_version),
                         kept(change.new_version)};
    level = GetCurrentTransactionNestLevel();
    unclaimed = {};
    last_claim = made;
    return;
  }
  if (last_claim.entries.first == 0 || change.operation == last_claim.operation) return;
  if (continues_last_claim(version_table, change)) claim(last_claim.entries, version_table, change, true);
  level = GetCurrentTransactionNestLevel();
  last_claim = {};
}

}  // namespace migfix::server
