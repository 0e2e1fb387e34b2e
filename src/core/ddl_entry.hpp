// One row of migfix.ddl_log: a DDL command, one object that it touched, and who ran it.
#pragma once

#include <cstdint>
#include <string>

#include "core/attribution.hpp"
#include "core/definition.hpp"

namespace migfix::core {

struct DdlEntry : Attribution {
  std::int64_t log_id = 0;
  std::string command_tag;      // CREATE TABLE
  std::string object_type;      // as pg_identify_object says it: table, type, index, view
  std::string object_identity;  // likewise: public.audio_files
  std::string version_table;    // of the revision that claimed it; empty: outside any migration
  std::string revision;
};

/// What an event trigger is told of one object of a command.
struct DdlObject {
  std::string type;      // as pg_identify_object says it
  std::string schema;    // as SQL writes it; empty: none
  std::string identity;  // likewise; empty: none is told
  bool in_extension = false;
};

/// Does it belong in the log? Not what is no user's: the server's own schemas, temporary objects, members of
/// extensions, migfix's own, what the server makes beside an object and drops with it, and what stands in no
/// schema and is made with a password (user mappings, foreign servers and wrappers, subscriptions).
bool is_logged(const DdlObject &object);

/// Does the entry say that its object was created? Else it was altered, dropped, commented on.
bool is_creation(const DdlEntry &entry);

/// `created 2026-11-21 10:03:07+00 by role appuser (application "init_db.py", pid 4711), outside any
/// migration`, or `ALTER TABLE 2026-… by …, within revision "002" of public.alembic_version`.
std::string origin_in_words(const DdlEntry &entry);

/// How migfix.ddl_log names an object. The type is empty for functions and triggers, which are not looked
/// for.
struct DdlName {
  std::string type;
  std::string schema;  // raw; empty: none
  std::string name;    // raw
  std::string part;    // raw: a column or constraint of that table; the log has the table, and the statement
};

/// `own_schema`: raw; the schema that an empty one stands for.
DdlName ddl_name(const ObjectId &id, const std::string &own_schema);

}  // namespace migfix::core
