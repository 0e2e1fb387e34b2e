// Names and literals as SQLAlchemy's PostgreSQL dialect writes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/python_value.hpp"

namespace migfix::core {

/// A part of an operation that is not there literally: thrown on the way to its SQL, caught where the
/// operation is noted as opaque. `reason` completes "cannot be read: ".
struct NotLiteral {
  std::uint32_t line = 0;
  std::string reason;
};

struct SqlName {
  std::string text;
  bool may_shorten = false;   // made by op.f()
  std::optional<bool> quote;  // of sqlalchemy's quoted_name
};

/// A name out of a string, op.f(...) or quoted_name(...). Throws NotLiteral; `what` says whose name.
SqlName name_of(const Value &value, std::string_view what);

/// Quoted if it is a reserved word, not lower-case, or holds other characters (IdentifierPreparer.quote).
std::string quote_sql_name(const SqlName &name);
/// A schema as Alembic's ALTER TABLE writes it: each part between full stops for itself.
std::string quote_dotted_name(const SqlName &name);
/// schema.name, as in CREATE TABLE.
std::string qualified_name(const SqlName &name, const std::optional<SqlName> &schema);
/// schema.name, as in Alembic's ALTER TABLE.
std::string altered_name(const SqlName &name, const std::optional<SqlName> &schema);
/// The name of a constraint or index: one of over 63 characters is shortened if it was made to be, else
/// SQLAlchemy raises IdentifierError (and this NotLiteral).
std::string limited_name(const SqlName &name, std::uint32_t line);

/// 'text', with quotes doubled.
std::string sql_literal(std::string_view text);

/// What becomes of the text of sqlalchemy.text(): "\:" is ":"; a ":name" would be a parameter, so NotLiteral.
std::string plain_text(std::string_view text, std::uint32_t line);

}  // namespace migfix::core
