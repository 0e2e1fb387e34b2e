#include "server/runner_reading.hpp"

extern "C" {
#include "access/xact.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
}

namespace migfix::server {

namespace {

constexpr int kHandedOnMs = 60 * 1000;

struct Kept {
  Oid schema;
  char *table;
  bool there;
  int count;
  char **versions;  // nullptr: NULL
  int secured;      // the level of this transaction or savepoint that it was done in; 0: not
  bool earlier;     // read in a transaction before this one
  Kept *next;
};

// Plain values in a context of their own: the callbacks below reset them, whatever a longjmp has passed over.
MemoryContext memory = nullptr;
Kept *readings = nullptr;
TimestampTz worked_at = 0;
bool worked = false;
int locks = 0;
int waited_ms = 0;

void forget() {
  readings = nullptr;
  if (memory != nullptr) MemoryContextReset(memory);
}

void hand_on() {
  if (readings == nullptr) return;
  const TimestampTz now = GetCurrentTimestamp();
  if (worked) worked_at = now;
  if (TimestampDifferenceExceeds(worked_at, now, kHandedOnMs)) forget();
  for (Kept *kept = readings; kept != nullptr; kept = kept->next) {
    kept->secured = 0;
    kept->earlier = true;
  }
}

void at_transaction_end(XactEvent event, void *) {
  if (event == XACT_EVENT_COMMIT)
    hand_on();
  else if (event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE)
    forget();
  else
    return;
  worked = false;
  locks = 0;
  waited_ms = 0;
}

// A lock that was taken in a savepoint goes with it. So it does not with a part of migfix's own that failed
// later.
void at_savepoint_end(SubXactEvent event, SubTransactionId, SubTransactionId, void *) {
  if (event != SUBXACT_EVENT_ABORT_SUB && event != SUBXACT_EVENT_COMMIT_SUB) return;
  const int level = GetCurrentTransactionNestLevel();
  for (Kept *kept = readings; kept != nullptr; kept = kept->next) {
    if (kept->secured >= level) kept->secured = event == SUBXACT_EVENT_COMMIT_SUB ? level - 1 : 0;
  }
}

void forget_old() {
  if (readings == nullptr || !readings->earlier) return;
  const TimestampTz began = GetCurrentTransactionStartTimestamp();
  if (TimestampDifferenceExceeds(worked_at, began, kHandedOnMs)) forget();
}

Kept *find(const RunnerKey &key) {
  for (Kept *kept = readings; kept != nullptr; kept = kept->next) {
    if (kept->schema == key.schema && key.table == kept->table) return kept;
  }
  return nullptr;
}

void set_rows(Kept *kept, const std::optional<core::Rows> &rows) {
  call([&] {
    MemoryContext caller = MemoryContextSwitchTo(memory);
    const int count = rows ? static_cast<int>(rows->size()) : 0;
    auto **versions = static_cast<char **>(palloc0(sizeof(char *) * (count + 1)));
    for (int i = 0; i < count; ++i) versions[i] = (*rows)[i] ? pstrdup((*rows)[i]->c_str()) : nullptr;
    kept->there = rows.has_value();
    kept->count = count;
    kept->versions = versions;
    MemoryContextSwitchTo(caller);
  });
}

Reading reading_of(const Kept &kept) {
  Reading reading{{kept.schema, kept.table}, std::nullopt};
  if (!kept.there) return reading;
  core::Rows rows;
  for (int i = 0; i < kept.count; ++i)
    rows.push_back(kept.versions[i] != nullptr ? std::optional<std::string>(kept.versions[i]) : std::nullopt);
  reading.rows = std::move(rows);
  return reading;
}

}  // namespace

void watch_readings() {
  call([] {
    memory = AllocSetContextCreate(TopMemoryContext, "migfix runner", ALLOCSET_SMALL_SIZES);
    RegisterXactCallback(at_transaction_end, nullptr);
    RegisterSubXactCallback(at_savepoint_end, nullptr);
  });
}

bool is_runner() {
  return readings != nullptr;
}

void remember_reading(const Reading &reading) {
  if (readings != nullptr && readings->earlier) forget();
  worked = true;
  Kept *kept = find(reading.key);
  if (kept == nullptr) {
    kept = call([&] {
      auto *fresh = static_cast<Kept *>(MemoryContextAllocZero(memory, sizeof(Kept)));
      fresh->table = MemoryContextStrdup(memory, reading.key.table.c_str());
      return fresh;
    });
    kept->schema = reading.key.schema;
    set_rows(kept, reading.rows);
    kept->next = readings;
    readings = kept;
    return;
  }
  set_rows(kept, reading.rows);
}

void secure_readings(const std::function<void(const Reading &)> &secure) {
  forget_old();
  // The newest are in front, and nothing is behind one that is secured but others that are.
  for (Kept *kept = readings; kept != nullptr && !kept->secured; kept = kept->next) secure(reading_of(*kept));
  for (Kept *kept = readings; kept != nullptr && !kept->secured; kept = kept->next)
    kept->secured = GetCurrentTransactionNestLevel();
}

void refresh_readings(const std::function<std::optional<RefreshedRows>(const RunnerKey &, bool)> &refresh) {
  for (Kept *kept = readings; kept != nullptr; kept = kept->next) {
    const auto fresh = refresh({kept->schema, kept->table}, kept->secured > 0);
    if (!fresh) continue;
    set_rows(kept, fresh->rows);
    worked = true;
  }
}

void forget_readings() {
  forget();
}

void note_runner_work() {
  worked = true;
}

bool did_runner_work() {
  return worked;
}

int count_runner_lock() {
  return ++locks;
}

void note_waited(int milliseconds) {
  waited_ms += milliseconds;
}

int waited_in_transaction() {
  return waited_ms;
}

}  // namespace migfix::server
