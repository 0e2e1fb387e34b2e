// The only place where an error of the server is swallowed: a subtransaction that is rolled back with it.
#pragma once

#include "server/boundary.hpp"

namespace migfix::server {

/// Runs `work` in a subtransaction. A core::Error (a verdict) passes through. Anything unexpected rolls the
/// subtransaction back and becomes a WARNING that begins with `what`; then false is returned and the
/// caller's statement goes on. Never swallowed: a cancel, a shutdown, a serialization failure or deadlock,
/// and running out of memory or disk.
bool attempt(const char *what, const std::function<void()> &work);

}  // namespace migfix::server
