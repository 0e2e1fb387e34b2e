// The server's own form of types and expressions, by which what a revision writes and what the catalogs keep
// can be compared.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/definition.hpp"

namespace migfix::core {

/// What the model asks the server. Answers are kept, so that the same question costs once.
class NormalForms {
 public:
  virtual ~NormalForms() = default;

  using Columns = std::vector<std::pair<std::string, DataType>>;  // of the table, raw names

  enum class Purpose { kValue, kCondition, kIndexed };

  /// A type that was written without a schema and that no revision makes, as the server finds it on the
  /// search path of the version table's schema; the same type where it finds none.
  virtual DataType resolved(const DataType &type) = 0;

  /// `text` over a table that has `columns`, as the server writes it after analysis (pg_get_expr, with all
  /// but pg_catalog qualified, and the version table's own schema taken away). kValue: coerced to `target`,
  /// as a default or a generated column is. kCondition: a boolean (check, predicate). kIndexed: as it is.
  /// Nothing where the server cannot make sense of it (an unknown function, a type that is not there).
  virtual std::optional<std::string> expression(const std::string &text, const Columns &columns,
                                                Purpose purpose, const DataType &target) = 0;

  /// The query of a view, as the server would keep it, analysed against the tables that are there now.
  virtual std::optional<std::string> query(const std::string &text) = 0;
};

}  // namespace migfix::core
