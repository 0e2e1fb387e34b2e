// One SQL statement as the server's own grammar reads it.
#pragma once

#include "server/boundary.hpp"
#include "core/offline_sql.hpp"
#include "core/version_table.hpp"

namespace migfix::server {

/// What a text of SQL was found to be.
struct ParsedStatement {
  core::SqlPiece::Kind kind = core::SqlPiece::Kind::kOther;
  int statements = 1;  // in the text: 0 where there are but blanks and comments
  core::VersionWrite write;
  core::OperationKind operation = core::OperationKind::kOther;
  std::string object;
  std::string error;           // kUnreadable: the server's message
  std::size_t error_byte = 0;  // kUnreadable: where in the text
};

/// Parses `text`, without analysing it. Nothing is looked up, nothing run. Memory is taken from
/// CurrentMemoryContext and left to it. An error in the text is part of the answer; anything else is thrown
/// (cancel, out of memory).
ParsedStatement parse_statement(const std::string &text);

/// One of the statements that are sent in one text, as op.execute sends them.
struct StatementInText {
  std::string text;  // without the semicolon
  core::OperationKind operation = core::OperationKind::kOther;
  std::string object;
};

struct ParsedText {
  std::vector<StatementInText> statements;
  std::string error;  // the server's message where it is no SQL; then there are no statements
};

/// Parses a text of any number of statements. As parse_statement, but it keeps no memory.
ParsedText parse_text(const std::string &text);

/// Whether the report is about the text that was scanned or parsed, and not about the server's own state.
bool is_error_of_text(const ErrorData &error);

/// The byte that the report's cursor stands on in `text`; 0 where it has none.
std::size_t cursor_byte(const ErrorData &error, const char *text, std::size_t length);

}  // namespace migfix::server
