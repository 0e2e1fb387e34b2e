// A whole definition in one line.
#pragma once

#include <string>

#include "core/definition.hpp"

namespace migfix::core {

/// For people: `varchar(64) NOT NULL DEFAULT 'x'::character varying`, `PRIMARY KEY (id)`,
/// `UNIQUE btree (a, lower(b)) WHERE (c > 0)`, `'a', 'b'`; a comment stands at the end (`COMMENT 'x'`). Empty
/// where there is nothing to say (a schema, a plain table).
std::string definition_line(const Object &object);

}  // namespace migfix::core
