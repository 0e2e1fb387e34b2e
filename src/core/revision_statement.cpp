#include "core/revision_statement.hpp"

#include <algorithm>

#include "core/utf8.hpp"

namespace migfix::core {

namespace {

bool does(const RevisionStatement &statement, NoChange::What what) {
  return std::any_of(statement.effects.begin(), statement.effects.end(), [&](const Effect &effect) {
    const auto *none = std::get_if<NoChange>(&effect);
    return none != nullptr && none->what == what;
  });
}

}  // namespace

std::string why_opaque(const RevisionStatement &statement) {
  for (const Effect &effect : statement.effects)
    if (const auto *opaque = std::get_if<Opaque>(&effect)) return opaque->why;
  return {};
}

bool changes_rows(const RevisionStatement &statement) {
  return does(statement, NoChange::What::kRows);
}

bool sets_properties(const RevisionStatement &statement) {
  return does(statement, NoChange::What::kProperty) && !acts_unseen(statement);
}

bool acts_unseen(const RevisionStatement &statement) {
  return changes_rows(statement) || !why_opaque(statement).empty();
}

std::string statement_head(const std::string &text, std::size_t most) {
  std::string line;
  bool blank = false;
  for (const char c : text) {
    if (c == '\n' || c == '\r' || c == '\t' || c == ' ') {
      blank = !line.empty();
      continue;
    }
    if (blank) line += ' ';
    blank = false;
    line += c;
    if (line.size() > 4 * most) break;
  }
  return clipped(line, most);
}

}  // namespace migfix::core
