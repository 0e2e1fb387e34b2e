// A finding: one thing that diagnosis reports.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace migfix::core {

enum class Severity { kError, kWarning, kNotice };  // worst first

/// "error", "warning", "notice".
const char *severity_name(Severity severity);

/// The reverse; nothing for any other word.
std::optional<Severity> severity_named(const std::string &name);

struct Finding {
  std::string code;  // MFnnn; stable and never reused, see doc/findings.md
  Severity severity = Severity::kNotice;
  std::string version_table;  // as SQL writes it; empty where the finding is about none or about many
  std::string object;         // as SQL writes it; empty where it is the version table itself
  std::string message;        // what is wrong: one sentence without a full stop
  std::string detail;         // why it matters, and who did it where that is known: sentences
  std::string fix;            // SQL that works as printed; where none is safe, an SQL comment that says why
};

/// A fix for where no statement is safe: an SQL comment, so that pasting it harms nothing.
std::string no_fix(const std::string &why);

/// Worst first, then by code, version table and object.
void sort_findings(std::vector<Finding> &findings);

}  // namespace migfix::core
