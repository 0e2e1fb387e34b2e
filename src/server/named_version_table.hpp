// The version table that somebody names, or means by naming none.
#pragma once

#include "server/boundary.hpp"

namespace migfix::server {

struct NamedVersionTable {
  Oid relation = InvalidOid;  // InvalidOid: it does not exist, and could be created
  std::string schema;         // raw; where to create it
  std::string table;          // raw
  std::string name;           // as SQL writes it
};

enum class MissingTable {
  kByName,   // may be created where its name is in migfix.version_tables; else 42P01
  kAllowed,  // may be created whatever its name
};

/// `argument` is a name as SQL writes it, with or without a schema; nothing means the version table that
/// Alembic finds on the search_path. Throws 42P01 where there is none there but elsewhere, or where a table
/// of that name is none to create; 3F000 where there is no schema for it; 42602 for what is no name.
NamedVersionTable named_version_table(const std::optional<std::string> &argument,
                                      MissingTable missing = MissingTable::kByName);

}  // namespace migfix::server
