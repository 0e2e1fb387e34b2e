// What is said without stopping anything.
#pragma once

#include <string>

namespace migfix::core {

struct Notice {
  std::string message;
  std::string detail;
  std::string hint;
};

}  // namespace migfix::core
