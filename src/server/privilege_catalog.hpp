// Privileges of the role that would migrate.
#pragma once

#include "core/privilege.hpp"
#include "server/version_table_catalog.hpp"

namespace migfix::server {

/// What `role` lacks round each of `tables`, and whose objects stand in their schemas that it neither owns
/// nor is a member of the owner of. A superuser lacks nothing.
core::Privileges read_privileges(Oid role, const std::vector<CatalogTable> &tables);

}  // namespace migfix::server
