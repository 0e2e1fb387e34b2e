// Objects that no revision has ever touched.
#pragma once

#include <vector>

#include "core/schema_history.hpp"

namespace migfix::core {

/// Of `real`, those that no revision of `history` (of all) makes or changes; not the parts of a table that is
/// itself among them, and no schemas and extensions, which are made for a database and not by its migrations
/// alone.
std::vector<ObjectId> unexplained_objects(const SchemaHistory &history, const SchemaModel &real);

}  // namespace migfix::core
