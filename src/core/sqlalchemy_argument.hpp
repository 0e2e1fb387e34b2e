// The arguments of a call on SQLAlchemy or Alembic, by name.
#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/python_value.hpp"
#include "core/sqlalchemy_name.hpp"

namespace migfix::core {

/// Binds the positional arguments of `call` to `names`, then the keywords. Every reader throws NotLiteral
/// where an argument is not there literally; the object lives no longer than `call`.
class Arguments {
 public:
  /// `variadic`: further positional arguments are rest(); else they are an error.
  Arguments(const Value &call, std::initializer_list<std::string_view> names, bool variadic = false);
  Arguments(const Value &call, const std::vector<std::string_view> &names, bool variadic = false);

  void bind(std::string_view name, ValuePtr value) { given_[std::string(name)].value = std::move(value); }

  /// nullptr if it is not given, or None.
  ValuePtr find(std::string_view name);
  /// Given at all, None included.
  bool has(std::string_view name) const { return given_.find(name) != given_.end(); }
  const Value &need(std::string_view name);
  std::optional<std::string> text(std::string_view name);
  std::optional<SqlName> name(std::string_view name);
  SqlName need_name(std::string_view name);
  std::vector<SqlName> names(std::string_view name);
  std::optional<std::string> integer(std::string_view name);
  std::optional<bool> flag(std::string_view name);
  const std::vector<ValuePtr> &rest() const { return rest_; }
  std::uint32_t line() const { return line_; }

  /// Takes off what matters to no PostgreSQL table: arguments of other dialects, info, doc ...
  void ignore(std::initializer_list<std::string_view> names);
  /// Throws if an argument has not been asked for.
  void finish() const;

 private:
  struct Given {
    ValuePtr value;
    bool used = false;  // somebody has asked for it
  };

  void fill(const Value &call, const std::vector<std::string_view> &names, bool variadic);

  std::uint32_t line_;
  std::string call_;
  std::map<std::string, Given, std::less<>> given_;
  std::vector<ValuePtr> rest_;
};

/// Throws what an unknown value, or one of the wrong kind, is to be called.
[[noreturn]] void not_literal(const Value &value, std::string_view what);

}  // namespace migfix::core
