// What the explanation of a taken name can tell beyond the object itself.
#pragma once

#include "core/existing_object.hpp"
#include "server/taken_name.hpp"

namespace migfix::server {

/// Who created it, where the current role may read that, and what the hint is made of: the version table that
/// the object's schema belongs to, whether its revisions are loaded, and what the role may do.
void fill_hint(const TakenName &taken, core::ExistingObject &object);

/// Whether the current role may read the catalogs that definitions are read from, as by default every role
/// may.
bool may_read_catalogs();

}  // namespace migfix::server
