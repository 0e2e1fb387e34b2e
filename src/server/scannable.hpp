// What the server's scanner can be given.
#pragma once

#include "server/boundary.hpp"

namespace migfix::server {

struct OperatorRun {
  std::int64_t line;   // of its begin in the text
  std::size_t length;  // in bytes
};

/// The run of operator characters on which the server's scanner would spend too long; nothing where there is
/// none. It takes a whole run for one token and then gives most of it back (scan.l: operator, xcstart), so
/// its time grows with the square of the run, and it cannot be cancelled meanwhile.
std::optional<OperatorRun> unscannable_run(std::string_view text);

}  // namespace migfix::server
