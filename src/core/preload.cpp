#include "core/preload.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

bool has_migfix(const std::vector<std::string> &list) {
  return std::any_of(list.begin(), list.end(),
                     [](const std::string &entry) { return names_library(entry, "migfix"); });
}

}  // namespace

bool names_library(const std::string &entry, const std::string &library) {
  std::string name = entry.substr(entry.find_last_of('/') + 1);
  if (name.size() > 3 && name.ends_with(".so")) name.resize(name.size() - 3);
  return name == library;
}

PreloadChange preload_change(const PreloadLists &lists, bool on, const std::string &library) {
  std::vector<std::string> list = lists.database.value_or(lists.server);
  if (has_migfix(list) == on) return {};
  if (on) {
    list.push_back(library);
  } else {
    if (!lists.database) return {};  // the server's own configuration has it
    std::erase_if(list, [](const std::string &entry) { return names_library(entry, "migfix"); });
  }
  // The server's grammar has no way to write an empty list of these (an empty name would be looked for).
  if (list.empty() || list == lists.server) return {PreloadChange::What::kReset, {}};
  return {PreloadChange::What::kSet, std::move(list)};
}

std::string preload_in_words(const PreloadLists &lists, const PreloadChange &change, bool on,
                             const std::string &database, const std::string &functions) {
  const bool changes = change.what != PreloadChange::What::kNothing;
  std::string words;
  if (on) {
    words = fmt::format(
        "New sessions of database {} {}load migfix when they begin, so that migfix sees their first "
        "statement. Sessions that are open stay as they are. Where the library is removed later, "
        "nobody can connect to the database any more: before that, run SELECT "
        "{}migfix_preload(false); in it.",
        database, changes ? "" : "already ", functions);
    if (!lists.roles.empty())
      words += fmt::format(" Not those of {}, which {} a session_preload_libraries without it.",
                           list_of(lists.roles), lists.roles.size() == 1 ? "has" : "have");
    return words;
  }
  const bool is_left = has_migfix(lists.shared) || (!lists.database && has_migfix(lists.server)) ||
                       (change.what == PreloadChange::What::kReset && has_migfix(lists.server));
  if (is_left)
    return fmt::format(
        "Sessions of database {} load migfix when they begin because the server's configuration says "
        "so (shared_preload_libraries or session_preload_libraries), which stays as it is.",
        database);
  return fmt::format(
      "New sessions of database {} {}load migfix only when they first need it, which can be too late for "
      "the statement that needs it: an enum is not passed over then.",
      database, changes ? "" : "already ");
}

}  // namespace migfix::core
