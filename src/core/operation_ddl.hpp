// A call on alembic.op as the SQL that Alembic emits for it on PostgreSQL.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/operation.hpp"
#include "core/python_value.hpp"
#include "core/sqlalchemy_table.hpp"

namespace migfix::core {

/// Whether `name` is a method of alembic.op that changes something.
bool is_operation(std::string_view name);

/// The operation of `op.name(...)`, or of `batch_op.name(...)` if `batch` says whose table it is. `call`
/// holds the arguments, its text is ignored. What cannot be said makes the operation opaque; never throws for
/// what stands in `call`.
ScriptOperation make_operation(std::string_view name, const Value &call, const std::optional<TableName> &batch);

/// The operation of create() or drop() on an enum type (sa.Enum, postgresql.ENUM). `call` holds the
/// arguments.
ScriptOperation make_enum_operation(const Value &type, bool create, const Value &call);

/// The operation of SQL sent over a connection: op.execute without op.
ScriptOperation make_execution(const Value &call, const std::string &what);

}  // namespace migfix::core
