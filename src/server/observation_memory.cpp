#include "server/observation_memory.hpp"

#include "server/client_statement.hpp"
#include "server/extension.hpp"
#include "server/rights.hpp"
#include "server/settings.hpp"

extern "C" {
#include "access/parallel.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "commands/extension.h"
}

namespace migfix::server {

namespace {

constexpr std::size_t kMostStatements = 10000;
constexpr std::size_t kMostBytes = 16 << 20;  // of their texts
constexpr std::size_t kMostBetween = 1000;    // statements that are kept from one transaction to the next
// An application reads the version rows too, and works on. A revision may change rows in transactions of its
// own (a backfill in batches), but not in so many that nothing comes of.
constexpr int kMostBarren = 100;

SessionMemory *memory = nullptr;
Watch watch = Watch::kOff;
int barren = 0;         // transactions that changed rows alone, since the last that did more
Oid read = InvalidOid;  // the version table that was read last
std::size_t bytes = 0;
RunningStatement running{};
bool is_running = false;

template <class Kept>
void drop_from(std::vector<Kept> &items, int level) {
  while (!items.empty() && items.back().level >= level) items.pop_back();
}

template <class Kept>
void hand_up(std::vector<Kept> &items, int level) {
  for (auto at = items.rbegin(); at != items.rend() && at->level == level; ++at) at->level = level - 1;
}

// Levels ascend: what a savepoint did comes after what was done before it.
void forget_level(int level) {
  drop_from(memory->statements, level);
  if (memory->statements.empty()) return;
  SeenStatement &last = memory->statements.back();
  drop_from(last.touched, level);
  drop_from(last.gone, level);
  drop_from(last.renamed, level);
}

void stop_watching() {
  watch = Watch::kOff;
  read = InvalidOid;
  if (memory != nullptr) memory->forget();
}

// What a transaction does to rows alone is no revision, unless it has recorded one itself. What changes the
// schema may be: Alembic commits within a revision for CREATE INDEX CONCURRENTLY.
void hand_on() {
  const bool did_something = memory->taken_level > 0 || memory->changed_schema;
  if (did_something) barren = 0;
  if (!did_something && !memory->statements.empty() && ++barren > kMostBarren) return stop_watching();
  if (memory->statements.size() > kMostBetween) return stop_watching();
  if (!memory->changed_schema && !memory->statements.empty()) {
    const bool stayed = std::any_of(memory->statements.begin(), memory->statements.end(),
                                    [](const SeenStatement &statement) { return statement.stays; });
    const bool was_whole = memory->is_whole;
    memory->forget_statements();
    memory->is_whole = was_whole && !stayed;
  }
  for (SeenStatement &statement : memory->statements) {
    statement.level = 0;
    for (auto &touched : statement.touched) touched.level = 0;
    for (auto &gone : statement.gone) gone.level = 0;
    for (auto &renamed : statement.renamed) renamed.level = 0;
  }
}

void at_transaction_end(XactEvent event, void *) {
  if (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT && event != XACT_EVENT_PREPARE) return;
  // A procedure or a block of code goes on after its COMMIT, unseen.
  const bool is_cut = is_running && !running.is_plain && !running.was_running && event == XACT_EVENT_COMMIT;
  is_running = false;
  if (memory == nullptr) return;
  if (watch == Watch::kMaybe && (event != XACT_EVENT_COMMIT || memory->taken_level == 0))
    stop_watching();
  else if (event == XACT_EVENT_COMMIT) {
    watch = watch == Watch::kMaybe ? Watch::kOn : watch;
    hand_on();
    if (is_cut) memory->is_whole = false;
  } else if (memory->taken_level > 0 || event == XACT_EVENT_PREPARE) {
    memory->forget();
  } else {
    // Nothing was recorded in it: the steps that were kept are those of earlier ones.
    drop_from(memory->statements, 1);
    memory->removed_rows.clear();
  }
  memory->taken_level = 0;
  memory->changed_schema = !memory->statements.empty();
}

void at_savepoint_end(SubXactEvent event, SubTransactionId, SubTransactionId, void *) {
  const int level = GetCurrentTransactionNestLevel();
  if (event == SUBXACT_EVENT_ABORT_SUB && is_running && running.level >= level) is_running = false;
  if (memory == nullptr) return;
  if (event == SUBXACT_EVENT_COMMIT_SUB) {
    if (memory->taken_level == level) --memory->taken_level;
    hand_up(memory->statements, level);
    if (memory->statements.empty()) return;
    hand_up(memory->statements.back().touched, level);
    hand_up(memory->statements.back().gone, level);
    hand_up(memory->statements.back().renamed, level);
  } else if (event == SUBXACT_EVENT_ABORT_SUB) {
    forget_level(level);
    if (is_running && running.kept > static_cast<int>(memory->statements.size())) running.kept = 0;
    if (memory->taken_level < level) return;
    // The record goes with the savepoint, and what it was made of is not kept any more.
    memory->taken_level = 0;
    memory->forget();
    memory->is_whole = false;
  }
}

}  // namespace

void SessionMemory::forget_statements() {
  running.kept = 0;  // it may be what forgets them: migfix_repair
  statements.clear();
  bytes = 0;
  is_whole = true;
  rows_of = InvalidOid;
  removed_rows.clear();
}

void SessionMemory::forget() {
  forget_statements();
  empty_steps.clear();
  upgrading = InvalidOid;
}

SessionMemory &session_memory() {
  if (memory == nullptr) memory = new SessionMemory;
  return *memory;
}

bool is_watching() {
  return watch != Watch::kOff && learns() && guard_mode() != core::GuardMode::kOff && !IsBinaryUpgrade &&
         !creating_extension && !IsParallelWorker();
}

void watch_from_here(Oid version_table) {
  if (!learns() || guard_mode() == core::GuardMode::kOff || creating_extension || IsParallelWorker() ||
      RecoveryInProgress() || !OidIsValid(extension_oid()) || !may_teach())
    return;
  SessionMemory &kept = session_memory();
  const bool goes_on = watch == Watch::kOn && OidIsValid(version_table) && version_table == read;
  const bool did_something =
      !kept.is_whole || std::any_of(kept.statements.begin(), kept.statements.end(),
                                    [](const SeenStatement &statement) { return statement.stays; });
  if (!goes_on || !did_something) kept.forget();
  watch = Watch::kOn;
  read = version_table;
}

void watch_this_transaction() {
  session_memory();
  if (watch == Watch::kOff && may_teach()) watch = Watch::kMaybe;
}

RunningStatement *running_statement() {
  return is_running ? &running : nullptr;
}

void begin_statement(const RunningStatement &statement) {
  running = statement;
  running.level = GetCurrentTransactionNestLevel();
  running.kept = 0;
  is_running = true;
}

void end_statement() {
  is_running = false;
}

SeenStatement *keep_running() {
  SessionMemory &kept = session_memory();
  if (running.kept > 0 && static_cast<std::size_t>(running.kept) <= kept.statements.size())
    return &kept.statements[static_cast<std::size_t>(running.kept) - 1];
  if (kept.statements.size() >= kMostStatements || bytes >= kMostBytes) {
    kept.is_whole = false;
    return nullptr;
  }
  SeenStatement &statement = kept.statements.emplace_back();
  statement.level = running.level;
  statement.is_plain = running.is_plain;
  statement.stays = running.stays;
  if (running.unknown != nullptr)
    statement.unknown = running.unknown;
  else
    statement.text = statement_in(running.source, running.location, running.length);
  if (statement.text.empty() && statement.unknown.empty()) statement.unknown = "it has no text";
  bytes += statement.text.size();
  running.kept = static_cast<int>(kept.statements.size());
  return &statement;
}

void watch_observations() {
  call([] {
    RegisterXactCallback(at_transaction_end, nullptr);
    RegisterSubXactCallback(at_savepoint_end, nullptr);
  });
}

}  // namespace migfix::server
