// migfix.revision and migfix.revision_statement: what each environment's revisions are, and what they do.
#pragma once

#include "core/operation.hpp"
#include "core/revision.hpp"
#include "server/boundary.hpp"

namespace migfix::server {

enum class RevisionSource { kSql, kScripts, kRegistered, kObserved };

/// "sql", "scripts", "registered", "observed".
const char *source_name(RevisionSource source);

/// One statement of a revision's upgrade, or a place in its script that says nothing of what it does.
struct StoredStatement {
  std::string operation;  // core::operation_kind_name; empty where it is not known
  std::string object;     // what it is about, as SQL writes it; empty where it is not known
  std::string statement;  // SQL without a final semicolon; empty where opaque
  std::string once;       // core::OperationSql::once
  bool check_first = false;
  std::string opaque;     // why what it does cannot be said
  std::uint32_t line = 0;  // in its file, or from the marker of its revision on; 0: not known
};

struct StoredRevision {
  core::Revision revision;
  std::string file;  // empty: none
  std::vector<StoredStatement> statements;
};

/// What loading did with one revision.
struct LoadedRevision {
  enum class State { kAdded, kReplaced, kUnchanged };
  State state = State::kAdded;
  std::string detail;  // what was replaced, or kept although the input has it otherwise: clauses; may be empty
};

/// "added", "replaced", "unchanged".
const char *state_name(LoadedRevision::State state);

/// Why the tables cannot keep this id, label or name of an environment, as a predicate; nothing where they can.
std::optional<std::string> why_not_kept(std::string_view name);

/// Writes the revisions, with the rights of the tables' owner: the caller has checked that the role may.
/// The same input twice changes nothing. Of scripts, a revision's place in the graph and its words replace
/// what was there, and so do its statements unless they came from SQL. Of SQL, the statements replace any;
/// its place in the graph only where it contradicts what is known, because SQL tells less of it. Of
/// registered and observed ones, the place in the graph alone. One answer for each revision, in order; of duplicates
/// within `revisions` the last one counts. Throws 22023 for a name that cannot be kept.
std::vector<LoadedRevision> store_revisions(const std::string &environment, RevisionSource source,
                                            const std::vector<StoredRevision> &revisions);

/// The revisions whose place in the graph is known from where they were observed alone.
std::unordered_set<std::string> placed_by_observation(const std::string &environment);

/// Takes a revision out, and its statements; says whether it was there.
bool remove_revision(const std::string &environment, const std::string &revision);

}  // namespace migfix::server
