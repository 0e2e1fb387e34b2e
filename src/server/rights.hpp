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

/// SELECT on migfix.revision_statement, or to call migfix_load_sql: to know what revisions do, which is another
/// team's business where several share a database. Not inside of RightsOf.
bool may_know_statements();

/// GRANTs by which the role may, as SQL.
std::string grant_to_know_statements();

}  // namespace migfix::server
