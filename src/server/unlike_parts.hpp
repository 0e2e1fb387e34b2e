// What definitions do not hold, and still makes two objects differ: reasons to doubt that they are identical.
#pragma once

#include "server/boundary.hpp"
#include "server/taken_name.hpp"

namespace migfix::server {

/// Of the statement: clauses such as "storage parameters are given".
std::vector<std::string> unlike_in_statement(const Node *command);

/// Of what is there: "it has trigger x". Of a column, what is of that column alone.
std::vector<std::string> unlike_in_catalogs(const Node *command, const TakenName &taken);

}  // namespace migfix::server
