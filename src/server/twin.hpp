// Looking for another row with the version that is about to be written.
#pragma once

#include "server/boundary.hpp"

extern "C" {
#include "storage/itemptr.h"
#include "utils/relcache.h"
}

namespace migfix::server {

struct TwinSearch {
  std::optional<ItemPointerData> row;  // where the other row stands
  bool waited = false;                 // another transaction had to end first
};

/// Waits for transactions that are writing this version into the same table or taking it out, as its unique
/// index would, and then says where another row with it stands (not at `self`, which may be nullptr).
TwinSearch find_twin(Relation relation, const std::string &version, const ItemPointerData *self);

/// Does a whole, valid, immediate unique index on version_num alone guard the table anyway?
bool has_unique_key(Relation relation);

}  // namespace migfix::server
