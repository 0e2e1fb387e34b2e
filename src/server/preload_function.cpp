// migfix_preload.
#include "core/preload.hpp"
#include "server/extension.hpp"
#include "server/query.hpp"
#include "server/server_version.hpp"

extern "C" {
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/varlena.h"
}

namespace migfix::server {

namespace {

// As load_libraries reads such a list (miscinit.c).
std::vector<std::string> libraries_in(const std::string &list) {
  const char *text = list.c_str();
  List *entries = call([&] {
    List *parsed = NIL;
    return SplitDirectoriesString(pstrdup(text), ',', &parsed) ? parsed : NIL;
  });
  std::vector<std::string> libraries;
  for (int i = 0; i < list_length(entries); ++i)
    libraries.emplace_back(static_cast<const char *>(list_nth(entries, i)));
  return libraries;
}

// What a session without a setting of its database or role has. This session's own value where that comes
// from the server, else what the server's files say, which only some may read.
std::vector<std::string> server_list() {
  static constinit Statement own{
      "SELECT reset_val FROM pg_settings WHERE name = 'session_preload_libraries'"
      " AND source IN ('default', 'environment variable', 'configuration file', 'command line')",
      0};
  static constinit Statement files{
      "SELECT setting FROM pg_file_settings WHERE name = 'session_preload_libraries' AND applied"
      " ORDER BY seqno DESC LIMIT 1",
      0};
  std::string list;
  const auto keep = [&](const RowView &row) { list = row.string(0); };
  if (run(own, {}, SnapshotKind::kLatest, keep) == 0) run(files, {}, SnapshotKind::kLatest, keep);
  return libraries_in(list);
}

core::PreloadLists read_lists() {
  static constinit Statement statement{
      "SELECT s.setrole, quote_ident(pg_get_userbyid(s.setrole)), substr(c, strpos(c, '=') + 1)"
      " FROM pg_db_role_setting AS s, unnest(s.setconfig) AS c"
      " WHERE split_part(c, '=', 1) = 'session_preload_libraries'"
      " AND s.setdatabase IN (0, (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database()))"
      " AND (s.setrole <> 0 OR s.setdatabase <> 0) ORDER BY 2",
      0};
  core::PreloadLists lists;
  run(statement, {}, SnapshotKind::kNew, [&](const RowView &row) {
    std::vector<std::string> list = libraries_in(row.string(2));
    if (row.integer(0) == 0) {
      lists.database = std::move(list);
    } else if (std::none_of(list.begin(), list.end(),
                            [](const std::string &entry) { return core::names_library(entry, "migfix"); })) {
      lists.roles.push_back("role " + row.string(1));
    }
  });
  lists.server = server_list();
  lists.shared =
      libraries_in(shared_preload_libraries_string != nullptr ? shared_preload_libraries_string : "");
  return lists;
}

// The name that the extension's functions are loaded by. What works for them works for a new session; a name
// that does not would keep everybody from connecting.
std::string library_of(Oid function) {
  static constinit Statement statement{"SELECT probin FROM pg_proc WHERE oid = $1::oid", 1};
  std::string library;
  run(statement, {std::to_string(function)}, SnapshotKind::kLatest,
      [&](const RowView &row) { library = row.string(0); });
  return library;
}

void change(const core::PreloadChange &change) {
  const std::string statement = fmt::format("ALTER DATABASE {} ", database_name());
  if (change.what == core::PreloadChange::What::kReset)
    run_once(statement + "RESET session_preload_libraries", {}, SnapshotKind::kNew);
  if (change.what != core::PreloadChange::What::kSet) return;
  std::string list;
  for (const std::string &library : change.list) {
    const char *literal = call([&] { return quote_literal_cstr(library.c_str()); });
    list += (list.empty() ? "" : ", ") + std::string(literal);
  }
  run_once(fmt::format("{}SET session_preload_libraries = {}", statement, list), {}, SnapshotKind::kNew);
}

}  // namespace

}  // namespace migfix::server

using namespace migfix;
using namespace migfix::server;

MIGFIX_FUNCTION(migfix_preload) {
  if (PG_ARGISNULL(0)) throw core::Error(core::kNullValueNotAllowed, "say true or false");
  const bool on = PG_GETARG_BOOL(0);
  require_writable("migfix_preload()");
  const core::PreloadLists lists = read_lists();
  const core::PreloadChange wanted =
      core::preload_change(lists, on, preload_name(library_of(fcinfo->flinfo->fn_oid)));
  change(wanted);
  const std::string words = core::preload_in_words(lists, wanted, on, database_name(), functions_prefix());
  return call([&] { return CStringGetTextDatum(words.c_str()); });
}
