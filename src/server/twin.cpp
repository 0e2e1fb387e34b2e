#include "server/twin.hpp"

#include "server/transaction_state.hpp"
#include "server/version_relation.hpp"

extern "C" {
#include "access/tableam.h"
#include "catalog/pg_index.h"
#include "common/hashfn.h"
#include "executor/tuptable.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
}

namespace migfix::server {

namespace {

// Fourth field of the lock tag: PostgreSQL's own advisory locks have 1 and 2 there.
constexpr int kLockClass = 0x6d66;

// Two sessions that write the same version at the same moment meet here rather than at the unique index,
// so that the second one can be told who the first one is. Held to the end of the transaction, as the
// index would hold it. Says whether it had to wait.
bool lock_version(Relation relation, const std::string &version) {
  const std::uint32_t hash =
      hash_bytes(reinterpret_cast<const unsigned char *>(version.data()), static_cast<int>(version.size()));
  return call([&] {
    LOCKTAG tag;
    SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, RelationGetRelid(relation), hash, kLockClass);
    if (LockAcquire(&tag, ExclusiveLock, false, true) != LOCKACQUIRE_NOT_AVAIL) return false;
    LockAcquire(&tag, ExclusiveLock, false, false);
    return true;
  });
}

// No version table is this long. In one that is, a look through it for every row would take for ever, and a
// lock for every row would fill the server's lock table; its unique index judges alone then.
constexpr BlockNumber kMostBlocks = 8;
constexpr int kMostLocks = 100;  // of one transaction on one table

enum class Looked { kNothing, kTwin, kWaited };

// One pass over the table under a snapshot that sees also what is not committed yet. A row whose writer is
// still busy is waited for; then the pass is made again.
Looked look(Relation relation, AttrNumber attribute, const char *version, const ItemPointerData *self,
            ItemPointerData *found) {
  return call([&] {
    SnapshotData dirty;
    InitDirtySnapshot(dirty);
    TableScanDesc scan = table_beginscan(relation, &dirty, 0, nullptr);
    TupleTableSlot *slot = table_slot_create(relation, nullptr);
    Looked looked = Looked::kNothing;
    while (looked == Looked::kNothing && table_scan_getnextslot(scan, ForwardScanDirection, slot)) {
      CHECK_FOR_INTERRUPTS();
      ItemPointerData here = slot->tts_tid;
      if (self != nullptr && ItemPointerEquals(&here, const_cast<ItemPointer>(self))) continue;
      bool null = true;
      const Datum value = slot_getattr(slot, attribute, &null);
      if (null || strcmp(TextDatumGetCString(value), version) != 0) continue;
      const TransactionId busy = TransactionIdIsValid(dirty.xmin) ? dirty.xmin : dirty.xmax;
      if (TransactionIdIsValid(busy)) {
        const std::uint32_t token = TransactionIdIsValid(dirty.xmin) ? dirty.speculativeToken : 0;
        ExecClearTuple(slot);
        if (token != 0)
          SpeculativeInsertionWait(busy, token);
        else
          XactLockTableWait(busy, relation, &here, XLTW_InsertIndex);
        looked = Looked::kWaited;
      } else {
        *found = here;
        looked = Looked::kTwin;
      }
    }
    ExecDropSingleTupleTableSlot(slot);
    table_endscan(scan);
    return looked;
  });
}

}  // namespace

TwinSearch find_twin(Relation relation, const std::string &version, const ItemPointerData *self) {
  TwinSearch search;
  const AttrNumber attribute = version_attribute(relation);
  if (attribute == 0) return search;
  const bool too_long = call([&] { return RelationGetNumberOfBlocks(relation); }) > kMostBlocks;
  if (too_long && has_unique_key(relation)) return search;
  if (count_version_lock(RelationGetRelid(relation)) <= kMostLocks) search.waited = lock_version(relation, version);
  ItemPointerData found;
  Looked looked;
  while ((looked = look(relation, attribute, version.c_str(), self, &found)) == Looked::kWaited) search.waited = true;
  if (looked == Looked::kTwin) search.row = found;
  return search;
}

bool has_unique_key(Relation relation) {
  return call([&] {
    const AttrNumber attribute = version_attribute(relation);
    bool found = false;
    ListCell *cell;
    List *indexes = RelationGetIndexList(relation);
    foreach (cell, indexes) {
      HeapTuple tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(lfirst_oid(cell)));
      if (!HeapTupleIsValid(tuple)) continue;
      auto *index = reinterpret_cast<Form_pg_index>(GETSTRUCT(tuple));
      found = found || (index->indisunique && index->indimmediate && index->indisvalid && index->indnkeyatts == 1 &&
                        index->indkey.values[0] == attribute && heap_attisnull(tuple, Anum_pg_index_indpred, nullptr));
      ReleaseSysCache(tuple);
    }
    return found;
  });
}

}  // namespace migfix::server
