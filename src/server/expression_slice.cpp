#include "server/expression_slice.hpp"

#include "server/tree_walk.hpp"

extern "C" {
#include "common/keywords.h"
#include "nodes/nodeFuncs.h"
#include "parser/scanner.h"
#include "utils/builtins.h"
}

namespace migfix::server {

namespace {

bool opens(int code) {
  return code == '(' || code == '[';
}
bool closes(int code) {
  return code == ')' || code == ']';
}

}  // namespace

void Tokens::scan() {
  const char *sql = text_.c_str();
  int count = 0;
  tokens_ = call([&] {
    error_context_stack = nullptr;
    int room = 64;
    auto *tokens = static_cast<Token *>(palloc(sizeof(Token) * room));
    core_yy_extra_type extra;
    core_yyscan_t scanner = scanner_init(sql, &extra, &ScanKeywords, ScanKeywordTokens);
    extra.escape_string_warning = false;
    for (;;) {
      core_YYSTYPE value;
      YYLTYPE location = 0;
      const int code = core_yylex(&value, &location, scanner);
      if (count == room) {
        room *= 2;
        tokens = static_cast<Token *>(repalloc_huge(tokens, sizeof(Token) * room));
      }
      if (code == 0) break;
      // The scanner puts a zero byte after the token that it has just read (flex's yytext).
      tokens[count++] = {code, location, location + static_cast<int>(strlen(extra.scanbuf + location))};
    }
    scanner_finish(scanner);
    return tokens;
  });
  const int end = static_cast<int>(text_.size());
  tokens_[count] = {0, end, end};
  count_ = count;
}

const Tokens::Token &Tokens::get(int token) {
  if (count_ < 0) scan();
  return tokens_[std::clamp(token, 0, count_)];
}

int Tokens::count() {
  if (count_ < 0) scan();
  return count_;
}

int Tokens::at(int location) {
  const int all = count();
  const Token *found = std::lower_bound(tokens_, tokens_ + all, location,
                                        [](const Token &token, int where) { return token.begin < where; });
  return static_cast<int>(found - tokens_);
}

int Tokens::begin(int token) {
  return get(token).begin;
}
int Tokens::end(int token) {
  return get(token).end;
}
bool Tokens::is(int token, char sign) {
  return get(token).code == sign;
}

bool Tokens::is_word(int token, std::string_view word) {
  const Token &it = get(token);
  if (static_cast<std::size_t>(it.end - it.begin) != word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char c = text_[static_cast<std::size_t>(it.begin) + i];
    if ((c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) != word[i]) return false;
  }
  return true;
}

int Tokens::find(TokenRange range, char sign) {
  int depth = 0;
  for (int i = range.first; i < range.last; ++i) {
    const int code = get(i).code;
    if (depth == 0 && code == sign) return i;
    if (opens(code)) ++depth;
    if (closes(code)) --depth;
  }
  return range.last;
}

int Tokens::find_word(TokenRange range, std::string_view word) {
  int depth = 0;
  for (int i = range.first; i < range.last; ++i) {
    if (depth == 0 && is_word(i, word)) return i;
    const int code = get(i).code;
    if (opens(code)) ++depth;
    if (closes(code)) --depth;
  }
  return range.last;
}

int Tokens::item_end(TokenRange range) {
  int depth = 0;
  for (int i = range.first; i < range.last; ++i) {
    const int code = get(i).code;
    if (depth == 0 && (code == ',' || closes(code))) return i;
    if (opens(code)) ++depth;
    if (closes(code)) --depth;
  }
  return range.last;
}

int Tokens::closing(int open, int last) {
  int depth = 0;
  for (int i = open; i < last; ++i) {
    const int code = get(i).code;
    if (opens(code)) ++depth;
    if (closes(code) && --depth == 0) return i;
  }
  return last;
}

TokenRange Tokens::enclosed(TokenRange range) {
  const int open = find(range, '(');
  if (open == range.last) return {range.last, range.last};
  return {open + 1, closing(open, range.last)};
}

std::vector<TokenRange> Tokens::items(TokenRange range) {
  std::vector<TokenRange> items;
  while (range.first < range.last) {
    const int end = item_end(range);
    items.push_back({range.first, end});
    range.first = end + 1;
  }
  return items;
}

int Tokens::after_name(int token) {
  for (++token;; token += 2) {
    if (is_word(token, "uescape")) token += 2;
    if (!is(token, '.')) return token;
  }
}

std::string Tokens::text(TokenRange range) {
  if (range.empty()) return {};
  const int first = begin(range.first);
  return text_.substr(static_cast<std::size_t>(first), static_cast<std::size_t>(end(range.last - 1) - first));
}

namespace {

struct FoundColumn {
  int location;
  int qualifiers;  // names in front of it
  const char *column;
};

struct FoundColumns {
  const OwnTable *table;
  FoundColumn *items;
  int count;
  int room;
};

// Whether the names in front of a column's are those of its own table.
bool is_own(const OwnTable &table, const List *fields) {
  const int qualifiers = list_length(fields) - 1;
  if (qualifiers == 0) return true;
  if (qualifiers > 2 || strcmp(strVal(list_nth(fields, qualifiers - 1)), table.name) != 0) return false;
  return qualifiers == 1 || (table.schema != nullptr && strcmp(strVal(linitial(fields)), table.schema) == 0);
}

bool collect(Node *node, void *context) {
  if (node == nullptr) return false;
  if (IsA(node, TypeName)) return false;  // its modifiers look like columns: geometry(point)
  if (!IsA(node, ColumnRef)) return walk_parsed(node, collect, context);
  auto *found = static_cast<FoundColumns *>(context);
  const auto *reference = reinterpret_cast<const ColumnRef *>(node);
  const auto *last = static_cast<const Node *>(llast(reference->fields));
  if (!IsA(last, String) || !is_own(*found->table, reference->fields)) return false;
  if (found->count == found->room) {
    found->room = found->room == 0 ? 8 : found->room * 2;
    const Size size = sizeof(FoundColumn) * found->room;
    found->items =
        static_cast<FoundColumn *>(found->items == nullptr ? palloc(size) : repalloc(found->items, size));
  }
  found->items[found->count++] = {reference->location, list_length(reference->fields) - 1, strVal(last)};
  return false;
}

}  // namespace

core::Expression slice_expression(Tokens &tokens, TokenRange range, const Node *tree, const OwnTable &table) {
  core::Expression expression;
  expression.text = tokens.text(range);
  if (table.name == nullptr) return expression;
  FoundColumns found{&table, nullptr, 0, 0};
  call([&] { collect(const_cast<Node *>(tree), &found); });
  std::sort(found.items, found.items + found.count,
            [](const FoundColumn &a, const FoundColumn &b) { return a.location < b.location; });
  const int base = tokens.begin(range.first);
  std::ptrdiff_t shift = 0;  // of what stands behind, by what was changed
  for (int i = 0; i < found.count; ++i) {
    const FoundColumn &it = found.items[i];
    int token = tokens.at(it.location);
    if (tokens.begin(token) != it.location || token < range.first || token >= range.last) continue;
    for (int left = it.qualifiers; left > 0 && token < range.last; ++token) {
      if (tokens.is(token, '.')) --left;
    }
    // An identifier with UESCAPE is several tokens: it stays as it is.
    if (token >= range.last || tokens.is_word(token + 1, "uescape")) continue;
    const auto begin = static_cast<std::size_t>(it.location - base + shift);
    std::string name = tokens.text({token, token + 1});
    if (it.qualifiers > 0) {
      // After a dot it may have been a word of SQL.
      const char *quoted = call([&] { return quote_identifier(it.column); });
      if (name.front() != '"' && *quoted == '"') name = quoted;
      const auto written = static_cast<std::size_t>(tokens.end(token) - it.location);
      expression.text.replace(begin, written, name);
      shift += static_cast<std::ptrdiff_t>(name.size()) - static_cast<std::ptrdiff_t>(written);
    }
    expression.columns.push_back(
        {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(name.size()), it.column});
  }
  return expression;
}

}  // namespace migfix::server
