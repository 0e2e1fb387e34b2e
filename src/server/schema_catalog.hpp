// Tables and enums of the user's schemas.
#pragma once

#include "core/schema_facts.hpp"
#include "server/query.hpp"

namespace migfix::server {

/// All of them with digests, but those in `version_tables`, and the search_paths that sessions get. With
/// `only`, one schema. The functions in the answer query the catalogs again when they are called, so they
/// live no longer than the calling statement.
core::SchemaFacts read_schema_catalog(Oid only, const std::vector<Oid> &version_tables);

/// The columns or labels of one object, as SchemaFacts::parts_of gives them; nothing where it is gone.
core::Parts read_parts(core::ObjectType type, Oid object, SnapshotKind snapshot);

}  // namespace migfix::server
