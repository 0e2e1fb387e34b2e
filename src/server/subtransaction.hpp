// The only place where an error of the server is swallowed: a subtransaction that is rolled back with it.
#pragma once

#include "server/boundary.hpp"

extern "C" {
#include "utils/resowner.h"
}

namespace migfix::server {

/// One that is begun now. Whoever begins it ends it, once, by one of the two: no destructor does, for that may
/// raise. The memory context and the resource owner are then those from before.
class Subtransaction {
 public:
  Subtransaction();
  void release();
  void roll_back();
  Subtransaction(const Subtransaction &) = delete;
  Subtransaction &operator=(const Subtransaction &) = delete;

 private:
  MemoryContext context_;
  ResourceOwner owner_;
};

/// Runs `work` in a subtransaction. A core::Error (a verdict) passes through. Anything unexpected rolls the
/// subtransaction back and becomes a WARNING that begins with `what`; then false is returned and the
/// caller's statement goes on. Never swallowed: a cancel, a shutdown, a lock timeout, a serialization failure or
/// deadlock, and running out of memory or disk.
bool attempt(const char *what, const std::function<void()> &work);

/// That WARNING, for what has failed without an error: `what` and why.
void warn_of_own_failure(const char *what, const std::string &why);

/// Runs `work`, which only looks at things, in a subtransaction that is rolled back in any case: no lock that
/// it took is left. Returns false where the server refused what it was asked (a text that it cannot make
/// sense of: classes 22, 42, 54, 0A, 2B, 3D, 3F), or found that something was dropped meanwhile (XX000).
/// Everything else passes.
bool tried(const std::function<void()> &work);

}  // namespace migfix::server
