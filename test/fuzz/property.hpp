// What the fuzz targets have in common: bytes as choices, and properties that must hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/error.hpp"

namespace migfix::core::fuzz {

/// Ends the process, which libFuzzer takes for a crash, where a property does not hold.
inline void require(bool holds, const char *property) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", property);
  std::abort();
}

/// What `call` returns, or nothing where it raises an error of the core, which must then say something.
template <typename Call>
std::optional<std::invoke_result_t<Call>> attempt(Call call) {
  try {
    return call();
  } catch (const Error &error) {
    require(!error.message().empty(), "an error has a message");
    require(std::string_view(error.sqlstate()).size() == 5, "an error has an SQLSTATE");
    return std::nullopt;
  }
}

/// Choices out of any bytes; zero where there are no more.
class Bytes {
 public:
  Bytes(const std::uint8_t *data, std::size_t size) : data_(data), size_(size) {}

  bool more() const { return at_ < size_; }
  std::size_t below(std::size_t limit) { return next() % limit; }
  bool flag() { return below(2) == 1; }

 private:
  std::uint8_t next() { return more() ? data_[at_++] : std::uint8_t{0}; }

  const std::uint8_t *data_;
  std::size_t size_;
  std::size_t at_ = 0;
};

}  // namespace migfix::core::fuzz
