// Who keeps a relation from being read.
#pragma once

#include "server/boundary.hpp"

namespace migfix::server {

/// For each of the relations that another session has locked against readers, or waits to: who, as a clause
/// about "it": `it is locked by pid 4711 (application "alembic")`. Others are not in the answer.
std::map<Oid, std::string> lockers_of(const std::vector<Oid> &relations);

}  // namespace migfix::server
