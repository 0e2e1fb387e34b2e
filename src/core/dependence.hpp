// What an object falls with.
#pragma once

#include <optional>
#include <vector>

#include "core/definition.hpp"

namespace migfix::core {

/// The table that a column, constraint, trigger, index or owned sequence belongs to.
std::optional<ObjectId> table_with(const ObjectId &id, const Object &object);

/// All that the object does not outlive: its table, the tables and views that a view reads, the table that a
/// foreign key refers to, the type of a column, the plain columns of an index or a constraint. Where a name
/// may be that of several kinds, it is there as each.
std::vector<ObjectId> stands_on(const ObjectId &id, const Object &object);

}  // namespace migfix::core
