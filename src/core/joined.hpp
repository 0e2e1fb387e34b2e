// Texts in a row. fmt::join stands in another header of fmt from version to version.
#pragma once

#include <string>
#include <string_view>

namespace migfix::core {

/// The items, with `between` between them.
template <class Items>
std::string joined(const Items &items, std::string_view between) {
  std::string text;
  bool first = true;
  for (const auto &item : items) {
    if (!first) text += between;
    first = false;
    text += item;
  }
  return text;
}

}  // namespace migfix::core
