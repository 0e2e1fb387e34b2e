// Text counted in characters, as PostgreSQL's varchar(n) and Python's len() count.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace migfix::core {

/// Characters of UTF-8 text; in a single-byte encoding, where no byte continues another, close to the bytes.
inline std::size_t character_count(std::string_view text) noexcept {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
}

/// `text`, or its first `most` characters and "..." where it is longer: for names inside messages, which
/// may be as long as the input.
inline std::string clipped(std::string_view text, std::size_t most = 80) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U) continue;
    if (count++ == most) return std::string(text.substr(0, i)) + "...";
  }
  return std::string(text);
}

}  // namespace migfix::core
