// migfix itself, as the catalogs and the settings show it.
#pragma once

#include "core/installation.hpp"
#include "server/boundary.hpp"

namespace migfix::server {

/// Versions, event triggers and settings of the guard; `not_checked` stays empty.
core::Installation read_installation();

}  // namespace migfix::server
