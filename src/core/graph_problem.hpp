// What is wrong with a set of revisions.
#pragma once

#include <string>
#include <vector>

namespace migfix::core {

enum class ProblemKind {
  kEmptyId,
  kIllegalCharacter,
  kQuote,
  kTooLong,
  kReservedWord,
  kDuplicate,
  kMissingParent,
  kMissingDependency,
  kSelfLoop,
  kDependencySelfLoop,
  kCycle,
  kDependencyCycle,
  kLabelTaken,
};

/// "empty id", "illegal character", "quote", "too long", "reserved word", "duplicate", "missing parent",
/// "missing dependency", "self loop", "dependency self loop", "cycle", "dependency cycle", "label taken".
const char *problem_name(ProblemKind kind);

struct GraphProblem {
  ProblemKind kind = ProblemKind::kEmptyId;
  std::string revision;  // whose problem it is; of a cycle: its member that was loaded first
  std::string message;   // Alembic's own words where it has any
  std::string detail;    // what follows from it: a sentence
  bool fatal = false;    // Alembic refuses to load the scripts
};

// One function for each kind; the arguments are the names that its message shows.

GraphProblem empty_id();
/// `characters`: the illegal ones, sorted. A colon is legal before Alembic 1.17.1, so alone it is not fatal.
GraphProblem illegal_character(const std::string &revision, const std::string &characters);
GraphProblem quote_in_id(const std::string &revision);
/// `length` in characters; more than Alembic's column holds (varchar(32)).
GraphProblem id_too_long(const std::string &revision, std::size_t length);
/// `name`: the id itself or one of the revision's labels, if it is one of head, heads, base.
GraphProblem reserved_word(const std::string &revision, const std::string &name);
GraphProblem duplicate_revision(const std::string &revision);
GraphProblem missing_parent(const std::string &revision, const std::string &parent, bool is_label);
GraphProblem missing_dependency(const std::string &revision, const std::string &dependency);
GraphProblem self_loop(const std::string &revision);
GraphProblem dependency_self_loop(const std::string &revision);
/// `members`: all revisions that lie on the cycle, in the order in which they were loaded.
GraphProblem revision_cycle(const std::vector<std::string> &members, bool by_dependencies);
GraphProblem label_taken(const std::string &revision, const std::string &label, const std::string &owner);

}  // namespace migfix::core
