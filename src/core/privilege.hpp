// What the role that would migrate may not do.
#pragma once

#include <string>
#include <vector>

namespace migfix::core {

/// Privileges that one role lacks round one version table.
struct MissingPrivileges {
  std::string version_table;  // as SQL writes it
  std::string schema_name;    // as SQL writes it
  bool schema_usage = false;  // true: lacks USAGE on the schema
  bool schema_create = false;
  std::vector<std::string> on_version_table;  // of SELECT, INSERT, UPDATE, DELETE, in this order
};

/// Tables, views, sequences and types of a version table's schema that the role does not own and is not a
/// member of the owner of.
struct ForeignOwner {
  std::string schema_name;           // as SQL writes it
  std::string owner;                 // raw role name
  std::string owner_name;            // as SQL writes it
  bool superuser = false;            // the owner is one, so membership in it is no fix
  std::vector<std::string> objects;  // `TABLE public.audit_logs`, `TYPE public.status`: as ALTER wants it
  std::size_t count = 0;             // of all of them; `objects` holds the first 20
};

struct Privileges {
  std::string role;       // raw
  std::string role_name;  // as SQL writes it
  std::vector<MissingPrivileges> missing;
  std::vector<ForeignOwner> foreign_owners;
};

}  // namespace migfix::core
