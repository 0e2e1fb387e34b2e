#include "core/version_id.hpp"

#include <fmt/format.h>

#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

enum class Oddity { kNone, kEmpty, kBlanks, kHead, kBase, kRange, kBranch, kRelative };

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

Oddity oddity_of(std::string_view version) {
  if (version.empty()) return Oddity::kEmpty;
  if (is_blank(version.front()) || is_blank(version.back())) return Oddity::kBlanks;
  if (version == "head" || version == "heads") return Oddity::kHead;
  if (version == "base") return Oddity::kBase;
  if (version.find(':') != std::string_view::npos) return Oddity::kRange;
  if (version.find('@') != std::string_view::npos) return Oddity::kBranch;
  if (version.front() == '+' || version.front() == '-') return Oddity::kRelative;
  return Oddity::kNone;
}

bool ends_in_head(std::string_view version) {
  return version.ends_with("@head") || version.ends_with("@heads");
}

}  // namespace

std::optional<std::string> why_never_a_revision(std::string_view version) {
  const std::string quoted = in_quotes(version);
  switch (oddity_of(version)) {
    case Oddity::kNone:
      return std::nullopt;
    case Oddity::kEmpty:
      return "the empty string is not a revision";
    case Oddity::kBlanks:
      return quoted + " has blanks round it, which no revision has";
    case Oddity::kHead:
    case Oddity::kBase:
      return quoted + " is a word of Alembic's command line, not a revision";
    case Oddity::kRange:
      return quoted + " is a range of Alembic's command line, not a revision";
    case Oddity::kBranch:
      return quoted + " names a branch and a target on it, not a revision";
    case Oddity::kRelative:
      return quoted + " is a step of Alembic's command line, not a revision";
  }
  return std::nullopt;
}

std::string what_alembic_does_with(std::string_view version) {
  const char *const kResolves =
      "Alembic resolves the row as if it were typed on its command line, upgrades from there and leaves the "
      "row behind, so that a later upgrade fails with \"Requested revision ... overlaps with other requested "
      "revisions ...\".";
  const char *const kForEver =
      "Alembic resolves the row to the newest revision on every run, so that no migration is ever run "
      "again, and no error is shown.";
  switch (oddity_of(version)) {
    case Oddity::kNone:
      return {};
    case Oddity::kEmpty:
      return "Every `alembic upgrade` stops with a bare AssertionError.";
    case Oddity::kBlanks:
    case Oddity::kRange:
      return fmt::format(
          "Every Alembic command, current and stamp included, fails with \"Can't locate revision identified "
          "by '{}'\".",
          version);
    case Oddity::kHead:
      return kForEver;
    case Oddity::kBranch:
      return ends_in_head(version) ? kForEver : kResolves;
    case Oddity::kBase:
    case Oddity::kRelative:
      return kResolves;
  }
  return {};
}

}  // namespace migfix::core
