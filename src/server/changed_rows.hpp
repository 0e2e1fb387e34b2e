// Which rows of a catalog changed, as the server's invalidation callbacks tell: they may neither allocate nor
// look anything up.
#pragma once

#include "server/boundary.hpp"

namespace migfix::server {

/// Rows are told by an OID, or by the hash of one. Declare it `constinit`.
class ChangedRows {
 public:
  /// 0: whatever there is.
  void add(std::uint32_t row) noexcept {
    if (row == 0 || count_ == kMost) {
      all_ = true;
    } else if (count_ == 0 || rows_[count_ - 1] != row) {
      rows_[count_++] = row;
    }
  }

  /// More than could be noted.
  bool all() const noexcept { return all_; }

  /// What was noted, ascending, each once; from now on it starts afresh.
  std::vector<std::uint32_t> take() {
    std::vector<std::uint32_t> taken(rows_, rows_ + count_);
    clear();
    std::sort(taken.begin(), taken.end());
    taken.erase(std::unique(taken.begin(), taken.end()), taken.end());
    return taken;
  }

  void clear() noexcept {
    count_ = 0;
    all_ = false;
  }

 private:
  static constexpr int kMost = 4096;
  std::uint32_t rows_[kMost] = {};
  int count_ = 0;
  bool all_ = false;
};

}  // namespace migfix::server
