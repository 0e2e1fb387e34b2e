// The name that a CREATE cannot have, because something has it.
#pragma once

#include "core/existing_object.hpp"
#include "server/boundary.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace migfix::server {

/// Plain storage; the texts stand in the parse tree.
struct TakenName {
  core::Clash clash;
  Oid schema;  // where the name is taken
  Oid there;   // the relation, type or schema that has it; of a column or constraint its table
  Oid table;   // that the statement alters, or puts an index on
  const char *name;
  int part;           // which subcommand of ALTER TABLE
  bool of_statement;  // false: an index that one of the constraints of a CREATE TABLE needs has no name left
};

/// The first name that PostgreSQL would complain of, where the command would fail for that, and for nothing
/// that can be seen before. Looks names up one by one, and takes no lock. False too where the command leaves
/// alone what is there (IF NOT EXISTS, OR REPLACE), for temporary objects, and for an ALTER TABLE that does
/// something before it comes to what it adds.
bool find_taken_name(const Node *command, TakenName &taken);

/// May the current role do what the command does, so that PostgreSQL would come to complain of the name?
bool may_create(const Node *command, const TakenName &taken);

/// Does the current role have the rights of the owner of what is there? `owner`: its name.
bool has_owners_rights(const TakenName &taken, std::string &owner);

/// What is there, where it is no such thing as the command creates; else empty.
std::string other_thing(const Node *command, const TakenName &taken);

/// The relation that the name means on the search_path; InvalidOid where there is none.
Oid relation_meant(const RangeVar *name);

}  // namespace migfix::server
