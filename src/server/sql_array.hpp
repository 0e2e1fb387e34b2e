// Arrays as parameters of our own SQL: texts that the array's input function reads.
#pragma once

#include "server/boundary.hpp"

namespace migfix::server {

/// For `$1::oid[]`.
std::string sql_array(const std::vector<Oid> &items);

/// For `$1::text[]` or `$1::name[]`; any text may stand in it.
std::string sql_array(const std::vector<std::string> &items);

/// The items of an array that a query has written as array_to_string(items, chr(1)).
std::vector<std::string> joined_items(std::string_view text);

}  // namespace migfix::server
