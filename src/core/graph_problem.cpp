#include "core/graph_problem.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/utf8.hpp"
#include "core/version_table.hpp"

namespace migfix::core {

namespace {

GraphProblem problem(ProblemKind kind, const std::string &revision, std::string message, std::string detail,
                     bool fatal) {
  return {kind, revision, std::move(message), std::move(detail), fatal};
}

constexpr char kNotLoaded[] = "Alembic refuses to load the scripts.";
constexpr std::size_t kMembersShown = 20;

}  // namespace

const char *problem_name(ProblemKind kind) {
  switch (kind) {
    case ProblemKind::kEmptyId:
      return "empty id";
    case ProblemKind::kIllegalCharacter:
      return "illegal character";
    case ProblemKind::kQuote:
      return "quote";
    case ProblemKind::kTooLong:
      return "too long";
    case ProblemKind::kReservedWord:
      return "reserved word";
    case ProblemKind::kDuplicate:
      return "duplicate";
    case ProblemKind::kMissingParent:
      return "missing parent";
    case ProblemKind::kMissingDependency:
      return "missing dependency";
    case ProblemKind::kSelfLoop:
      return "self loop";
    case ProblemKind::kDependencySelfLoop:
      return "dependency self loop";
    case ProblemKind::kCycle:
      return "cycle";
    case ProblemKind::kDependencyCycle:
      return "dependency cycle";
    case ProblemKind::kLabelTaken:
      return "label taken";
  }
  return "unknown";
}

GraphProblem empty_id() {
  return problem(ProblemKind::kEmptyId, "", "a revision has an empty identifier",
                 "It is left out of the graph.", true);
}

GraphProblem illegal_character(const std::string &revision, const std::string &characters) {
  std::string listed;
  for (const char c : characters) listed += listed.empty() ? std::string(1, c) : std::string(", ") + c;
  const bool fatal = characters != ":";
  return problem(
      ProblemKind::kIllegalCharacter, revision,
      fmt::format("Character(s) '{}' not allowed in revision identifier '{}'", listed, clipped(revision)),
      fatal ? kNotLoaded : "Alembic refuses to load the scripts from version 1.17.1 on.", fatal);
}

GraphProblem quote_in_id(const std::string &revision) {
  return problem(ProblemKind::kQuote, revision,
                 fmt::format("revision identifier \"{}\" contains a quote", clipped(revision)),
                 "Alembic writes identifiers into its SQL as they are, so the statement that records this "
                 "revision is a syntax error.",
                 false);
}

GraphProblem id_too_long(const std::string &revision, std::size_t length) {
  return problem(ProblemKind::kTooLong, revision,
                 fmt::format("revision identifier \"{}\" is {} characters long", clipped(revision), length),
                 fmt::format("The version table that Alembic creates holds {}; the migration runs and then "
                             "fails when the revision is recorded.",
                             kAlembicWidth),
                 false);
}

GraphProblem reserved_word(const std::string &revision, const std::string &name) {
  return problem(ProblemKind::kReservedWord, revision,
                 fmt::format("revision \"{}\" uses the word \"{}\" as a name", clipped(revision), name),
                 "Alembic takes this word for itself, so the revision cannot be named by it.", false);
}

GraphProblem duplicate_revision(const std::string &revision) {
  return problem(ProblemKind::kDuplicate, revision,
                 fmt::format("Revision {} is present more than once", clipped(revision)),
                 "The last one counts; what the others do is never run.", false);
}

GraphProblem missing_parent(const std::string &revision, const std::string &parent, bool is_label) {
  return problem(
      ProblemKind::kMissingParent, revision,
      fmt::format("Revision {} referenced from {} is not present", clipped(parent), clipped(revision)),
      is_label ? "This is a branch label, and down_revision takes identifiers only; Alembic refuses to load "
                 "the scripts."
               : kNotLoaded,
      true);
}

GraphProblem missing_dependency(const std::string &revision, const std::string &dependency) {
  return problem(
      ProblemKind::kMissingDependency, revision,
      fmt::format("Revision {} referenced from {} is not present", clipped(dependency), clipped(revision)),
      "It stands in depends_on. Alembic refuses to load the scripts.", true);
}

GraphProblem self_loop(const std::string &revision) {
  return problem(ProblemKind::kSelfLoop, revision,
                 fmt::format("Self-loop is detected in revisions ({})", clipped(revision)), kNotLoaded, true);
}

GraphProblem dependency_self_loop(const std::string &revision) {
  return problem(ProblemKind::kDependencySelfLoop, revision,
                 fmt::format("Dependency self-loop is detected in revisions ({})", clipped(revision)),
                 kNotLoaded, true);
}

GraphProblem revision_cycle(const std::vector<std::string> &members, bool by_dependencies) {
  std::string listed;
  const std::size_t shown = std::min(members.size(), kMembersShown);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) listed += ", ";
    listed += clipped(members[i]);
  }
  if (shown < members.size()) listed += fmt::format(", and {} more", members.size() - shown);
  return problem(
      by_dependencies ? ProblemKind::kDependencyCycle : ProblemKind::kCycle, members.front(),
      fmt::format("{} is detected in revisions ({})", by_dependencies ? "Dependency cycle" : "Cycle", listed),
      kNotLoaded, true);
}

GraphProblem label_taken(const std::string &revision, const std::string &label, const std::string &owner) {
  return problem(ProblemKind::kLabelTaken, revision,
                 fmt::format("Branch name '{}' in revision {} already used by revision {}", clipped(label),
                             clipped(revision), clipped(owner)),
                 kNotLoaded, true);
}

}  // namespace migfix::core
