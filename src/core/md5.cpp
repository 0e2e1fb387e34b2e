#include "core/md5.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace migfix::core {

namespace {

using Sines = std::array<std::uint32_t, 64>;

Sines make_sines() {
  Sines sines{};
  for (std::size_t i = 0; i < sines.size(); ++i)
    sines[i] = static_cast<std::uint32_t>(
        std::floor(std::abs(std::sin(static_cast<double>(i) + 1.0)) * 4294967296.0));
  return sines;
}

}  // namespace

std::string md5_hex(std::string_view text) {
  static constexpr std::array<int, 16> kShift = {7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21};
  static const Sines kSines = make_sines();
  std::string data(text);
  data += '\x80';
  while (data.size() % 64 != 56) data += '\0';
  const std::uint64_t bits = static_cast<std::uint64_t>(text.size()) * 8;
  for (int i = 0; i < 8; ++i) data += static_cast<char>((bits >> (8 * i)) & 0xFF);
  std::array<std::uint32_t, 4> state = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476};
  for (std::size_t block = 0; block < data.size(); block += 64) {
    std::array<std::uint32_t, 16> word{};
    for (std::size_t i = 0; i < 64; ++i) {
      word[i / 4] |= static_cast<std::uint32_t>(static_cast<unsigned char>(data[block + i])) << (8 * (i % 4));
    }
    auto [a, b, c, d] = state;
    for (std::uint32_t i = 0; i < 64; ++i) {
      std::uint32_t mixed = 0;
      std::uint32_t index = 0;
      if (i < 16) {
        mixed = (b & c) | (~b & d);
        index = i;
      } else if (i < 32) {
        mixed = (d & b) | (~d & c);
        index = (5 * i + 1) % 16;
      } else if (i < 48) {
        mixed = b ^ c ^ d;
        index = (3 * i + 5) % 16;
      } else {
        mixed = c ^ (b | ~d);
        index = (7 * i) % 16;
      }
      const std::uint32_t sum = a + mixed + kSines[i] + word[index];
      a = d;
      d = c;
      c = b;
      b += std::rotl(sum, kShift[(i / 16) * 4 + i % 4]);
    }
    state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d};
  }
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const std::uint32_t part : state) {
    for (int i = 0; i < 4; ++i) {
      const std::uint32_t byte = (part >> (8 * i)) & 0xFF;
      hex += kDigits[byte >> 4];
      hex += kDigits[byte & 0xF];
    }
  }
  return hex;
}

}  // namespace migfix::core
