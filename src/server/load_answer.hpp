// What migfix_load_scripts and migfix_load_sql answer: a row for each revision, then one for each problem.
#pragma once

#include "server/result_rows.hpp"
#include "server/revision_store.hpp"

namespace migfix::server {

/// The columns: file, revision, state, line, statements, opaque, reason.
class LoadAnswer {
 public:
  explicit LoadAnswer(FunctionCallInfo fcinfo) : rows_(fcinfo) {}

  /// A revision that was loaded, from `file` (empty: none); `line`, where it begins: 0 where that is not known.
  void add_revision(const std::string &file, const StoredRevision &stored, const LoadedRevision &loaded,
                    std::uint32_t line);

  /// What was not loaded, or is worth knowing; empty texts and 0 stand for nothing.
  void add_problem(const std::string &file, const std::string &revision, const std::string &state,
                   std::uint32_t line, const std::string &reason);

  /// The revisions that the environment has besides `loaded`, where those look like the whole of it (more than
  /// half): somebody has taken their files away, or they belong elsewhere.
  void add_absent(const std::string &environment, const std::vector<StoredRevision> &loaded);

  /// What is wrong with the graph of the environment as a whole.
  void add_graph_problems(const std::string &environment);

 private:
  ResultRows rows_;
};

/// The argument that names an environment. Throws 22004 for NULL, 22023 for an empty text and what cannot be kept.
std::string environment_argument(FunctionCallInfo fcinfo, int index);

}  // namespace migfix::server
