#include "server/scannable.hpp"

namespace migfix::server {

namespace {

constexpr std::string_view kOperator = "~!@#^&|`?+-*/%<>=";
constexpr std::size_t kHarmlessRun = 1000;
constexpr std::size_t kMostRunWork = 1000 * 1000 * 1000;

}  // namespace

std::optional<OperatorRun> unscannable_run(std::string_view text) {
  std::size_t work = 0;
  for (std::size_t at = 0; (at = text.find_first_of(kOperator, at)) != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_not_of(kOperator, at), text.size());
    const std::size_t run = end - at;
    if (run > kHarmlessRun) work += run * run;
    if (work > kMostRunWork)
      return OperatorRun{std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 1,
                         run};
    at = end;
  }
  return std::nullopt;
}

}  // namespace migfix::server
