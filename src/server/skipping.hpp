// Leaving out a CREATE whose object is there already and identical.
#pragma once

#include "server/boundary.hpp"
#include "server/statement_text.hpp"

extern "C" {
#include "tcop/utility.h"
}

namespace migfix::server {

/// Whether the utility statement creates something, and is no part of another.
bool is_whole_creation(const Node *statement, ProcessUtilityContext context);

/// Of one that does: whether it is to be passed over, which has been said then. In a database without the
/// extension none is.
bool leave_out(const Node *statement, ProcessUtilityContext context, StatementPlace place);

}  // namespace migfix::server
