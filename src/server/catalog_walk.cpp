#include "server/catalog_walk.hpp"

extern "C" {
#include "access/relscan.h"
#include "access/table.h"
#include "access/stratnum.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
}

namespace migfix::server {

CatalogWalk::CatalogWalk(Oid catalog, Oid index, std::initializer_list<AttrNumber> keys)
    : exceptions_(std::uncaught_exceptions()) {
  call([&] {
    catalog_ = table_open(catalog, AccessShareLock);
    index_ = index_open(index, AccessShareLock);
    // What the keys say is replaced by seek() before anything is read.
    ScanKeyData any[kMostKeys];
    int count = 0;
    for (const AttrNumber column : keys)
      ScanKeyInit(&any[count++], column, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(InvalidOid));
    scan_ = systable_beginscan_ordered(catalog_, index_, nullptr, count, any);
  });
}

// After an error it is left to the end of the (sub)transaction, which knows what is still held.
CatalogWalk::~CatalogWalk() {
  if (scan_ == nullptr || std::uncaught_exceptions() != exceptions_) return;
  systable_endscan_ordered(scan_);
  index_close(index_, AccessShareLock);
  table_close(catalog_, AccessShareLock);
}

void CatalogWalk::seek(const ScanKeyData *keys, int count) {
  index_rescan(scan_->iscan, const_cast<ScanKeyData *>(keys), count, nullptr, 0);
}

void CatalogWalk::seek(std::initializer_list<Key> keys) {
  call([&] {
    ScanKeyData here[kMostKeys];
    int count = 0;
    for (const Key &key : keys) {
      ScanKeyInit(&here[count], static_cast<AttrNumber>(count + 1), key.strategy, key.function, key.value);
      ++count;
    }
    seek(here, count);
  });
}

void CatalogWalk::seek_range(Oid first, Oid last) {
  call([&] {
    ScanKeyData here[2];
    ScanKeyInit(&here[0], 1, BTGreaterEqualStrategyNumber, F_OIDGE, ObjectIdGetDatum(first));
    ScanKeyInit(&here[1], 1, BTLessEqualStrategyNumber, F_OIDLE, ObjectIdGetDatum(last));
    seek(here, 2);
  });
}

HeapTuple CatalogWalk::next() {
  return call([&] { return systable_getnext_ordered(scan_, ForwardScanDirection); });
}

CatalogWalk::Key CatalogWalk::equals(Oid oid) {
  return {BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(oid)};
}

}  // namespace migfix::server
