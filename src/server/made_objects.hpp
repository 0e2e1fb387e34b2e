// The tables and enums that a DDL command has made.
#pragma once

#include "core/schema_facts.hpp"
#include "server/boundary.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace migfix::server {

struct MadeObject {
  core::ObjectType type;
  Oid oid;
  bool is_new;   // created, or moved here from another schema: all of it is to be judged
  bool created;  // false: it was there before, under another name or in another schema

  // The names of its columns as ColumnReader::names() has them, where the command itself says them all.
  std::optional<std::string> columns = std::nullopt;

  // Relations that were created with it, none of which is a table that could have a twin.
  std::vector<Oid> appendages = {};
};

/// May the command make a table or an enum, or give one another name or schema? Costs nothing.
bool may_make_objects(const Node *command);

/// The tables and enums that it has made, renamed or moved, at ddl_command_end; those of temporary schemas
/// and what a command with IF NOT EXISTS passed over are not among them.
std::vector<MadeObject> made_objects(const Node *command);

}  // namespace migfix::server
