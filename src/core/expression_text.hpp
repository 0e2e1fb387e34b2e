// The text of an expression: what stands round it, and whether two texts are the same but for blanks.
#pragma once

#include <string>
#include <string_view>

#include "core/definition.hpp"

namespace migfix::core {

/// Without blanks at both ends, a final semicolon, and parentheses that enclose the whole of it.
std::string bare_expression(std::string_view text);

/// The bare text between one pair of parentheses.
std::string in_parentheses(std::string_view text);

/// As DEFAULT takes it in a column's definition: in parentheses where the grammar (b_expr in gram.y) wants
/// them.
std::string as_default(std::string_view text);

/// As an index takes it: a function's call stands alone, anything else is in parentheses.
std::string as_element(std::string_view text);

/// The bare text in small letters and without blanks, but for what stands in quotes: two texts that are equal
/// in this form mean the same; two that are not may still do.
std::string loose_form(std::string_view text);

/// NULL, or a cast of it: as a default that is no default at all.
bool is_null_constant(const Expression &expression);

/// What people are shown: the server's form where it is known, else as it was written.
const std::string &shown_text(const Expression &expression);

/// What a statement is written with: as it was written, else the server's form.
const std::string &sql_source(const Expression &expression);

}  // namespace migfix::core
