#include "server/search_path_catalog.hpp"

#include "server/catalog_sql.hpp"
#include "server/query.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "utils/lsyscache.h"
#include "utils/varlena.h"
}

namespace migfix::server {

namespace {

constexpr int kMostSchemas = 1000;

// The names of this session's path. Not by fetch_search_path(): that creates the temporary schema where the
// path begins with it, which no standby can.
std::vector<std::string> session_path() {
  auto *oids = static_cast<Oid *>(call([] { return palloc(sizeof(Oid) * kMostSchemas); }));
  const int count = std::min(call([&] { return fetch_search_path_array(oids, kMostSchemas); }), kMostSchemas);
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) {
    const char *name = call([&] { return get_namespace_name(oids[i]); });
    if (name != nullptr) names.emplace_back(name);
  }
  return names;
}

// The names in the value of a search_path; none where it is not well-formed.
std::vector<std::string> names_in(const std::string &value) {
  const char *text = value.c_str();
  List *list = call([&] {
    List *names = NIL;
    return SplitIdentifierString(pstrdup(text), ',', &names) ? names : NIL;
  });
  std::vector<std::string> names;
  for (int i = 0; i < list_length(list); ++i)
    names.emplace_back(static_cast<const char *>(list_nth(list, i)));
  return names;
}

}  // namespace

std::string setting_owner(std::string_view role, std::string_view database) {
  if (role.empty()) return database.empty() ? std::string("all roles") : fmt::format("database {}", database);
  return database.empty() ? fmt::format("role {}", role)
                          : fmt::format("role {} in database {}", role, database);
}

std::vector<core::SearchPath> read_search_paths(const std::vector<core::Schema> &schemas) {
  static constinit Statement statement{
      "SELECT coalesce(r.rolname, ''), coalesce(d.datname, ''), substr(c.setting, length('search_path=') + 1)"
      " FROM pg_db_role_setting AS s CROSS JOIN LATERAL unnest(s.setconfig) AS c(setting)"
      " LEFT JOIN pg_roles AS r ON r.oid = s.setrole LEFT JOIN pg_database AS d ON d.oid = s.setdatabase"
      " WHERE s.setdatabase IN (0, " MIGFIX_THIS_DATABASE
      ") AND c.setting LIKE 'search\\_path=%' AND (s.setrole = 0 OR r.oid IS NOT NULL)"
      " ORDER BY 1, 2",
      0};
  std::unordered_map<std::string_view, std::uint32_t> index;
  for (std::uint32_t i = 0; i < schemas.size(); ++i) index.emplace(schemas[i].name, i);
  std::vector<core::SearchPath> paths;
  const auto add = [&](std::string owner, const std::vector<std::string> &names) {
    core::SearchPath path{std::move(owner), {}};
    for (const std::string &name : names) {
      const auto schema = index.find(name);
      if (schema == index.end()) continue;
      if (std::find(path.schemas.begin(), path.schemas.end(), schema->second) == path.schemas.end())
        path.schemas.push_back(schema->second);
    }
    if (!path.schemas.empty()) paths.push_back(std::move(path));
  };
  add("this session", session_path());
  for (const Row &row : select(statement)) {
    std::vector<std::string> names = names_in(*row[2]);
    for (std::string &name : names) {
      if (name == "$user") name = *row[0];
    }
    add(setting_owner(*row[0], *row[1]), names);
  }
  return paths;
}

}  // namespace migfix::server
