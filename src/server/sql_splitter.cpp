#include "server/sql_splitter.hpp"

#include "server/scannable.hpp"
#include "server/statement_parser.hpp"

extern "C" {
#include "mb/pg_wchar.h"
#include "parser/scanner.h"
#include "utils/memutils.h"
}

namespace migfix::server {

namespace {

constexpr std::string_view kBlank = " \t\r\f\n";
constexpr std::size_t kLongestReason = 400;  // in bytes
constexpr int kTokensBetweenChecks = 4096;
constexpr int kMostStrayLines = 8;  // in front of one statement
// The scanner copies what it is given, and does not go on after an error: it gets a window of the text, and a
// larger one where a statement is longer.
constexpr std::size_t kWindow = 64 << 10;
constexpr std::size_t kWindowGrowth = 8;
constexpr std::size_t kLongestToken = 4096;  // that an error may be about
// All windows together; a text that needs more is no script.
constexpr std::size_t kFreeScan = 1 << 30;
constexpr std::size_t kScanFactor = 8;

// The server's scanner on a window of the text. Plain data: it is used inside call().
struct Scanner {
  core_yyscan_t state;  // null: none is at work
  core_yy_extra_type extra;
  MemoryContext context;
  MemoryContext tokens;
  std::size_t base;  // where in the text its window begins
  std::size_t end;   // and ends
  int enclosed;      // the first semicolon of this statement that is not at the top; -1: none
};

// Whether the name at `word` is `name`, a word in small letters.
bool is_word(const char *word, const char *name) {
  for (; *name != '\0'; ++word, ++name) {
    if (pg_tolower(static_cast<unsigned char>(*word)) != static_cast<unsigned char>(*name)) return false;
  }
  const unsigned char next = static_cast<unsigned char>(*word);
  return !(isalnum(next) || next == '_' || next == '$' || IS_HIGHBIT_SET(next));
}

// psqlscan.l's memory of the first words of a statement, and of BEGIN ... END in a function's body.
struct Nesting {
  int parentheses;
  int begins;
  int words;
  char first[4];

