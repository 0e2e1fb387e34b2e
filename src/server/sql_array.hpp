// Arrays as parameters of our own SQL: texts that the array's input function reads.
#pragma once

#include "server/boundary.hpp"

namespace migfix::server {

/// For `$1::oid[]`.
std::string sql_array(const std::vector<Oid> &items);

/// For `$1::text[]` or `$1::name[]`; any text may stand in it.
std::string sql_array(const std::vector<std::string> &items);

}  // namespace migfix::server
