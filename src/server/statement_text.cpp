#include "server/statement_text.hpp"

extern "C" {
#include "access/xact.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pg_list.h"
#include "parser/parser.h"
#include "tcop/tcopprot.h"
}

namespace migfix::server {

namespace {

// More than this is not parsed again: the grammar's tree takes up to a hundred times the text's memory.
constexpr std::size_t kMostParsed = 8 << 20;

StatementPlace noted = {};

void forget_at_abort(SubXactEvent event, SubTransactionId, SubTransactionId, void *) {
  if (event == SUBXACT_EVENT_ABORT_SUB) noted = {};
}

void forget_at_end(XactEvent event, void *) {
  if (event == XACT_EVENT_ABORT || event == XACT_EVENT_PARALLEL_ABORT) noted = {};
}

// The query of a CREATE TABLE ... AS has been analysed since.
bool reads_the_same(const Node *raw, const Node *command) {
  if (nodeTag(raw) != nodeTag(command)) return false;
  if (!IsA(raw, CreateTableAsStmt)) return equal(raw, command);
  const auto *a = reinterpret_cast<const CreateTableAsStmt *>(raw);
  const auto *b = reinterpret_cast<const CreateTableAsStmt *>(command);
  return a->objtype == b->objtype && equal(a->into->rel, b->into->rel) &&
         equal(a->into->colNames, b->into->colNames);
}

// Runs inside call().
List *parse(const char *text) {
  error_context_stack = nullptr;  // a caller in PL/pgSQL would move the error's cursor into its own text
  return raw_parser(text, RAW_PARSE_DEFAULT);
}

std::string slice(std::string_view text, int location, int length) {
  const auto begin = static_cast<std::size_t>(std::max(location, 0));
  if (begin >= text.size()) return {};
  return std::string(
      text.substr(begin, length > 0 ? static_cast<std::size_t>(length) : std::string_view::npos));
}

// The text of one statement alone.
std::optional<ParsedCommand> parse_alone(std::string text, const Node *command) {
  if (text.empty() || text.size() > kMostParsed) return std::nullopt;
  ParsedCommand parsed{std::move(text), nullptr};
  const char *sql = parsed.text.c_str();
  List *statements = call([&] { return parse(sql); });
  if (list_length(statements) != 1) return std::nullopt;
  parsed.statement = linitial_node(RawStmt, statements);
  const bool same = call([&] { return reads_the_same(parsed.statement->stmt, command); });
  return same ? std::optional(std::move(parsed)) : std::nullopt;
}

// One of those that the client has sent in one text.
std::optional<ParsedCommand> parse_sent(const Node *command) {
  const char *sent = debug_query_string;
  if (sent == nullptr || strlen(sent) > kMostParsed) return std::nullopt;
  List *statements = call([&] { return parse(sent); });
  for (int i = 0; i < list_length(statements); ++i) {
    const auto *statement = list_nth_node(RawStmt, statements, i);
    if (!call([&] { return reads_the_same(statement->stmt, command); })) continue;
    return parse_alone(slice(sent, statement->stmt_location, statement->stmt_len), command);
  }
  return std::nullopt;
}

}  // namespace

StatementPlace note_statement(StatementPlace place) {
  return std::exchange(noted, place);
}

StatementPlace noted_statement() {
  return noted;
}

void watch_statements() {
  call([] {
    RegisterXactCallback(forget_at_end, nullptr);
    RegisterSubXactCallback(forget_at_abort, nullptr);
  });
}

ParsedCommand parse_command(const Node *command) {
  const StatementPlace place = noted;
  if (place.text != nullptr) {
    if (auto parsed = parse_alone(slice(place.text, place.location, place.length), command)) return *parsed;
  }
  if (auto parsed = parse_sent(command)) return *parsed;
  return {};
}

}  // namespace migfix::server
