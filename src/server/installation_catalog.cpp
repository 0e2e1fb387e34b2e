#include "server/installation_catalog.hpp"

#include "server/catalog_sql.hpp"
#include "server/extension.hpp"
#include "server/query.hpp"
#include "server/search_path_catalog.hpp"

namespace migfix::server {

namespace {

std::string extension_version() {
  static constinit Statement statement{"SELECT extversion FROM pg_extension WHERE extname = 'migfix'", 0};
  std::string version;
  run(statement, {}, SnapshotKind::kActive, [&](const RowView &row) { version = row.string(0); });
  return version;
}

// One of that name counts only on its event and with the extension's own function.
std::vector<core::EventTrigger> read_event_triggers(const std::string &schema_name) {
  static constinit Statement statement{
      "SELECT x.name, x.event, e.oid IS NOT NULL, coalesce(e.evtenabled IN ('O', 'A'), false)"
      " FROM (VALUES ('migfix_ddl_start', 'ddl_command_start', 1), ('migfix_ddl_end', 'ddl_command_end', 2),"
      "  ('migfix_ddl_drop', 'sql_drop', 3)) AS x(name, event, place)"
      " LEFT JOIN (pg_event_trigger AS e JOIN pg_proc AS p ON p.oid = e.evtfoid"
      "  JOIN pg_extension AS m ON m.extname = 'migfix' AND m.extnamespace = p.pronamespace)"
      "  ON e.evtname = x.name AND e.evtevent = x.event AND p.proname = x.name"
      " ORDER BY x.place",
      0};
  std::vector<core::EventTrigger> triggers;
  run(statement, {}, SnapshotKind::kActive, [&](const RowView &row) {
    triggers.push_back(
        {row.string(0), row.string(1), schema_name + "." + row.string(0), row.flag(2), row.flag(3)});
  });
  return triggers;
}

// Set for databases and roles, whomever it takes effect for.
void read_stored_settings(std::vector<core::GuardSetting> &settings) {
  static constinit Statement statement{
      "SELECT coalesce(r.rolname, ''), coalesce(d.datname, ''), quote_ident(coalesce(r.rolname, '')),"
      " quote_ident(coalesce(d.datname, '')), lower(split_part(c.setting, '=', 2))"
      " FROM pg_db_role_setting AS s CROSS JOIN LATERAL unnest(s.setconfig) AS c(setting)"
      " LEFT JOIN pg_roles AS r ON r.oid = s.setrole LEFT JOIN pg_database AS d ON d.oid = s.setdatabase"
      " WHERE s.setdatabase IN (0, " MIGFIX_THIS_DATABASE
      ") AND lower(c.setting) LIKE 'migfix.guard=%' AND lower(split_part(c.setting, '=', 2)) <> 'enforce'"
      "  AND (s.setrole = 0 OR r.oid IS NOT NULL)"
      " ORDER BY 1, 2",
      0};
  run(statement, {}, SnapshotKind::kActive, [&](const RowView &row) {
    std::string fix;
    if (row.text(0).empty()) {
      fix = row.text(1).empty() ? std::string("ALTER ROLE ALL RESET migfix.guard;")
                                : fmt::format("ALTER DATABASE {} RESET migfix.guard;", row.text(3));
    } else {
      fix = fmt::format("ALTER ROLE {}{}{} RESET migfix.guard;", row.text(2),
                        row.text(1).empty() ? "" : " IN DATABASE ", row.text(1).empty() ? "" : row.text(3));
    }
    settings.push_back({row.string(4), setting_owner(row.text(0), row.text(1)), std::move(fix)});
  });
}

// What this session has where it has it from the session itself or from the server's configuration.
void read_own_setting(std::vector<core::GuardSetting> &settings) {
  static constinit Statement statement{
      "SELECT setting, source, coalesce(sourcefile, '') FROM pg_settings"
      " WHERE name = 'migfix.guard' AND setting <> 'enforce'",
      0};
  run(statement, {}, SnapshotKind::kActive, [&](const RowView &row) {
    const std::string_view source = row.text(1);
    const std::string_view file = row.text(2);
    if (source == "session") {
      settings.push_back({row.string(0), "this session", "RESET migfix.guard;"});
    } else if (source == "client") {
      settings.push_back(
          {row.string(0), "this session, by the options it connected with", "SET migfix.guard = 'enforce';"});
    } else if (source == "configuration file") {
      // A line in postgresql.conf itself gives way to one of ALTER SYSTEM.
      const bool by_hand = !file.empty() && !file.ends_with("postgresql.auto.conf");
      settings.push_back({row.string(0), "the whole server",
                          by_hand ? "ALTER SYSTEM SET migfix.guard = 'enforce';\nSELECT pg_reload_conf();"
                                  : "ALTER SYSTEM RESET migfix.guard;\nSELECT pg_reload_conf();"});
    } else if (source == "command line" || source == "environment variable") {
      settings.push_back({row.string(0), "the whole server, by its " + std::string(source),
                          "-- take it out of what starts the server, then restart it"});
    }
  });
}

}  // namespace

core::Installation read_installation() {
  core::Installation installation;
  installation.schema_name = functions_schema();
  installation.library_version = MIGFIX_VERSION;
  installation.sql_version = extension_version();
  installation.event_triggers = read_event_triggers(installation.schema_name);
  read_own_setting(installation.guard_settings);
  read_stored_settings(installation.guard_settings);
  return installation;
}

}  // namespace migfix::server
