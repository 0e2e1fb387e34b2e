// The relations that the running command has created: the table, and with it its indexes, its sequences and
// what stores its long values. Of the latter no event trigger is told.
#pragma once

#include "server/boundary.hpp"

namespace migfix::server {

/// At _PG_init.
void watch_new_relations();

/// At ddl_command_start.
void forget_new_relations() noexcept;

/// Those since ddl_command_start, ascending; nothing where they were too many to be noted, or where another
/// command has run within this one. They are forgotten.
std::vector<Oid> take_new_relations();

}  // namespace migfix::server
