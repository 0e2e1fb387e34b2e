// What broken or running migrations leave behind, as catalogs and live sessions show it.
#pragma once

#include "core/leftover.hpp"
#include "server/boundary.hpp"

namespace migfix::server {

/// Invalid indexes and unvalidated constraints of the user's schemas (with `only`, of that one), and the
/// sessions but this one that hold a lock on one of `version_tables`. What the current role may not see of
/// another session stays empty.
core::Leftovers read_leftovers(Oid only, const std::vector<Oid> &version_tables);

}  // namespace migfix::server
