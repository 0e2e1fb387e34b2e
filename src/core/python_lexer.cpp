#include "core/python_lexer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace migfix::core {
namespace {

bool is_name_start(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
}

bool is_digit(unsigned char c) {
  return c >= '0' && c <= '9';
}

bool is_name_part(unsigned char c) {
  return is_name_start(c) || is_digit(c);
}

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Words that can never stand inside brackets: one at the start of a line there means that a bracket above was
// not closed, and saying so at once keeps the fault from swallowing the files behind it.
bool is_statement_only(std::string_view name) {
  static constexpr std::array<std::string_view, 16> kWords = {
      "assert", "break",  "class",    "continue", "def",   "del",    "except", "finally",
      "global", "import", "nonlocal", "pass",     "raise", "return", "try",    "while"};
  return std::find(kWords.begin(), kWords.end(), name) != kWords.end();
}

struct Prefix {
  bool valid = false;
  bool bytes = false;
  bool formatted = false;
};

Prefix string_prefix(std::string_view text) {
  Prefix prefix;
  if (text.size() > 2) return prefix;
  int raw = 0, bytes = 0, formatted = 0, unicode = 0;
  for (const char c : text) {
    if (c == 'r' || c == 'R')
      ++raw;
    else if (c == 'b' || c == 'B')
      ++bytes;
    else if (c == 'f' || c == 'F' || c == 't' || c == 'T')
      ++formatted;
    else if (c == 'u' || c == 'U')
      ++unicode;
    else
      return prefix;
  }
  prefix.valid = raw <= 1 && bytes + formatted + unicode <= 1 && (unicode == 0 || raw == 0);
  prefix.bytes = bytes == 1;
  prefix.formatted = formatted == 1;
  return prefix;
}

}  // namespace

PythonLexer::PythonLexer(std::string_view source, std::function<void()> check_interrupt, std::uint32_t line)
    : source_(source), check_interrupt_(std::move(check_interrupt)), line_(line) {}

Token PythonLexer::fail(std::string reason, std::uint32_t line, std::size_t offset, bool fatal) {
  error_ = std::move(reason);
  fatal_ = fatal;
  if (fatal) pos_ = source_.size();
  return {TokenKind::kError, line, offset, {}};
}

bool PythonLexer::at_mark() const {
  return source_[pos_] == kByteOrderMark[0] && source_.substr(pos_, 3) == kByteOrderMark;
}

bool PythonLexer::at_triple() const {
  const char quote = peek();
  return peek(1) == quote && peek(2) == quote;
}

void PythonLexer::skip_newline() {
  if (source_[pos_] == '\r' && peek(1) == '\n') ++pos_;
  ++pos_;
  ++line_;
}

void PythonLexer::skip_comment() {
  while (pos_ < source_.size() && !at_newline()) ++pos_;
}

Token PythonLexer::next() {
  if ((++count_ & 0xFFF) == 0 && check_interrupt_) check_interrupt_();
  if (fatal_) return {TokenKind::kEnd, line_, source_.size(), {}};
  if (dedents_ > 0) {
    --dedents_;
    return {TokenKind::kDedent, line_, pos_, {}};
  }
  Token token;
  if (line_start_ && start_line(token)) return token;
  for (;;) {
    if (pos_ >= source_.size()) return finish();
    const auto c = static_cast<unsigned char>(source_[pos_]);
    if (c == ' ' || c == '\t' || c == '\f') {
      ++pos_;
    } else if (at_mark()) {  // a file was joined to one without a final line end
      pos_ += 3;
    } else if (c == '#') {
      skip_comment();
    } else if (c == '\n' || c == '\r') {
      const std::size_t start = pos_;
      const std::uint32_t line = line_;
      skip_newline();
      first_on_line_ = true;
      if (!brackets_.empty()) continue;
      line_start_ = true;
      if (!line_has_token_) {  // nothing but a backslash stood on it
        if (start_line(token)) return token;
        continue;
      }
      line_has_token_ = false;
      return {TokenKind::kNewline, line, start, {}};
    } else if (c == '\\') {
      const std::size_t start = pos_++;
      if (!at_newline())
        return fail("a backslash is not followed by the end of the line", line_, start, false);
      skip_newline();
    } else {
      break;
    }
  }
  line_has_token_ = true;
  const auto c = static_cast<unsigned char>(source_[pos_]);
  if (is_name_start(c) || c == '\'' || c == '"') return name_or_string();
  first_on_line_ = false;
  if (is_digit(c) || (c == '.' && is_digit(static_cast<unsigned char>(peek(1))))) return number();
  return bracket_or_operator();
}

