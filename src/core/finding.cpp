#include "core/finding.hpp"

#include <algorithm>
#include <tuple>

namespace migfix::core {

const char *severity_name(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kNotice:
      return "notice";
  }
  return "";
}

std::optional<Severity> severity_named(const std::string &name) {
  for (const Severity severity : {Severity::kError, Severity::kWarning, Severity::kNotice}) {
    if (name == severity_name(severity)) return severity;
  }
  return std::nullopt;
}

std::string no_fix(const std::string &why) {
  std::string comment = "-- ";
  // A line end inside (a name may hold one) must not end the comment. The server's scanner takes \r as a
  // line end too.
  for (const char c : why) {
    comment += c;
    if (c == '\n' || c == '\r') comment += "-- ";
  }
  return comment;
}

void sort_findings(std::vector<Finding> &findings) {
  std::stable_sort(findings.begin(), findings.end(), [](const Finding &a, const Finding &b) {
    return std::tie(a.severity, a.code, a.version_table, a.object) <
           std::tie(b.severity, b.code, b.version_table, b.object);
  });
}

}  // namespace migfix::core
