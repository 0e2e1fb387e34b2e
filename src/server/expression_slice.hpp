// The parts of a statement's text that its parse tree points at: the server's grammar keeps no text of an
// expression, and its version 15 cannot write a raw tree back.
#pragma once

#include "core/definition.hpp"
#include "server/boundary.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace migfix::server {

/// Tokens [first, last) of a text.
struct TokenRange {
  int first = 0;
  int last = 0;

  bool empty() const noexcept { return first >= last; }
};

/// The tokens of a text that the server's grammar has taken, found by the server's scanner when they are
/// first asked for. Memory is taken from the context that is current then and left to it. Members that look
/// for something look between `first` and `last` at the level where they begin, outside of the parentheses
/// and brackets opened there; they answer `last` where there is none.
class Tokens {
 public:
  explicit Tokens(const std::string &text) : text_(text) {}

  /// The first token that begins at byte `location` or after it.
  int at(int location);
  int count();
  /// Where the token begins and ends; of the one after the last, the end of the text.
  int begin(int token);
  int end(int token);
  bool is(int token, char sign);
  /// Whether it is this word, given in small letters, without quotes.
  bool is_word(int token, std::string_view word);

  int find(TokenRange range, char sign);
  int find_word(TokenRange range, std::string_view word);
  /// The end of an item in a list: a comma, or the parenthesis that closes the list.
  int item_end(TokenRange range);
  /// The parenthesis or bracket that closes the one at `open`.
  int closing(int open, int last);
  /// What stands between the first parenthesis from there on and the one that closes it.
  TokenRange enclosed(TokenRange range);
  /// The range cut at its commas.
  std::vector<TokenRange> items(TokenRange range);
  /// The token after the name, maybe a qualified one, that begins at `token`.
  int after_name(int token);

  std::string text(TokenRange range);

 private:
  struct Token {
    int code;
    int begin;
    int end;
  };
  const Token &get(int token);
  void scan();

  const std::string &text_;
  Token *tokens_ = nullptr;
  int count_ = -1;
};

/// Whose columns an expression names; `name` is null where there is no table (a domain).
struct OwnTable {
  const char *schema = nullptr;
  const char *name = nullptr;
};

/// The expression that stands in `range` and was parsed as `tree`. A column that is written with its table's
/// name loses that in `text`: the name may not be the table's for long. Throws PgError (54001 where the tree
/// is too deep).
core::Expression slice_expression(Tokens &tokens, TokenRange range, const Node *tree, const OwnTable &table);

}  // namespace migfix::server
