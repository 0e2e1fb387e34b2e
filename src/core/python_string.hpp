// What a Python string literal says.
#pragma once

#include <string>
#include <string_view>

namespace migfix::core {

struct DecodedString {
  std::string text;    // UTF-8
  std::string reason;  // empty: `text` is what Python would hold; else why it cannot be said
};

/// The value of one string literal as it stands in the source, with its prefix (none, u, r) and quotes:
/// escapes resolved, line ends as \n. A name such as \N{DASH}, a lone surrogate or a null character has no
/// text here.
DecodedString decode_string(std::string_view literal);

/// Whether every byte belongs to a well-formed UTF-8 sequence (RFC 3629).
bool is_utf8(std::string_view text);

/// `text` without the white space that Python's str.strip() takes off both ends.
std::string_view strip(std::string_view text);

}  // namespace migfix::core
