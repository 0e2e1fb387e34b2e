// What the loaded statements of an environment's revisions do.
#pragma once

#include "core/environment.hpp"
#include "core/revision_statement.hpp"
#include "server/boundary.hpp"

namespace migfix::server {

/// The statements of migfix.revision_statement, lowered, by node of the environment's graph. Whoever asks:
/// what a revision makes is no secret, and what it does to rows is for the caller to keep to himself. A
/// revision whose statements were never loaded has one that is opaque. `own_schema`: the version table's,
/// raw.
core::StatementsOf read_effects(const core::Environment &environment, const std::string &own_schema);

}  // namespace migfix::server
