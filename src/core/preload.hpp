// The list of libraries that sessions of a database load when they begin.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace migfix::core {

struct PreloadLists {
  std::optional<std::vector<std::string>>
      database;                     // session_preload_libraries of the database, if it has its own
  std::vector<std::string> server;  // of the server's configuration
  std::vector<std::string> shared;  // shared_preload_libraries
  std::vector<std::string> roles;   // as SQL writes them: roles that have a list of their own without migfix
};

/// Whether the entry loads that library: "migfix", "$libdir/migfix", "/usr/lib/…/migfix.so".
bool names_library(const std::string &entry, const std::string &library);

/// What is to be done with the database's list.
struct PreloadChange {
  enum class What { kNothing, kSet, kReset };
  What what = What::kNothing;
  std::vector<std::string> list;  // kSet
};

/// Puts migfix, by the name `library`, into the database's list behind what is in it, or takes it out. A
/// database without a list of its own gets the server's one, which it had so far; one that is left with the
/// server's, or with none, loses its own.
PreloadChange preload_change(const PreloadLists &lists, bool on, const std::string &library);

/// What that means, in sentences. `functions`: prefix of migfix's functions.
std::string preload_in_words(const PreloadLists &lists, const PreloadChange &change, bool on,
                             const std::string &database, const std::string &functions);

}  // namespace migfix::core
