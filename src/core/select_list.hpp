// The outer part of a query, as far as the columns of a view depend on it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migfix::core {

struct SelectList {
  std::vector<std::string> items;  // `t.a`, `count(*) AS n`; in one spelling
  std::string from;                // what stands after FROM, up to WHERE, GROUP BY ...; in one spelling
};

/// Of a query in the server's form. Nothing where it is no plain SELECT (WITH, UNION, VALUES).
std::optional<SelectList> select_list(std::string_view query);

/// True where a view of the first query can be turned into one of the second by CREATE OR REPLACE VIEW: the
/// same columns, or more of them at the end. False where it is not certain.
bool is_replaceable(std::string_view from, std::string_view to);

}  // namespace migfix::core