// At the start of a logical line: passes over what is empty, and compares the indentation.
bool PythonLexer::start_line(Token &token) {
  for (;;) {
    std::size_t column = 0;
    if (source_.substr(pos_, 3) == kByteOrderMark) pos_ += 3;
    for (; pos_ < source_.size(); ++pos_) {
      if (source_[pos_] == ' ')
        ++column;
      else if (source_[pos_] == '\t')
        column = (column / 8 + 1) * 8;
      else if (source_[pos_] == '\f')
        column = 0;
      else
        break;
    }
    if (peek() == '#' && pos_ < source_.size()) skip_comment();
    if (at_newline()) {
      skip_newline();
      if ((line_ & 0xFFF) == 0 && check_interrupt_) check_interrupt_();
      continue;
    }
    line_start_ = false;
    first_on_line_ = true;
    if (pos_ >= source_.size()) return false;
    return read_indent(column, token);
  }
}

bool PythonLexer::read_indent(std::size_t column, Token &token) {
  if (column > indents_.back()) {
    if (indents_.size() > kMaxIndents) {
      token = fail("too many levels of indentation", line_, pos_, true);
      return true;
    }
    indents_.push_back(column);
    token = {TokenKind::kIndent, line_, pos_, {}};
    return true;
  }
  std::size_t dedents = 0;
  while (column < indents_.back()) {
    indents_.pop_back();
    ++dedents;
  }
  if (column != indents_.back()) {
    dedents_ = dedents;
    token = fail("the indentation matches no line above", line_, pos_, false);
    return true;
  }
  if (dedents == 0) return false;
  dedents_ = dedents - 1;
  token = {TokenKind::kDedent, line_, pos_, {}};
  return true;
}

Token PythonLexer::finish() {
  if (!brackets_.empty()) {
    const Bracket open = brackets_.back();
    brackets_.clear();
    return fail(fmt::format("'{}' is never closed", open.open), open.line, open.offset, true);
  }
  if (line_has_token_) {
    line_has_token_ = false;
    return {TokenKind::kNewline, line_, pos_, {}};
  }
  if (indents_.size() > 1) {
    indents_.pop_back();
    return {TokenKind::kDedent, line_, pos_, {}};
  }
  return {TokenKind::kEnd, line_, pos_, {}};
}

Token PythonLexer::name_or_string() {
  const std::size_t start = pos_;
  while (pos_ < source_.size() && is_name_part(static_cast<unsigned char>(source_[pos_])) && !at_mark())
    ++pos_;
  const std::string_view text = source_.substr(start, pos_ - start);
  if (at_quote() && string_prefix(text).valid) {
    first_on_line_ = false;
    return string(start, pos_);
  }
  if (first_on_line_ && !brackets_.empty() && is_statement_only(text)) {
    const Bracket open = brackets_.back();
    brackets_.clear();
    // The word is read again, as the start of a line of its own.
    for (pos_ = start; pos_ > 0 && source_[pos_ - 1] != '\n' && source_[pos_ - 1] != '\r';) --pos_;
    line_start_ = true;
    line_has_token_ = false;
    return fail(fmt::format("'{}' is never closed", open.open), open.line, open.offset, false);
  }
  first_on_line_ = false;
  return make(TokenKind::kName, start, line_);
}

Token PythonLexer::number() {
  const std::size_t start = pos_;
  const bool hexadecimal = peek() == '0' && (peek(1) == 'x' || peek(1) == 'X');
  for (; pos_ < source_.size(); ++pos_) {
    const char c = source_[pos_];
    if ((c == '+' || c == '-') && !hexadecimal && (source_[pos_ - 1] == 'e' || source_[pos_ - 1] == 'E'))
      continue;
    if (c != '.' && !is_name_part(static_cast<unsigned char>(c))) break;
  }
  return make(TokenKind::kNumber, start, line_);
}

Token PythonLexer::bracket_or_operator() {
  static constexpr std::array<std::string_view, 24> kLong = {
      "**=", "//=", ">>=", "<<=", "...", "->", "+=", "-=", "*=", "/=", "%=", "&=",
      "|=",  "^=",  "@=",  "==",  "!=",  "<>", "<=", ">=", "**", "//", "<<", ">>"};
  const std::size_t start = pos_;
  const char c = source_[pos_];
  if (c == '(' || c == '[' || c == '{') {
    if (brackets_.size() >= kMaxBrackets) return fail("brackets are nested too deeply", line_, start, true);
    brackets_.push_back({c, line_, start});
    ++pos_;
    return make(TokenKind::kOperator, start, line_);
  }
  if (c == ')' || c == ']' || c == '}') {
    ++pos_;
    const char open = c == ')' ? '(' : c == ']' ? '[' : '{';
    if (brackets_.empty()) return fail(fmt::format("'{}' closes nothing", c), line_, start, false);
    const Bracket last = brackets_.back();
    brackets_.pop_back();
    if (last.open != open) {
      return fail(fmt::format("'{}' does not match '{}'", c, last.open), line_, start, false);
    }
    return make(TokenKind::kOperator, start, line_);
  }
  if (c == ',' || (c == '=' && peek(1) != '=')) {
    ++pos_;
    return make(TokenKind::kOperator, start, line_);
  }
  for (const std::string_view op : kLong) {
    if (op[0] != c || source_.substr(pos_, op.size()) != op) continue;
    pos_ += op.size();
    return make(TokenKind::kOperator, start, line_);
  }
  if (source_.substr(pos_, 2) == ":=") {
    pos_ += 2;
    return make(TokenKind::kOperator, start, line_);
  }
  ++pos_;
  if (std::string_view("+-*/%@&|^~<>,:.;=").find(c) != std::string_view::npos) {
    return make(TokenKind::kOperator, start, line_);
  }
  if (c == '\0') return fail("a null byte stands in the text", line_, start, false);
  return fail("an unexpected character stands here", line_, start, false);
}

