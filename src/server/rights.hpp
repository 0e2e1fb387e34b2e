// What the current role may do, as the server's own commands ask it. Raises what the server raises: inside
// call().
#pragma once

#include "server/boundary.hpp"

namespace migfix::server {

/// CREATE on the schema.
bool may_create_in(Oid schema);

/// CREATE on this database.
bool may_create_schemas();

/// USAGE of the type.
bool may_use_type(Oid type);

/// The rights of the relation's owner.
bool owns_relation(Oid relation);

/// To call migfix_load_sql: to say what revisions do, which others, superusers too, run when they repair. The
/// session's role must have it as well, so that a function with its owner's rights does not lend it.
bool may_teach();

}  // namespace migfix::server
