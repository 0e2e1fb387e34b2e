// Names in the text of an SQL expression: found, and replaced after a rename.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/definition.hpp"

namespace migfix::core {

struct ExpressionToken {
  enum class Kind : std::uint8_t { kName, kQuotedName, kString, kNumber, kOperator, kPunctuation };
  Kind kind = Kind::kPunctuation;
  std::size_t begin = 0;
  std::size_t length = 0;
  std::string value;  // of names: raw, folded where not quoted; else as written

  bool is_name() const noexcept { return kind == Kind::kName || kind == Kind::kQuotedName; }
  bool is(std::string_view text) const noexcept {
    return value == text && kind != Kind::kQuotedName && kind != Kind::kString;
  }
};

/// All tokens but blanks and comments. What cannot be read (an open quote) ends with the text.
std::vector<ExpressionToken> expression_tokens(std::string_view text);

/// A name as SQL writes it: between double quotes where it is not a plain lower-case name or is a word that
/// may be reserved.
std::string quoted_name(const std::string &name);

/// The columns of the expression's own table that it reads. From `expression.columns` where it has a text;
/// else those names of `normal` that are among `candidates`.
std::set<std::string> columns_read(const Expression &expression, const std::set<std::string> &candidates);

/// The expression after a rename of the column `from` of its table: the text is rewritten, its places follow,
/// and `normal` is cleared where there is a text to make it from again, else rewritten itself. True where it
/// changed.
bool rename_column_in(Expression &expression, const std::string &from, const std::string &to);

/// Takes the table's name away from in front of its columns, for a table that has another name from now on.
bool drop_qualifier_in(Expression &expression, const std::string &table);

/// As rename_column_in, after a rename of the type `from`, which the text names in casts.
bool rename_type_in(Expression &expression, const std::string &from, const std::string &to);

/// PostgreSQL's FigureIndexColname (parse_target.c): the name of an index's column that is an expression;
/// empty where the expression has none, then the server says "expr".
std::string figured_name(std::string_view text);

}  // namespace migfix::core
