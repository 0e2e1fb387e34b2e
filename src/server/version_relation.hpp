// A version table as the server holds it: its name, its column, its rows.
#pragma once

#include "server/boundary.hpp"

extern "C" {
#include "utils/relcache.h"
#include "utils/snapshot.h"
}

namespace migfix::server {

/// The relation's name as SQL writes it, schema-qualified; "relation N" where it is gone.
std::string relation_name(Oid relation);

/// Throws core::Error unless the relation can keep versions and carry the guard: 42P01 where it is not
/// there, 42809 where it is no ordinary table, 42703 without a column version_num, 42804
/// where that is not varchar, text or char.
void require_version_table(Oid relation);

/// The attribute number of version_num if that can hold versions, else 0.
AttrNumber version_attribute(Relation relation);

/// How many characters it holds; nothing where there is no limit.
std::optional<int> version_width(Relation relation);

/// All versions of an ordinary table in physical order. The caller has locked it and may see its rows.
std::vector<std::optional<std::string>> read_versions(Relation relation, Snapshot snapshot);

/// The same under a snapshot of now: all that is committed, and what this transaction has done itself.
std::vector<std::optional<std::string>> latest_versions(Relation relation);

/// A relation that is open as long as this lives; the lock is kept to the end of the transaction.
class OpenRelation {
 public:
  OpenRelation(Oid relation, int lock_mode);
  ~OpenRelation();
  OpenRelation(const OpenRelation &) = delete;
  OpenRelation &operator=(const OpenRelation &) = delete;
  operator Relation() const { return relation_; }

 private:
  Relation relation_;
  int exceptions_;
};

}  // namespace migfix::server
