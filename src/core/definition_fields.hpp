// What of a definition is compared, field by field, and how each field is said to people.
#pragma once

#include <string>
#include <vector>

#include "core/definition.hpp"

namespace migfix::core {

/// One property of an object.
struct Field {
  std::string name;  // type, not null, default, columns, expression, comment ...; `check x` of a domain
  std::string
      shown;  // for people; never empty, also where there is nothing: varchar(64), nullable, no default
  std::string compared;  // two fields are the same where this is; in the server's normal form
  bool known = true;     // false: the server could not make sense of an expression in it
  std::string loose;     // what to compare by where one of the two is not known
};

/// All fields that count, always the same ones in the same order for a kind of object (and of constraint),
/// but for the checks of a domain. Left out: Column::position, Index::concurrently, Enum::used, a view's
/// source and what it reads (and its query, once it is not certain), all of a function and a trigger: those
/// count by their name. Collations and operator classes count by their name without the schema, and a default
/// operator class that is written out is the same as none.
std::vector<Field> fields_of(const Object &object);

/// "FOREIGN KEY", "CHECK" ...: constraints of two of these have no field in common.
std::string constraint_kind(const Constraint &constraint);

}  // namespace migfix::core
