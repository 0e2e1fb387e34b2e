// What a statement would create, held against what is there under its name.
#pragma once

#include <string>
#include <vector>

#include "core/schema_model.hpp"

namespace migfix::core {

/// All clauses.
struct Likeness {
  std::vector<std::string> differences;  // "column t.a: varchar(64) expected, varchar(32) found"
  std::vector<std::string> doubts;       // why it cannot be said that the two are the same
  std::vector<std::string> besides;      // "index ix_t_a": objects of their own that stand on it too

  bool identical() const noexcept { return differences.empty() && doubts.empty(); }
};

/// The objects `created` in `expected` against those of the same ids in `real`. Of a table that is created as
/// a whole (`whole`), surplus columns and constraints are differences and so is the order of columns, because
/// both are seen by every INSERT; its indexes and triggers are objects of their own. Comments do not count:
/// no CREATE writes one. Stricter than compare(): what counts there by its name without the schema has to be
/// of the same schema here, and what cannot be compared is a doubt.
Likeness likeness_of(const SchemaModel &expected, const std::vector<ObjectId> &created,
                     const SchemaModel &real, const ObjectId &whole);

}  // namespace migfix::core
