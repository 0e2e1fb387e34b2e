// What a change of a column's type does to the values in it.
#pragma once

#include <string>
#include <string_view>

#include "core/definition.hpp"

namespace migfix::core {

/// True where every value of `from` is a value of `to` and stays what it is: longer varchars, wider integers,
/// numerics with more digits before the point, more digits of seconds. False where it is not certain.
/// `from_enum`: `from` is an enum.
bool is_widening(const DataType &from, const DataType &to, bool from_enum = false);

/// What may happen to values, as a clause, where it is no widening: "values may not fit", "digits may be
/// lost".
std::string risk_of(const DataType &from, const DataType &to);

/// The expression for USING, of the column that SQL writes as `column` to the type that it writes as
/// `to_sql`; empty where the server assigns the one type to the other by itself. A cast by assignment refuses
/// what is too long, an explicit one would cut it: so none is written without need.
std::string using_expression(std::string_view column, const DataType &from, const DataType &to,
                             std::string_view to_sql);

/// True where the default of a column of type `from` can stay while the type changes.
bool keeps_default(const DataType &from, const DataType &to);

}  // namespace migfix::core
