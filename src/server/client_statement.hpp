// What the client has sent.
#pragma once

#include "server/boundary.hpp"

namespace migfix::server {

/// The statement of the client that is running, its own part where the client sent several at once; its first
/// 4,000 bytes.
std::string client_statement();

/// One statement of `source`, as PlannedStmt tells its place, without the blanks around it.
std::string statement_in(const char *source, int location, int length);

}  // namespace migfix::server