  bool is_top() const { return parentheses == 0 && begins == 0; }
  bool is_routine() const {
    const auto makes = [](char c) { return c == 'f' || c == 'p'; };
    return first[0] == 'c' && (makes(first[1]) || (first[1] == 'o' && first[2] == 'r' && makes(first[3])));
  }
  void word(const char *at) {
    if (words < 4) {
      for (const char *known : {"create", "function", "procedure", "or", "replace"}) {
        if (is_word(at, known)) first[words] = known[0];
      }
      ++words;
    }
    if (!is_routine() || parentheses > 0) return;
    if (is_word(at, "begin") || (begins > 0 && is_word(at, "case")))
      ++begins;
    else if (begins > 0 && is_word(at, "end"))
      --begins;
  }
};

// Scans on to the next top-level semicolon. Returns where it stands in the window; -1 where none does.
int next_semicolon(Scanner &scanner) {
  MemoryContext caller = MemoryContextSwitchTo(scanner.tokens);
  Nesting nesting{};
  int found = -1;
  scanner.enclosed = -1;
  for (int count = 1;; ++count) {
    if (count % kTokensBetweenChecks == 0) {
      CHECK_FOR_INTERRUPTS();
      MemoryContextReset(scanner.tokens);
    }
    core_YYSTYPE value;
    YYLTYPE location;
    const int token = core_yylex(&value, &location, scanner.state);
    if (token == 0) break;
    if (token == ';' && nesting.is_top()) {
      found = location;
      break;
    }
    if (token == ';' && nesting.begins == 0 && scanner.enclosed < 0) scanner.enclosed = location;
    if (token == '(') {
      ++nesting.parentheses;
    } else if (token == ')') {
      if (nesting.parentheses > 0) --nesting.parentheses;
    } else if (nesting.words < 4 || nesting.is_routine()) {
      const char *at = scanner.extra.scanbuf + location;
      if (isalpha(static_cast<unsigned char>(*at)) || *at == '_' || IS_HIGHBIT_SET(*at)) nesting.word(at);
    }
  }
  MemoryContextSwitchTo(caller);
  MemoryContextReset(scanner.tokens);
  return found;
}

// Whether a quote, a dollar quote or a comment begins at the head of `text`: if the scanner stops there, it
// does not end.
bool begins_literal(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? text[i] : '\0'; };
  switch (at(0)) {
    case '\'':
      return true;
    case '"':
      return at(1) != '"';
    case '$':
      return !isdigit(static_cast<unsigned char>(at(1)));
    case '/':
      return at(1) == '*';
    case 'e':
    case 'E':
    case 'b':
    case 'B':
    case 'x':
    case 'X':
    case 'n':
    case 'N':
      return at(1) == '\'';
    case 'u':
    case 'U':
      return at(1) == '&';
    default:
      return false;
  }
}

std::string_view trimmed_end(std::string_view text) {
  const std::size_t last = text.find_last_not_of(kBlank);
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

// Lines by byte, for positions that mostly grow.
class LineCounter {
 public:
  explicit LineCounter(std::string_view text) : text_(text) {}
  std::uint32_t line_of(std::size_t at) {
    const auto begin = text_.begin();
    if (at >= at_)
      line_ += static_cast<std::uint32_t>(std::count(begin + at_, begin + at, '\n'));
    else
      line_ -= static_cast<std::uint32_t>(std::count(begin + at, begin + at_, '\n'));
    at_ = at;
    return line_;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
};

class Splitter {
 public:
  Splitter(const std::string &text, core::OfflineSqlReader &reader)
      : text_(text), reader_(reader), lines_(text), caller_(CurrentMemoryContext) {
    contexts_ =
        call([] { return AllocSetContextCreate(CurrentMemoryContext, "migfix SQL", ALLOCSET_SMALL_SIZES); });
    try {
      call([&] {
        scanner_.context = AllocSetContextCreate(contexts_, "migfix scanner", ALLOCSET_SMALL_SIZES);
        scanner_.tokens = AllocSetContextCreate(contexts_, "migfix tokens", ALLOCSET_DEFAULT_SIZES);
        statement_ = AllocSetContextCreate(contexts_, "migfix statement", ALLOCSET_DEFAULT_SIZES);
      });
    } catch (...) {
      MemoryContextDelete(contexts_);
      throw;
    }
    MemoryContextSwitchTo(statement_);
  }
  ~Splitter() {
    MemoryContextSwitchTo(caller_);
    MemoryContextDelete(contexts_);
  }
  Splitter(const Splitter &) = delete;
  Splitter &operator=(const Splitter &) = delete;

  void run() {
    std::size_t at = 0;
    for (;;) {
      check_for_interrupts();
      at = skip_gap(at);
      if (at == text_.size()) return;
      if (reader_.is_hopeless() || scanned_ > kFreeScan + kScanFactor * text_.size()) {
        reader_.stop(lines_.line_of(at));
        return;
      }
      at = statement(at);
      MemoryContextReset(statement_);
    }
  }

 private:
  std::string_view from(std::size_t begin, std::size_t end) const { return text_.substr(begin, end - begin); }

  // Over blanks, comments and what the reader takes, to the first byte of a statement; sets begin_.
  std::size_t skip_gap(std::size_t at) {
    bool same_line = at > 0 && text_[at - 1] == ';';  // as the statement before
    std::size_t comments = std::string_view::npos;
    while (at < text_.size()) {
      if (kBlank.find(text_[at]) != std::string_view::npos) {
        same_line = same_line && text_[at] != '\n';
        ++at;
        continue;
      }
      const bool is_line_start = at == 0 || text_[at - 1] == '\n';
      if (text_.substr(at, 2) == "--") {
        const std::size_t end = std::min(text_.find_first_of("\r\n", at), text_.size());
        if (is_line_start && reader_.comment(from(at, end), lines_.line_of(at)))
          comments = std::string_view::npos;
        else if (!same_line && comments == std::string_view::npos)
          comments = at;
        at = end;
      } else if (text_.substr(at, 2) == "/*") {
        const std::size_t end = comment_end(at);
        if (end == std::string_view::npos) break;  // the scanner will say it
        if (!same_line && comments == std::string_view::npos) comments = at;
        at = end;
      } else {
        const std::size_t taken = is_line_start ? reader_.take(text_.substr(at), lines_.line_of(at)) : 0;
        if (taken == 0) break;
        hide(at, at + taken);
        at += taken;
        comments = std::string_view::npos;
      }
    }
    begin_ = std::min(comments, at);
    return at;
  }

  // Block comments nest. npos: it does not end.
  std::size_t comment_end(std::size_t at) const {
    int depth = 0;
    for (; (at = text_.find_first_of("/*", at)) != std::string_view::npos; ++at) {
      const std::string_view pair = text_.substr(at, 2);
      if (pair == "/*") {
        ++depth;
        ++at;
      } else if (pair == "*/") {
        ++at;
        if (--depth == 0) return at + 1;
      }
    }
    return std::string_view::npos;
  }

  // The scanner reads in place and has not got beyond the semicolon before, so what stands here can still be
  // blanked out in its copy.
  void hide(std::size_t begin, std::size_t end) {
    end = std::min(end, scanner_.end);
    if (scanner_.state != nullptr && begin < end)
      memset(scanner_.extra.scanbuf + (begin - scanner_.base), ' ', end - begin);
  }

  void open_scanner(std::size_t at, std::size_t length) {
    const std::string window(text_.substr(at, length));
    const char *rest = window.c_str();
    scanner_.base = at;
    scanner_.end = at + window.size();
    scanned_ += window.size();
    scanner_.state = call([&] {
      MemoryContext caller = MemoryContextSwitchTo(scanner_.context);
      core_yyscan_t state = scanner_init(rest, &scanner_.extra, &ScanKeywords, ScanKeywordTokens);
      scanner_.extra.escape_string_warning = false;
      MemoryContextSwitchTo(caller);
      return state;
    });
  }

  void close_scanner() {
    if (scanner_.state == nullptr) return;
    scanner_.state = nullptr;
    MemoryContextReset(scanner_.context);
    MemoryContextReset(scanner_.tokens);
  }

  struct End {
    std::size_t at = 0;  // of the semicolon, or of the text
    bool ended = false;
  };

  // The end of the statement whose first token is at `at`.
  End find_end(std::size_t at) {
    for (std::size_t window = kWindow;; window *= kWindowGrowth) {
      if (scanner_.state == nullptr) open_scanner(at, window);
      if (const auto end = find_end_in_window(at)) return *end;
      if (scanner_.base != at) window = kWindow / kWindowGrowth;  // it had begun with other statements
      close_scanner();
    }
  }

  // Nothing where the window ends before it can be said.
  std::optional<End> find_end_in_window(std::size_t at) {
    const auto position = [&](int location) { return scanner_.base + static_cast<std::size_t>(location); };
    std::optional<std::size_t> error;
    try {
      const int found = call([&] {
        error_context_stack = nullptr;  // see parse_statement
        return next_semicolon(scanner_);
      });
      if (found >= 0) return End{position(found), true};
    } catch (const PgError &report) {
      if (!is_error_of_text(*report.data)) throw;
      const std::size_t length = scanner_.end - scanner_.base;
      error = std::max(at, scanner_.base + cursor_byte(*report.data, scanner_.extra.scanbuf, length));
    }
    const bool is_endless = !error || begins_literal(text_.substr(*error));
    const bool is_all = scanner_.end == text_.size();
    if (!is_all && (is_endless || *error + kLongestToken > scanner_.end)) return std::nullopt;
    // A parenthesis that is never closed costs this statement and not all that follow.
    const std::optional<std::size_t> enclosed =
        scanner_.enclosed >= 0 ? std::optional(position(scanner_.enclosed)) : std::nullopt;
    close_scanner();
    if (enclosed) return End{*enclosed, true};
    const std::size_t end = is_endless ? std::string_view::npos : text_.find(";\n", *error);
    return end == std::string_view::npos ? End{text_.size(), false} : End{end, true};
  }

  // The statement whose first token is at `at`. Returns where the next one may begin.
  std::size_t statement(std::size_t at) {
    const End end = find_end(at);
    if (end.ended && end.at == at) return at + 1;  // a semicolon alone
    const std::size_t next = end.ended ? end.at + 1 : end.at;
    const std::string_view text = trimmed_end(from(begin_, end.at));
    const ParsedStatement parsed = parse_statement(std::string(text));
    if (parsed.kind != core::SqlPiece::Kind::kUnreadable) {
      emit(text, parsed, end.ended);
      return next;
    }
    const std::size_t point = reader_.recovery_point(from(at, next));
    if (parsed.error_byte == at - begin_) {
      if (const auto after = drop_lines(at, end, point == 0 ? end.at : at + point)) return *after;
    }
    if (point == 0) {
      emit(text, parsed, end.ended);
      return next;
    }
    close_scanner();
    emit_before(trimmed_end(from(begin_, at + point)));
    return at + point;
  }

  // A print() in a migration leaves lines in front of the next statement, whose first token is what the
  // parser stumbles over. Passes them over where SQL follows up to `limit`, and returns where the next
  // statement may begin.
  std::optional<std::size_t> drop_lines(std::size_t at, const End &end, std::size_t limit) {
    std::size_t line = at;
    for (int lines = 1; lines <= kMostStrayLines; ++lines) {
      line = core::next_line(text_, line);
      if (line > limit || line >= end.at) return std::nullopt;
      const bool is_rest = is_statement(from(line, end.at));
      if (!is_rest && line == limit) return std::nullopt;
      if (!is_rest) {
        // A quote in what was printed makes the end of the statement a wrong one.
        const std::size_t semicolon = text_.find(";\n", line);
        if (semicolon == std::string_view::npos || !is_statement(from(line, semicolon))) continue;
        close_scanner();
      }
      for (std::size_t stray = at; stray < line; stray = core::next_line(text_, stray))
        reader_.stray_line(core::line_at(text_, stray), lines_.line_of(stray));
      if (!is_rest) return line;
      const std::size_t first = skip_gap(line);
      if (first >= end.at) return first;  // the reader has taken the statement
      const std::string_view text = trimmed_end(from(begin_, end.at));
      emit(text, parse_statement(std::string(text)), end.ended);
      return end.ended ? end.at + 1 : end.at;
    }
    return std::nullopt;
  }

  static bool is_statement(std::string_view text) {
    const ParsedStatement parsed = parse_statement(std::string(text));
    return parsed.kind != core::SqlPiece::Kind::kUnreadable && parsed.statements == 1;
  }

  // What stands before Alembic's own next words, which nothing parted from it.
  void emit_before(std::string_view text) {
    const bool ended = text.ends_with(';');
    if (ended) text = trimmed_end(text.substr(0, text.size() - 1));
    const ParsedStatement parsed = parse_statement(std::string(text));
    if (ended || parsed.kind != core::SqlPiece::Kind::kUnreadable)
      emit(text, parsed, true);
    else
      reader_.stray_line(text, lines_.line_of(begin_));
  }

  void emit(std::string_view text, const ParsedStatement &parsed, bool ended) {
    core::SqlPiece piece;
    piece.kind = parsed.kind;
    piece.text = text;
    piece.line = lines_.line_of(begin_);
    piece.ended = ended;
    piece.write = parsed.write;
    piece.operation = parsed.operation;
    piece.object = parsed.object;
    if (parsed.kind == core::SqlPiece::Kind::kUnreadable) {
      const std::string &reason = parsed.error;
      const int length = pg_mbcliplen(reason.data(), static_cast<int>(reason.size()), kLongestReason);
      piece.reason = reason.substr(0, static_cast<std::size_t>(length));
      piece.error_line = lines_.line_of(begin_ + parsed.error_byte);
    }
    reader_.piece(std::move(piece));
  }

  std::string_view text_;  // ends with a zero byte
  core::OfflineSqlReader &reader_;
  LineCounter lines_;
  MemoryContext caller_;
  MemoryContext contexts_ = nullptr;
  MemoryContext statement_ = nullptr;
  Scanner scanner_{};
  std::size_t begin_ = 0;  // of the statement, with the comments in front of it
  std::size_t scanned_ = 0;
};

}  // namespace

void split_sql(const std::string &text, core::OfflineSqlReader &reader) {
  if (const auto run = unscannable_run(text)) {
    throw core::Error(core::kProgramLimitExceeded, "the text would take the server's scanner too long",
                      fmt::format("Line {} has {} operator characters in one run.", run->line, run->length));
  }
  Splitter(text, reader).run();
}

}  // namespace migfix::server
