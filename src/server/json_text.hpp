// JSON as text: read and written with the server's own functions.
#pragma once

#include "core/json.hpp"
#include "server/boundary.hpp"

namespace migfix::server {

/// Throws PgError 22P02 for what is no JSON, core::Error 22023 for a name that an object has twice and for a
/// number that is no whole one.
core::Json parse_json(const std::string &text);

/// In lines, so that two versions can be compared line by line.
std::string json_text(const core::Json &json);

}  // namespace migfix::server
