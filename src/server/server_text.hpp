// Text between the core, which works in UTF-8, and the database, which may have another encoding.
#pragma once

#include "server/boundary.hpp"

namespace migfix::server {

/// `text`, which is in the database's encoding, as UTF-8.
std::string to_utf8(const std::string &text);

/// UTF-8 as the database writes it; nothing where it cannot: a zero byte, no valid UTF-8 (a script's escapes
/// can make both), a character that the database's encoding does not have.
std::optional<std::string> from_utf8(const std::string &text);

}  // namespace migfix::server
