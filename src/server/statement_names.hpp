// The names in a statement, as the server finds what they mean on the search_path of now.
#pragma once

#include "server/boundary.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace migfix::server {

/// Writes into the raw tree, for every name of a type, table, collation, operator class and sequence in it,
/// the schema that it is found in, and `schema` for what is created; so it reads the same under any
/// search_path. Expressions stay as they are. False where the server would complain of one of them before it
/// came to the name of what is created: something is not there, or is not for the current role. `read`: the
/// tables that the statement refers to. Takes no lock. Runs inside call(); raises what the lookup raises.
bool qualify_names(Node *statement, Oid schema, List **read);

/// The search_path of now, each schema by its own name, as SQL writes it.
std::string search_path_now();

}  // namespace migfix::server
