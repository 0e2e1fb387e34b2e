// The search_paths that sessions of this database get.
#pragma once

#include "core/schema_facts.hpp"
#include "server/boundary.hpp"

namespace migfix::server {

/// This session's, and those set by ALTER DATABASE and ALTER ROLE. Schemas that are not among `schemas` are
/// passed over, and so are settings of other databases.
std::vector<core::SearchPath> read_search_paths(const std::vector<core::Schema> &schemas);

/// Whom a row of pg_db_role_setting is for: "role a in database d", "role a", "database d", "all roles".
std::string setting_owner(std::string_view role, std::string_view database);

}  // namespace migfix::server
