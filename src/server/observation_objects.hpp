// What a watched statement does to objects, as the server tells it while it happens.
#pragma once

#include "server/boundary.hpp"
#include "server/observation_memory.hpp"

namespace migfix::server {

/// Installs the hook. Called once, from _PG_init.
void watch_objects();

/// The running statement has created or altered it.
void note_touch(Oid catalog, Oid oid, int part, bool is_new);

/// Does what the hooks of a watched statement do, which must not fail for a surprise of migfix's own: then
/// not all is kept. Of the server only that is asked which it answers without an error, from its caches by
/// number or name; what reads more does so in a subtransaction.
template <class Work>
void look(Work work) {
  enter<int>([&] {
    try {
      work();
    } catch (const std::bad_alloc &) {
      throw;
    } catch (const std::exception &) {
      session_memory().is_whole = false;
    }
    return 0;
  });
}

}  // namespace migfix::server
