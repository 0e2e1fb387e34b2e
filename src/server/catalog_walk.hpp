// Reading a catalog by one of its indexes, from one place to the next with a single scan: what SQL or a scan
// for each place would take several times as long for.
#pragma once

#include "server/boundary.hpp"

extern "C" {
#include "access/genam.h"
#include "access/htup.h"
#include "access/skey.h"
#include "utils/relcache.h"
}

namespace migfix::server {

class CatalogWalk {
 public:
  static constexpr int kMostKeys = 2;

  /// `keys` (columns of the catalog) say by what the index will be sought; their values do not matter yet.
  CatalogWalk(Oid catalog, Oid index, std::initializer_list<AttrNumber> keys);
  ~CatalogWalk();
  CatalogWalk(const CatalogWalk &) = delete;
  CatalogWalk &operator=(const CatalogWalk &) = delete;

  /// Goes to the first row that fits; `keys` as many as were announced, in the order of the index, each with
  /// its strategy, its operator's function and the value.
  struct Key {
    StrategyNumber strategy;
    RegProcedure function;
    Datum value;
  };
  void seek(std::initializer_list<Key> keys);

  /// Goes to the first row whose first column of the index is an OID from `first` to `last`; two keys were
  /// announced.
  void seek_range(Oid first, Oid last);

  /// The next row that fits, in the order of the index, valid until the next call; null: none any more.
  HeapTuple next();

  static Key equals(Oid oid);

 private:
  void seek(const ScanKeyData *keys, int count);

  Relation catalog_ = nullptr;
  Relation index_ = nullptr;
  SysScanDesc scan_ = nullptr;
  int exceptions_;
};

}  // namespace migfix::server
