// Follows upgrade() and notes what it does.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "core/operation.hpp"
#include "core/python_interpreter.hpp"
#include "core/python_syntax.hpp"
#include "core/python_value.hpp"

namespace migfix::core {

/// The operations of `upgrade`, a function of `module` (a value of any other kind gives one opaque
/// operation). `scope` holds the module's names. Calls on op and on the batch_op of a batch_alter_table,
/// create() and drop() of an enum, and SQL over op.get_bind() become operations with the SQL that Alembic
/// would emit; what is computed, conditional or in a loop becomes an opaque one. A function of the same file
/// that is called without arguments is followed. `budget` limits the bytes of text that folding may make.
std::vector<ScriptOperation> read_operations(const PythonModule &module, const Value &upgrade,
                                       const PythonScope &scope, std::size_t budget,
                                       const std::function<void()> &check_interrupt);

}  // namespace migfix::core
