#include "server/revision_scan.hpp"

#include "server/version_relation.hpp"

extern "C" {
#include "access/tableam.h"
#include "catalog/pg_type_d.h"
#include "executor/tuptable.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
}

namespace migfix::server {

namespace {

// The columns that are read. SQL that asks for them takes twice as long: it writes each value as text, and
// keeps every row in memory before the first one is seen.
enum Column {
  kEnvironment,
  kRevision,
  kMessage,
  kDown,
  kDepends,
  kLabels,
  kFormer,
  kPosition,
  kAdded,
  kLinked,
  kColumns
};

constexpr const char *kNames[kColumns] = {"environment", "revision",      "message",        "down_revision",
                                          "depends_on",  "branch_labels", "former_parents", "position",
                                          "added",       "linked"};

struct Texts {
  Datum *items;
  int count;
};

// A row as the server hands it over; all of it lies in one memory context.
struct RawRow {
  Texts texts[kPosition];  // of a plain text: none where it is null
  std::int64_t numbers[kColumns - kPosition];
};

struct Scan {
  Relation relation;
  AttrNumber attributes[kColumns];
  TableScanDesc rows;
  TupleTableSlot *slot;
  MemoryContext context;
};

// Runs inside call().
Texts texts_of(Column column, Datum value, bool null) {
  if (null) return {nullptr, 0};
  if (column < kDown) {
    auto *item = static_cast<Datum *>(palloc(sizeof(Datum)));
    *item = PointerGetDatum(PG_DETOAST_DATUM_PACKED(value));
    return {item, 1};
  }
  Texts texts{nullptr, 0};
  deconstruct_array(DatumGetArrayTypeP(value), TEXTOID, -1, false, TYPALIGN_INT, &texts.items, nullptr,
                    &texts.count);
  return texts;
}

bool next_row(const Scan &scan, RawRow &row) {
  return call([&] {
    CHECK_FOR_INTERRUPTS();
    MemoryContextReset(scan.context);
    if (!table_scan_getnextslot(scan.rows, ForwardScanDirection, scan.slot)) return false;
    MemoryContext caller = MemoryContextSwitchTo(scan.context);
    slot_getallattrs(scan.slot);
    for (int i = 0; i < kColumns; ++i) {
      const Datum value = scan.slot->tts_values[scan.attributes[i] - 1];
      const bool null = scan.slot->tts_isnull[scan.attributes[i] - 1];
      if (i < kPosition)
        row.texts[i] = texts_of(static_cast<Column>(i), value, null);
      else
        row.numbers[i - kPosition] = null ? 0 : DatumGetInt64(value);
    }
    MemoryContextSwitchTo(caller);
    return true;
  });
}

std::string string_of(Datum text) {
  return {VARDATA_ANY(DatumGetPointer(text)), VARSIZE_ANY_EXHDR(DatumGetPointer(text))};
}

std::string string_of(const Texts &texts) {
  return texts.count == 0 ? std::string() : string_of(texts.items[0]);
}

std::vector<std::string> strings_of(const Texts &texts) {
  std::vector<std::string> strings;
  strings.reserve(static_cast<std::size_t>(texts.count));
  for (int i = 0; i < texts.count; ++i) strings.push_back(string_of(texts.items[i]));
  return strings;
}

}  // namespace

void scan_revisions(Oid table, const std::function<void(RevisionRow &&)> &each) {
  OpenRelation relation(table, AccessShareLock);
  Scan scan{relation, {}, nullptr, nullptr, nullptr};
  Snapshot snapshot = call([&] {
    for (int i = 0; i < kColumns; ++i) {
      scan.attributes[i] = get_attnum(table, kNames[i]);
      if (scan.attributes[i] == InvalidAttrNumber)
        elog(ERROR, "migfix.revision lacks its column %s", kNames[i]);
    }
    Snapshot now = RegisterSnapshot(GetLatestSnapshot());
    scan.rows = table_beginscan(scan.relation, now, 0, nullptr);
    scan.slot = table_slot_create(scan.relation, nullptr);
    scan.context = AllocSetContextCreate(CurrentMemoryContext, "migfix revision", ALLOCSET_SMALL_SIZES);
    return now;
  });
  RawRow raw;
  while (next_row(scan, raw)) {
    RevisionRow row;
    row.environment = string_of(raw.texts[kEnvironment]);
    row.position = raw.numbers[0];
    row.revision = {string_of(raw.texts[kRevision]), strings_of(raw.texts[kDown]),
                    strings_of(raw.texts[kDepends]), strings_of(raw.texts[kLabels]),
                    string_of(raw.texts[kMessage])};
    row.origin = {raw.numbers[kAdded - kPosition], raw.numbers[kLinked - kPosition],
                  strings_of(raw.texts[kFormer])};
    each(std::move(row));
  }
  call([&] {
    MemoryContextDelete(scan.context);
    ExecDropSingleTupleTableSlot(scan.slot);
    table_endscan(scan.rows);
    UnregisterSnapshot(snapshot);
  });
}

}  // namespace migfix::server
