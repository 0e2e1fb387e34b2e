#include "core/assertion.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "core/remedy.hpp"
#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kMostLines = 20;
constexpr char kNotChecked[] = "MF905";

bool is_statement(const std::string &fix) {
  return !fix.empty() && fix.compare(0, 2, "--") != 0;
}

}  // namespace

std::optional<Error> failed_assertion(std::vector<Finding> findings, Severity severity,
                                      const Installation &installation) {
  std::erase_if(findings, [&](const Finding &finding) {
    return finding.severity > severity && finding.code != kNotChecked;
  });
  if (findings.empty()) return std::nullopt;
  sort_findings(findings);

  std::size_t counts[3] = {};
  std::size_t not_checked = 0;
  for (const Finding &finding : findings) {
    ++(finding.code == kNotChecked ? not_checked : counts[static_cast<int>(finding.severity)]);
  }
  std::vector<std::string> words;
  for (const Severity each : {Severity::kError, Severity::kWarning, Severity::kNotice}) {
    const std::size_t count = counts[static_cast<int>(each)];
    if (count > 0) words.push_back(count_of(count, severity_name(each)));
  }
  if (not_checked > 0) words.push_back(count_of(not_checked, "thing") + " that could not be checked");

  std::string detail;
  for (std::size_t i = 0; i < findings.size() && i < kMostLines; ++i) {
    if (i > 0) detail += '\n';
    detail +=
        fmt::format("{} {}: {}", severity_name(findings[i].severity), findings[i].code, findings[i].message);
  }
  if (findings.size() > kMostLines) detail += fmt::format("\nand {} more", findings.size() - kMostLines);

  const std::string report = fmt::format("SELECT {}();", call_name(installation, "migfix_diagnose"));
  const auto fixable = std::find_if(findings.begin(), findings.end(),
                                    [](const Finding &finding) { return is_statement(finding.fix); });
  const std::string hint = fixable == findings.end() || findings.size() > 1
                               ? fmt::format("{} says why and gives the fix of each.", report)
                               : std::string();
  std::string help = fixable == findings.end() ? hint : fmt::format("Run: {}", fixable->fix);
  if (fixable != findings.end() && !hint.empty()) help += "\n" + hint;
  return Error(kRaiseException, fmt::format("migfix found {}: {}", list_of(words), findings[0].message),
               detail, help);
}

}  // namespace migfix::core
