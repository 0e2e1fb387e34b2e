// The tokens of Python source, read one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace migfix::core {

enum class TokenKind : std::uint8_t {
  kName,  // keywords included
  kNumber,
  kString,     // '...' with or without u or r
  kFormatted,  // f'...' and t'...'
  kBytes,      // b'...'
  kOperator,   // brackets and punctuation included
  kNewline,    // the end of a logical line
  kIndent,
  kDedent,
  kError,  // see PythonLexer::error()
  kEnd,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::uint32_t line = 1;  // of its first character, counted from 1
  std::size_t offset = 0;  // of its first character, in bytes
  std::string_view text;   // as it stands in the source, quotes and prefix included

  bool is(std::string_view op) const { return kind == TokenKind::kOperator && text == op; }
  bool is_name(std::string_view name) const { return kind == TokenKind::kName && text == name; }
};

/// Splits Python source into tokens by the rules of its reference manual (2. Lexical analysis): line joining
/// by brackets and backslash, INDENT and DEDENT, all string prefixes and quotes, nested f-strings (PEP 701).
/// Memory is bounded by kMaxBrackets and kMaxIndents, whatever the input holds; nothing recurses.
class PythonLexer {
 public:
  static constexpr std::size_t kMaxBrackets = 200;  // as CPython's tokenizer (MAXLEVEL)
  static constexpr std::size_t kMaxIndents = 100;   // likewise (MAXINDENT)
  static constexpr std::size_t kMaxStrings = 150;   // f-strings inside f-strings

  /// `source` must outlive the lexer and its tokens. `check_interrupt` (may be empty) is called every few
  /// thousand tokens; what it throws passes through. `line` is the number of the first line.
  explicit PythonLexer(std::string_view source, std::function<void()> check_interrupt = {},
                       std::uint32_t line = 1);

  /// The next token; kEnd again and again at the end. After a kError that is not fatal() reading goes on
  /// behind the fault; after a fatal one (a string or bracket that never ends, nesting too deep) only kEnd
  /// follows.
  Token next();

  /// What is wrong, after a kError: a phrase such as "a string is not closed".
  const std::string &error() const { return error_; }
  bool fatal() const { return fatal_; }
  /// True after a kError if reading goes on with a new line.
  bool at_line_start() const { return line_start_; }
  /// True at a token that no bracket encloses.
  bool outside_brackets() const { return brackets_.empty(); }
  /// True at a token that no indentation and no bracket encloses.
  bool at_top_level() const { return indents_.size() == 1 && brackets_.empty(); }

 private:
  struct Bracket {
    char open;
    std::uint32_t line;
    std::size_t offset;
  };

  Token fail(std::string reason, std::uint32_t line, std::size_t offset, bool fatal);
  bool start_line(Token &token);  // true: `token` is to be returned
  bool read_indent(std::size_t column, Token &token);
  Token finish();
  Token name_or_string();
  Token number();
  Token bracket_or_operator();
  Token string(std::size_t start, std::size_t quote);
  /// Passes over a string without replacement fields that opens at pos_; its end is left in pos_.
  bool skip_plain(char quote, bool triple);
  bool skip_formatted(char quote, bool triple);
  void skip_newline();
  void skip_comment();
  bool at_newline() const {
    return pos_ < source_.size() && (source_[pos_] == '\n' || source_[pos_] == '\r');
  }
  bool at_quote() const { return pos_ < source_.size() && (source_[pos_] == '\'' || source_[pos_] == '"'); }
  bool at_triple() const;
  bool at_mark() const;
  char peek(std::size_t ahead = 0) const {
    return pos_ + ahead < source_.size() ? source_[pos_ + ahead] : '\0';
  }
  Token make(TokenKind kind, std::size_t start, std::uint32_t line) const {
    return {kind, line, start, source_.substr(start, pos_ - start)};
  }

  std::string_view source_;
  std::function<void()> check_interrupt_;
  std::size_t pos_ = 0;
  std::uint32_t line_;
  std::uint32_t count_ = 0;
  std::size_t dedents_ = 0;  // still to be returned
  bool line_start_ = true;
  bool line_has_token_ = false;  // the logical line
  bool first_on_line_ = false;   // the physical line
  bool fatal_ = false;
  std::string error_;
  std::vector<std::size_t> indents_{0};
  std::vector<Bracket> brackets_;
};

}  // namespace migfix::core