Token PythonLexer::string(std::size_t start, std::size_t quote) {
  const std::uint32_t line = line_;
  const Prefix prefix = string_prefix(source_.substr(start, quote - start));
  const char mark = peek();
  const bool triple = at_triple();
  const bool closed = prefix.formatted ? skip_formatted(mark, triple) : skip_plain(mark, triple);
  if (!closed) return fail("a string is not closed", line, start, triple || pos_ >= source_.size());
  const TokenKind kind = prefix.formatted ? TokenKind::kFormatted
                         : prefix.bytes   ? TokenKind::kBytes
                                          : TokenKind::kString;
  return make(kind, start, line);
}

bool PythonLexer::skip_plain(char quote, bool triple) {
  pos_ += triple ? 3 : 1;
  while (pos_ < source_.size()) {
    const char c = source_[pos_];
    if (c == '\\') {
      ++pos_;
      if (at_newline())
        skip_newline();
      else if (pos_ < source_.size())
        ++pos_;
    } else if (c == '\n' || c == '\r') {
      if (!triple) return false;
      skip_newline();
    } else if (c != quote) {
      ++pos_;
    } else if (!triple) {
      ++pos_;
      return true;
    } else if (at_triple()) {
      pos_ += 3;
      return true;
    } else {
      ++pos_;
    }
  }
  return false;
}

// f'a {b["c"]!r:>{width}} d': literal text, replacement fields, and format specifications (which hold fields
// again); a field may hold any string, another f-string too.
bool PythonLexer::skip_formatted(char quote, bool triple) {
  enum class Mode { kText, kField, kSpec };
  struct Frame {
    char quote;
    bool triple;
    std::vector<std::pair<Mode, int>> modes;  // with the brackets open in a field
  };
  std::vector<Frame> frames;
  frames.push_back({quote, triple, {{Mode::kText, 0}}});
  pos_ += triple ? 3 : 1;
  while (pos_ < source_.size()) {
    Frame &frame = frames.back();
    const auto [mode, open] = frame.modes.back();
    const char c = source_[pos_];
    if (c == '\n' || c == '\r') {
      if (!frame.triple && mode != Mode::kField) return false;
      skip_newline();
      continue;
    }
    if (mode != Mode::kField) {
      if (c == '\\') {
        ++pos_;
        if (at_newline())
          skip_newline();
        else if (pos_ < source_.size() && peek() != '{' && peek() != '}')
          ++pos_;
      } else if (c == frame.quote && (!frame.triple || at_triple())) {
        if (mode == Mode::kSpec) return false;
        pos_ += frame.triple ? 3 : 1;
        frames.pop_back();
        if (frames.empty()) return true;
      } else if (c == '{') {
        ++pos_;
        if (mode == Mode::kText && peek() == '{') {
          ++pos_;
          continue;
        }
        if (frame.modes.size() >= kMaxStrings) return false;
        frame.modes.emplace_back(Mode::kField, 0);
      } else if (c == '}' && mode == Mode::kSpec) {
        ++pos_;
        frame.modes.pop_back();  // the specification, and the field that it belongs to
        frame.modes.pop_back();
      } else {
        ++pos_;
      }
      continue;
    }
    if (c == '\'' || c == '"') {
      const bool nested_triple = at_triple();
      std::size_t prefix = pos_;
      while (prefix > 0 && pos_ - prefix < 3 && is_name_part(static_cast<unsigned char>(source_[prefix - 1])))
        --prefix;
      if (string_prefix(source_.substr(prefix, pos_ - prefix)).formatted) {
        if (frames.size() >= kMaxStrings) return false;
        frames.push_back({c, nested_triple, {{Mode::kText, 0}}});
        pos_ += nested_triple ? 3 : 1;
      } else if (!skip_plain(c, nested_triple)) {
        return false;
      }
    } else if (c == '(' || c == '[' || c == '{') {
      ++frame.modes.back().second;
      ++pos_;
    } else if (open > 0 && (c == ')' || c == ']' || c == '}')) {
      --frame.modes.back().second;
      ++pos_;
    } else if (c == '}') {
      frame.modes.pop_back();
      ++pos_;
    } else if (c == ':' && open == 0) {
      if (frame.modes.size() >= kMaxStrings) return false;
      frame.modes.emplace_back(Mode::kSpec, 0);
      ++pos_;
    } else if (c == '#') {
      skip_comment();
    } else {
      ++pos_;
    }
  }
  return false;
}

}  // namespace migfix::core
