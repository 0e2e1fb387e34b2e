// SQL that is printed for people to paste: literals and names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace migfix::core {

/// `text` as an SQL string literal: quotes doubled, and E'' with doubled backslashes where it holds one
/// (as the server's quote_literal does).
std::string quote_literal(std::string_view text);

/// `text` between double quotes as a message shows a name: inner quotes are left as they are, as
/// PostgreSQL's own messages do.
std::string in_quotes(std::string_view text);

/// A clause as a sentence: its first letter large, a full stop at the end.
std::string as_sentence(std::string clause);

/// "a", "a and b", "a, b and c"; past `most` items the rest is counted: "a, b and 7 more".
std::string list_of(const std::vector<std::string> &items, std::size_t most = 5);

/// "1 row", "2 rows"; `plural` where adding an s is not enough ("1 index", "2 indexes").
std::string count_of(std::size_t count, std::string_view singular, std::string_view plural = {});

}  // namespace migfix::core
