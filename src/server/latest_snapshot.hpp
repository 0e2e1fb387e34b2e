// What a function reads in several queries, as of one moment.
#pragma once

#include "server/boundary.hpp"

extern "C" {
#include "utils/snapmgr.h"
}

namespace migfix::server {

/// For as long as it lives, queries of SnapshotKind::kActive see what was committed when it began, and what this
/// transaction had done: not what the calling statement saw before it waited for a lock.
class LatestSnapshot {
 public:
  LatestSnapshot() : exceptions_(std::uncaught_exceptions()) {
    call([] { PushActiveSnapshot(GetLatestSnapshot()); });
  }
  ~LatestSnapshot() {
    // After an error it falls with the (sub)transaction.
    if (std::uncaught_exceptions() == exceptions_) PopActiveSnapshot();
  }
  LatestSnapshot(const LatestSnapshot &) = delete;
  LatestSnapshot &operator=(const LatestSnapshot &) = delete;

 private:
  int exceptions_;
};

}  // namespace migfix::server
