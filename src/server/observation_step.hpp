// The moment at which Alembic records a revision: what this session did before belongs to it.
#pragma once

#include "server/boundary.hpp"

namespace migfix::server {

/// A version row has changed, and no guard has absorbed that. Records what was seen for the revision that has
/// run, where one has; forgets it otherwise. Called within the row trigger.
void observe_version_change(Oid version_table, const std::optional<std::string> &old_version,
                            const std::optional<std::string> &new_version);

}  // namespace migfix::server
