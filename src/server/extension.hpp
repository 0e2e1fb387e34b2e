// The extension migfix as this database has it.
#pragma once

#include "server/boundary.hpp"

namespace migfix::server {

/// pg_extension.oid; InvalidOid where it is not installed (any more).
Oid extension_oid();

/// The schema that its functions stand in: raw, and as SQL writes it.
std::string functions_raw_schema();
std::string functions_schema();

/// What stands before its functions in a call that works as typed: empty for `public`, else schema and dot.
std::string functions_prefix();

/// The name of this database as SQL writes it.
std::string database_name();

}  // namespace migfix::server
