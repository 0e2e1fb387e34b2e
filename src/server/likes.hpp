// Tables, or enums, of a schema that may double one that was made there. No catalog has an index that tells:
// what stands there is read at a session's first CREATE, and followed by the server's invalidation messages
// from then on.
#pragma once

#include "server/made_objects.hpp"

namespace migfix::server {

/// Nothing is certain of them: numbers are compared, and what stands behind those may have changed.
struct Likes {
  std::vector<Oid> named;       // the name differs at most by case or underscores
  std::vector<Oid> with_parts;  // the same names of columns, or the same labels
};

/// Those of the object, which has this schema and name, ascending and without itself; of a temporary table or
/// a partition nothing.
Likes likes_of(const MadeObject &object, Oid schema, std::string_view name);

}  // namespace migfix::server
