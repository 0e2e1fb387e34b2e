// One call of a row trigger or statement trigger, read for the guard.
#pragma once

#include "server/boundary.hpp"

extern "C" {
#include "commands/trigger.h"
}

namespace migfix::server {

/// As what the guard puts its functions on a table. Every role may attach them otherwise, and elsewhere.
enum class TriggerKind { kBeforeRow, kAfterRow, kBeforeTruncate };

class TriggerCall {
 public:
  /// Throws 39P01 unless the function was called as a trigger of that kind, 42809 unless that is on an ordinary
  /// table (or a partition that is one): what is no heap has no rows that could be read for their version.
  TriggerCall(FunctionCallInfo fcinfo, const char *function, TriggerKind kind);

  Relation relation() const { return data_->tg_relation; }
  Oid table() const;
  bool insert() const { return TRIGGER_FIRED_BY_INSERT(data_->tg_event); }
  bool update() const { return TRIGGER_FIRED_BY_UPDATE(data_->tg_event); }
  bool remove() const { return TRIGGER_FIRED_BY_DELETE(data_->tg_event); }

  /// Has the table a column that can hold versions? Without it there is nothing to judge or to log.
  bool has_versions() const { return attribute_ != 0; }

  /// version_num before and after; nothing where there is no such row or it is NULL.
  std::optional<std::string> old_version() const;
  std::optional<std::string> new_version() const;

  /// The row before an UPDATE; nullptr for an INSERT.
  HeapTuple old_row() const { return update() || remove() ? data_->tg_trigtuple : nullptr; }

  /// What a BEFORE row trigger returns to let the row through as it is.
  Datum unchanged() const;

 private:
  std::optional<std::string> version_of(HeapTuple row) const;

  TriggerData *data_;
  AttrNumber attribute_;
};

}  // namespace migfix::server
