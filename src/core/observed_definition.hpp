// Objects and their definitions as JSON, and back: what an export carries from one database to another.
#pragma once

#include "core/definition.hpp"
#include "core/json.hpp"

namespace migfix::core {

/// {"type": "column", "table": "t", "name": "c"}, with "schema" where it is not the version table's own.
Json::Members json_of(const ObjectId &id);

/// What the catalogs show of the definition, and the comment. What is as by default is left out, so that two
/// of the same definition have the same JSON.
Json json_of(const Object &object);

/// Takes the members of an id out of `members`, so that the caller sees what is left. Throws 22023.
ObjectId take_id(Json::Members &members);

/// An object of that kind. Throws 22023 for a member that is not known, of another type, or missing.
Object object_of(ObjectKind kind, const Json &json);

}  // namespace migfix::core
