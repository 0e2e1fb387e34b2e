// What object a number of the catalogs stands for, asked of the server's caches one by one.
#pragma once

#include "core/definition.hpp"
#include "server/boundary.hpp"

namespace migfix::server {

/// The object, its schema's name raw; nothing where it is gone, temporary, of the server's or migfix's own,
/// or of a kind that is no object here. Takes no lock.
std::optional<core::ObjectId> object_id_of(Oid catalog, Oid oid, int part);

/// Whether a relation is a version table, by its name, or one of migfix's own, or temporary.
bool is_beside_migrations(Oid relation);

/// The domain whose check this is; InvalidOid where it is of a table.
Oid domain_of_constraint(Oid constraint);

/// "policy", "cast": what the objects of a catalog are, where no definition covers any of them; else empty.
std::string kind_beyond_definitions(Oid catalog);

}  // namespace migfix::server
