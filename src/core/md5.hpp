// MD5 (RFC 1321), for names that SQLAlchemy shortens with it. Not for secrets.
#pragma once

#include <string>
#include <string_view>

namespace migfix::core {

/// 32 lower-case hexadecimal digits.
std::string md5_hex(std::string_view text);

}  // namespace migfix::core
