// migfix itself, as it stands in this database.
#pragma once

#include <string>
#include <vector>

namespace migfix::core {

struct EventTrigger {
  std::string name;
  std::string event;     // ddl_command_start, ddl_command_end, sql_drop
  std::string function;  // as SQL writes it, schema-qualified
  bool there = true;
  bool enabled = true;
};

/// A value of migfix.guard that is not `enforce`, and where it stands.
struct GuardSetting {
  std::string value;  // heal, observe, off
  std::string where;  // for a sentence: "this session", "database appdb", "role appuser", …
  std::string fix;    // the statement that takes it away
};

/// Something that could not be checked, for want of a privilege or because of a lock.
struct NotChecked {
  std::string what;    // for a sentence: "the rows of app.alembic_version", "migfix.version_log"
  std::string why;     // "role reader has no SELECT privilege on it"
  std::string object;  // as SQL writes it; may be empty
  std::string fix;     // a statement, or a comment
};

struct Installation {
  std::string schema_name;      // schema of the functions, as SQL writes it
  std::string library_version;  // of the loaded module
  std::string sql_version;      // pg_extension.extversion
  std::vector<EventTrigger> event_triggers;  // the ones that should be there
  std::vector<GuardSetting> guard_settings;
  std::vector<NotChecked> not_checked;  // all but rows of version tables
};

}  // namespace migfix::core
