// Names and values that hold line ends or control characters, written so that they fake no line of a report
// and do nothing to a terminal.
#pragma once

#include <string>
#include <string_view>

namespace migfix::core {

/// `text` on one line: control characters as \n, \r, \t or \x1b, and those of Unicode that begin a line or
/// turn the direction of writing as \u2028.
std::string visible(std::string_view text);

/// SQL that means the same, with no control character in quoted names and literals: U&"a\000ab" and E'a\nb'.
/// What stands between them, and in dollar quotes, is left as it is.
std::string visible_sql(std::string_view sql);

}  // namespace migfix::core
