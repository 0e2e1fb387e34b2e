// What stands where an object is missing: the same under another name, or something else under its name.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/definition_sql.hpp"
#include "core/schema_history.hpp"

namespace migfix::core {

struct StandIn {
  std::vector<Mend> mends;           // in front of making the object, or instead of it
  bool settles = false;              // the object need not be made, or cannot be
  std::optional<ObjectId> replaced;  // is no more after the mends
  std::optional<ObjectId> freed;     // a column that is no identity column any more
};

/// For an object that is not in `real`.
///   A constraint or an index that is there under a name which no revision knows is renamed. A unique index
///   becomes the constraint of its name. The identity of a column that is to own the sequence goes. A second
///   primary key, and any other name that is taken, is for a person; nothing stands in for an object
///   otherwise.
StandIn stand_in_for(const ObjectId &id, const Object &object, const SchemaModel &real,
                     const SchemaHistory &history, const std::string &own_schema);

}  // namespace migfix::core
