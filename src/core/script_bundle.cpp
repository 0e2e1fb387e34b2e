#include "core/script_bundle.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/python_lexer.hpp"
#include "core/python_string.hpp"

namespace migfix::core {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::size_t line_end(std::string_view text, std::size_t from) {
  while (from < text.size() && text[from] != '\n' && text[from] != '\r') ++from;
  return from;
}

std::size_t next_line(std::string_view text, std::size_t from) {
  std::size_t end = line_end(text, from);
  if (end < text.size() && text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n') ++end;
  return end < text.size() ? end + 1 : end;
}

// The name that a marker line gives, if it is one.
std::optional<std::string> marker_name(std::string_view line) {
  if (line.substr(0, 3) == kByteOrderMark) line.remove_prefix(3);
  if (line.substr(0, 4) == "==> ") {
    const std::string_view body = strip(line);
    if (body.size() <= 8 || body.substr(body.size() - 4) != " <==") return std::nullopt;
    return std::string(strip(body.substr(4, body.size() - 8)));
  }
  if (line.empty() || line[0] != '#') return std::nullopt;
  line.remove_prefix(1);
  while (!line.empty() && line[0] == ' ') line.remove_prefix(1);
  if (line.substr(0, 5) != "file:" && line.substr(0, 5) != "File:") return std::nullopt;
  const std::string_view name = strip(line.substr(5));
  if (name.empty()) return std::nullopt;
  return std::string(name);
}

// One file as its statements pass by; when a new one begins, where.
class Splitter {
 public:
  Splitter(std::string_view text, std::uint32_t line, const std::function<void()> &check_interrupt)
      : text_(text), line_(line), check_interrupt_(check_interrupt) {}

  std::vector<std::pair<std::size_t, std::uint32_t>> starts();  // offset and line of every file

 private:
  struct Place {
    std::size_t offset;
    std::uint32_t line;
  };

  enum class What { kString, kImport, kFuture, kRevision, kDownRevision, kBoth, kBody, kOther };

  void statement(What what, const Token &first);
  void identifier(bool revision, Place here);
  bool scan(std::size_t &from, std::uint32_t &line);
  What classify(const Token &first, PythonLexer &lexer, Token &token);
  void begin(std::size_t offset, std::uint32_t line);
  std::size_t with_comments(std::size_t offset, std::uint32_t &line) const;
  std::optional<std::pair<std::size_t, std::uint32_t>> resync(std::size_t from, std::uint32_t line) const;
  bool marked(std::size_t offset) const { return text_.substr(offset, 3) == kByteOrderMark; }

  std::string_view text_;
  std::uint32_t line_;
  const std::function<void()> &check_interrupt_;
  std::vector<std::pair<std::size_t, std::uint32_t>> starts_;
  bool empty_ = true;  // no statement of this file yet
  bool body_ = false;  // def, class, if ... was seen since the identifiers
  bool has_revision_ = false;
  bool has_down_ = false;
  std::optional<Place> header_;  // the first docstring, else import, since the last body
  bool header_is_string_ = false;
  std::optional<Place> tentative_revision_;  // begins a file if a `down_revision` follows
  std::optional<Place> tentative_down_;      // the other way round
};

std::vector<std::pair<std::size_t, std::uint32_t>> Splitter::starts() {
  starts_.emplace_back(0, line_);
  std::size_t from = 0;
  std::uint32_t line = line_;
  // A string that never ends has been read up to the end of the text, so such restarts are counted.
  for (int restarts = 0; restarts < 20 && !scan(from, line); ++restarts) {
  }
  return std::move(starts_);
}

// Where reading can go on behind a fault: a line that opens a docstring as Alembic's template writes it.
std::optional<std::pair<std::size_t, std::uint32_t>> Splitter::resync(std::size_t from,
                                                                      std::uint32_t line) const {
  for (std::size_t at = next_line(text_, from); at < text_.size(); at = next_line(text_, at)) {
    ++line;
    const std::string_view mark = text_.substr(at, 3);
    if (mark != "\"\"\"" && mark != "'''") continue;
    const std::size_t close = text_.find(mark, at + 3);
    const std::string_view doc =
        text_.substr(at, std::min<std::size_t>(close == std::string_view::npos ? 0 : close - at, 4096));
    if (doc.find("\nRevision ID: ") != std::string_view::npos) return std::pair{at, line};
  }
  return std::nullopt;
}

bool Splitter::scan(std::size_t &from, std::uint32_t &line) {
  const std::string_view rest = text_.substr(from);
  const std::size_t base = from;
  PythonLexer lexer(rest, check_interrupt_, line);
  bool at_start = true;
  bool is_simple = false;   // the line began with a statement that holds no others
  bool ends_value = false;  // the token before is one that no string can follow
  Token token = lexer.next();
  for (;;) {
    if (token.kind == TokenKind::kEnd) return true;
    if (token.kind == TokenKind::kError && lexer.fatal()) {
      const auto next = resync(base + token.offset, token.line);
      if (!next) return true;
      begin(next->first, next->second);
      from = next->first;
      line = next->second;
      return false;
    }
    if (token.kind == TokenKind::kNewline || (token.kind == TokenKind::kError && lexer.at_line_start())) {
      at_start = true;
    } else if (token.kind != TokenKind::kIndent && token.kind != TokenKind::kDedent &&
               token.kind != TokenKind::kError) {
      if (at_start && lexer.at_top_level()) {
        const Token first{token.kind, token.line, base + token.offset, token.text};
        const What what = classify(token, lexer, token);
        statement(what, first);
        is_simple = what != What::kBody;
        at_start = false;
        continue;  // classify has read on
      }
      // A file without a final line end: the next one's docstring follows on the same line.
      const bool header = token.kind == TokenKind::kString && lexer.outside_brackets() &&
                          token.text.find("\nRevision ID: ") != std::string_view::npos;
      if (header && ends_value) begin(base + token.offset, token.line);
      at_start = is_simple && token.is(";") && lexer.at_top_level();  // another statement on the same line
    }
    ends_value = token.kind == TokenKind::kName || token.kind == TokenKind::kNumber || token.is(")") ||
                 token.is("]") || token.is("}");
    token = lexer.next();
  }
}

// Reads a top-level statement as far as it takes to say what it is; `token` becomes the first token not
// looked at.
Splitter::What Splitter::classify(const Token &first_token, PythonLexer &lexer, Token &token) {
  const Token first = first_token;
  token = lexer.next();
  if (first.kind == TokenKind::kString) {
    while (token.kind == TokenKind::kString) token = lexer.next();
    return token.kind == TokenKind::kNewline || token.kind == TokenKind::kEnd ? What::kString : What::kOther;
  }
  if (first.is("@")) return What::kBody;
  if (first.kind != TokenKind::kName) return What::kOther;
  static constexpr std::string_view kBody[] = {"def", "class", "async", "if", "for", "while", "with", "try"};
  for (const auto word : kBody) {
    if (first.text == word) return What::kBody;
  }
  if (first.text == "import") return What::kImport;
  if (first.text == "from") return token.is_name("__future__") ? What::kFuture : What::kImport;
  bool revision = false;
  bool down = false;
  // revision = , revision: str = , revision, down_revision = , revision = identifier =
  Token name = first;
  for (int names = 0; names < 8; ++names) {
    if (name.kind == TokenKind::kName) {
      revision = revision || name.text == "revision";
      down = down || name.text == "down_revision";
    }
    if (!token.is(",") && !token.is("=")) break;
    name = lexer.next();
    if (name.kind != TokenKind::kName) {
      token = name;
      break;
    }
    token = lexer.next();
  }
  if (revision && down) return What::kBoth;
  if (revision) return What::kRevision;
  return down ? What::kDownRevision : What::kOther;
}

// The comment lines right above a statement belong to it, a coding cookie among them.
std::size_t Splitter::with_comments(std::size_t offset, std::uint32_t &line) const {
  const std::size_t floor = starts_.back().first;
  while (offset > floor) {
    std::size_t end = offset;
    if (end > 0 && text_[end - 1] == '\n') --end;
    if (end > 0 && end == offset - 1 && text_[end - 1] == '\r') --end;
    if (end == offset) break;
    std::size_t begin = end;
    while (begin > floor && text_[begin - 1] != '\n' && text_[begin - 1] != '\r') --begin;
    const bool comment = text_[begin] == '#' || (marked(begin) && text_.substr(begin + 3, 1) == "#");
    if (begin >= end || !comment || begin <= floor) break;
    offset = begin;
    --line;
  }
  return offset;
}

void Splitter::begin(std::size_t offset, std::uint32_t line) {
  const std::size_t start = with_comments(offset, line);
  if (start > starts_.back().first) starts_.emplace_back(start, line);
  empty_ = false;
  body_ = has_revision_ = has_down_ = false;
  header_.reset();
  tentative_revision_.reset();
  tentative_down_.reset();
}

// A second `revision` or `down_revision` begins a new file once its counterpart follows: behind a body, or
// behind a complete first pair. Alone it is what Python takes it for, the last assignment.
void Splitter::identifier(bool revision, Place here) {
  bool &seen = revision ? has_revision_ : has_down_;
  const bool complete = body_ || (has_revision_ && has_down_);
  std::optional<Place> &own = revision ? tentative_revision_ : tentative_down_;
  const std::optional<Place> &other = revision ? tentative_down_ : tentative_revision_;
  if (other) {
    const Place place = *other;
    begin(place.offset, place.line);
    has_revision_ = has_down_ = true;
  } else if (!revision && seen && body_ && header_ && !has_revision_) {
    const Place place = *header_;  // Alembic 0.1 wrote no `revision`
    begin(place.offset, place.line);
    has_down_ = true;
  } else if (seen && complete) {
    own = header_ ? *header_ : here;
  } else {
    seen = true;
  }
}

void Splitter::statement(What what, const Token &first) {
  std::size_t offset = first.offset;
  const bool mark = offset >= 3 && marked(offset - 3);
  if (mark) offset -= 3;
  if (!empty_ && (mark || what == What::kFuture)) {
    // Only a docstring may stand in front of a __future__ import.
    const bool own = what == What::kFuture && header_ && header_is_string_;
    const Place place = own && !mark ? *header_ : Place{offset, first.line};
    const bool first_statements = what == What::kFuture && !mark && !has_revision_ && !has_down_ && !body_;
    if (!first_statements) begin(place.offset, place.line);
  }
  const bool was_empty = empty_;
  empty_ = false;
  const Place here{offset, first.line};
  switch (what) {
    case What::kBody:
      body_ = true;
      header_.reset();
      tentative_revision_.reset();
      tentative_down_.reset();
      break;
    case What::kString:
      if (!was_empty && !header_is_string_) header_.reset();
      if (!was_empty && !header_) {
        header_ = here;
        header_is_string_ = true;
        // Alembic's own header is a file's first statement, whatever stands in front of it.
        if (first.text.find("Revision ID: ") != std::string_view::npos &&
            (has_revision_ || has_down_ || body_)) {
          begin(here.offset, here.line);
        }
      }
      break;
    case What::kImport:
    case What::kFuture:
      if (!was_empty && !header_) {
        header_ = here;
        header_is_string_ = false;
      }
      break;
    case What::kRevision:
      identifier(true, here);
      break;
    case What::kDownRevision:
      identifier(false, here);
      break;
    case What::kBoth:
      identifier(true, here);
      identifier(false, here);
      break;
    case What::kOther:
      break;
  }
}

// Where a file that ends in a comment without a line end has swallowed the opening quotes of the next one's
// docstring.
std::vector<std::size_t> swallowed_starts(std::string_view text,
                                          const std::function<void()> &check_interrupt) {
  constexpr std::string_view kHeader = "\nRevision ID: ";
  std::vector<std::size_t> starts;
  std::size_t count = 0;
  for (std::size_t at = text.find(kHeader); at != std::string_view::npos; at = text.find(kHeader, at + 1)) {
    if ((++count & 0xFF) == 0 && check_interrupt) check_interrupt();
    const std::size_t floor = at > 4096 ? at - 4096 : 0;
    const std::string_view before = text.substr(floor, at - floor);
    const std::size_t twice = before.rfind("\"\"\"");
    // Only a later one counts; there is none in most texts, and the way back to their beginning is long.
    const std::size_t behind = twice == std::string_view::npos ? 0 : twice + 3;
    const std::size_t single = before.substr(behind).rfind("'''");
    if (single == std::string_view::npos && twice == std::string_view::npos) continue;
    const std::size_t open = single == std::string_view::npos ? twice : behind + single;
    const std::size_t line = before.find_last_of("\r\n", open);
    const std::string_view prefix = before.substr(line == std::string_view::npos ? 0 : line + 1,
                                                  open - (line == std::string_view::npos ? 0 : line + 1));
    const std::size_t comment = prefix.find('#');
    if (comment != std::string_view::npos && prefix.find_first_of("'\"") > comment)
      starts.push_back(floor + open);
  }
  return starts;
}

}  // namespace

std::vector<ScriptFile> split_scripts(std::string_view text, const std::function<void()> &check_interrupt) {
  struct Marker {
    std::size_t begin;
    std::size_t end;
    std::string name;
  };
  std::vector<Marker> markers;
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); at = next_line(text, at)) {
    if ((++count & 0xFFF) == 0 && check_interrupt) check_interrupt();
    const std::string_view head = text.substr(at, 4);
    if (head.empty() || (head[0] != '#' && head[0] != '=' && head[0] != '\xEF')) continue;
    const std::size_t end = line_end(text, at);
    if (auto name = marker_name(text.substr(at, std::min<std::size_t>(end - at, 4096)))) {
      markers.push_back({at, next_line(text, at), std::move(*name)});
    }
  }
  std::vector<ScriptFile> files;
  const std::size_t unmarked = markers.empty() ? text.size() : markers.front().begin;
  const std::string_view head = text.substr(0, unmarked);
  if (!strip(head).empty()) {
    std::vector<std::size_t> cuts = swallowed_starts(head, check_interrupt);
    cuts.push_back(head.size());
    std::size_t from = 0;
    std::uint32_t line = 1;
    for (const std::size_t cut : cuts) {
      const std::string_view part = head.substr(from, cut - from);
      const auto starts = Splitter(part, line, check_interrupt).starts();
      for (std::size_t i = 0; i < starts.size(); ++i) {
        const std::size_t end = i + 1 < starts.size() ? starts[i + 1].first : part.size();
        ScriptFile file;
        file.name = "script " + std::to_string(files.size() + 1);
        file.line = starts[i].second;
        file.text = part.substr(starts[i].first, end - starts[i].first);
        files.push_back(std::move(file));
      }
      for (std::size_t at = 0; at < part.size(); at = next_line(part, at)) {
        if (line_end(part, at) < part.size()) ++line;
      }
      from = cut;
    }
  }
  for (std::size_t i = 0; i < markers.size(); ++i) {
    const std::size_t end = i + 1 < markers.size() ? markers[i + 1].begin : text.size();
    ScriptFile file;
    file.name = std::move(markers[i].name);
    file.named = true;
    file.text = text.substr(markers[i].end, end - markers[i].end);
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace migfix::core
