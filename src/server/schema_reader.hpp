// The objects that schemas really have, read from the catalogs into the definitions that revisions are
// compared with.
#pragma once

#include <map>

#include "core/schema_model.hpp"
#include "server/boundary.hpp"

namespace migfix::server {

/// What is read, and what is passed over.
struct SchemaRequest {
  std::vector<Oid> schemas;          // each with a version table of its own
  std::vector<std::string> others;   // raw names of schemas that are read as well, for each of them
  std::unordered_set<Oid> left_out;  // relations: version tables
};

/// A model for each schema of the request that is there: in it, that schema's name is empty. Each catalog is
/// read once for all schemas. Takes no lock that waits, and none that is left; needs no privilege on the
/// objects. What is dropped by others meanwhile is missing, or has parts missing. Left out are members of
/// extensions, migfix's own triggers, aggregates, the indexes of constraints, and what a partition or child
/// table has from its parent but for its columns. Of schemas, only those of the request are objects of the
/// model; of comments, not those that the server gives by itself (extensions, public).
std::map<Oid, core::SchemaModel> read_schemas(const SchemaRequest &request);

/// The same for one schema; here all schemas of users are objects.
core::SchemaModel read_schema(Oid schema, const std::vector<std::string> &others = {},
                              const std::unordered_set<Oid> &left_out = {});

/// Single objects, each found by an index whatever else is in the database: relations (tables with their
/// columns, constraints and indexes, and the sequences that their columns own; views, sequences, composite
/// types) and types (enums, domains), whoever they belong to. In the model the name of `own_schema` (raw) is
/// empty. Without comments, triggers and what holds them in place. Takes locks only to read a view's query, and
/// waits for none.
core::SchemaModel read_objects(const std::vector<Oid> &relations, const std::vector<Oid> &types,
                               const std::string &own_schema);

}  // namespace migfix::server
