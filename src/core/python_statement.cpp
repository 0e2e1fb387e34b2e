// Statements.
#include <utility>

#include "core/python_parser.hpp"

namespace migfix::core {

void PythonParser::count_statement() {
  if (++statements_ > kMaxStatements) fail("the file is too large to be read as a revision");
}

void PythonParser::statement(std::vector<Statement> &body) {
  if (token_.kind == TokenKind::kIndent) fail("the indentation is unexpected");
  if (token_.is("@")) {
    body.push_back(function_statement());
    return;
  }
  if (token_.kind != TokenKind::kName) {
    simple_statements(body);
    return;
  }
  const std::string_view word = token_.text;
  if (word == "if")
    body.push_back(if_statement());
  else if (word == "for" || word == "while")
    body.push_back(loop_statement());
  else if (word == "try")
    body.push_back(try_statement());
  else if (word == "with")
    body.push_back(with_statement());
  else if (word == "def")
    body.push_back(function_statement());
  else if (word == "class")
    body.push_back(class_statement());
  else if (word == "async") {
    if (next_.is_name("def")) {
      body.push_back(function_statement());
    } else {
      advance();
      if (token_.is_name("for"))
        body.push_back(loop_statement());
      else if (token_.is_name("with"))
        body.push_back(with_statement());
      else
        fail("\"async\" cannot stand here");
    }
  } else {
    simple_statements(body);
  }
}

void PythonParser::simple_statements(std::vector<Statement> &body) {
  for (;;) {
    body.push_back(simple_statement());
    if (body.back().kind == StatementKind::kMatch) return;  // it has taken its block
    if (!accept(";")) break;
    if (token_.kind == TokenKind::kNewline || token_.kind == TokenKind::kEnd) break;
  }
  if (token_.kind == TokenKind::kEnd) return;
  if (token_.kind != TokenKind::kNewline) fail("the statement does not end here");
  advance();
}

Statement PythonParser::simple_statement() {
  count_statement();
  Statement result;
  result.line = token_.line;
  if (token_.kind != TokenKind::kName) return assignment_or_expression();
  const std::string_view word = token_.text;
  if (word == "import") return import_statement();
  if (word == "from") return from_statement();
  if (word == "pass" || word == "break" || word == "continue") {
    advance();
  } else if (word == "return") {
    result.kind = StatementKind::kReturn;
    advance();
    if (!at_expression_end()) result.value = expressions();
  } else if (word == "raise") {
    result.kind = StatementKind::kRaise;
    advance();
    if (!at_expression_end()) result.value = expression();
    if (accept_name("from")) expression();
  } else if (word == "global" || word == "nonlocal") {
    result.kind = StatementKind::kGlobal;
    advance();
    do result.names.push_back(identifier());
    while (accept(","));
  } else if (word == "del") {
    result.kind = StatementKind::kDelete;
    advance();
    result.targets.push_back(targets());
  } else if (word == "assert") {
    advance();
    expression();
    if (accept(",")) expression();
  } else if (word == "type" && next_.kind == TokenKind::kName && !next_.is_name("in") &&
             !next_.is_name("is") && !next_.is_name("not") && !next_.is_name("and") && !next_.is_name("or") &&
             !next_.is_name("if")) {
    advance();
    result.names.push_back(identifier());
    type_parameters();
    expect("=");
    expression();
  } else {
    return assignment_or_expression();
  }
  return result;
}

Statement PythonParser::assignment_or_expression() {
  Statement result;
  result.kind = StatementKind::kExpression;
  result.line = token_.line;
  const bool may_match = token_.is_name("match");
  const ExprId first = may_match &&
                               (next_.kind == TokenKind::kName || next_.kind == TokenKind::kString ||
                                next_.kind == TokenKind::kNumber || next_.kind == TokenKind::kFormatted) &&
                               !next_.is_name("in") && !next_.is_name("is") && !next_.is_name("and") &&
                               !next_.is_name("or") && !next_.is_name("if") && !next_.is_name("not")
                           ? (advance(), expressions())
                           : expressions();
  if (token_.is(":")) {
    if (may_match && next_.kind == TokenKind::kNewline) return match_block(result.line);
    advance();
    const ExprId annotation = expression();
    static_cast<void>(annotation);
    result.targets.push_back(first);
    if (!accept("=")) {
      result.kind = StatementKind::kAnnotation;
      return result;
    }
    result.kind = StatementKind::kAssign;
    result.value = expressions();
    return result;
  }
  if (token_.is("=")) {
    result.kind = StatementKind::kAssign;
    ExprId last = first;
    while (accept("=")) {
      result.targets.push_back(last);
      last = expressions();
    }
    result.value = last;
    return result;
  }
  if (token_.kind == TokenKind::kOperator && token_.text.size() >= 2 && token_.text.back() == '=' &&
      at_expression_end()) {
    result.kind = StatementKind::kAugmented;
    result.name = token_.text;
    advance();
    result.targets.push_back(first);
    result.value = expressions();
    return result;
  }
  result.value = first;
  return result;
}

// The subject has been read; patterns are passed over, and what they or the bodies may assign is noted.
Statement PythonParser::match_block(std::uint32_t line) {
  Statement result;
  result.kind = StatementKind::kMatch;
  result.line = line;
  expect(":");
  if (token_.kind != TokenKind::kNewline) fail("the statement does not end here");
  advance();
  if (token_.kind != TokenKind::kIndent) fail("an indented block is missing");
  std::size_t depth = 0;
  do {
    if (token_.kind == TokenKind::kIndent)
      ++depth;
    else if (token_.kind == TokenKind::kDedent)
      --depth;
    else if (token_.kind == TokenKind::kEnd)
      return result;
    else if (token_.kind == TokenKind::kName)
      result.names.push_back(token_.text);
    if (result.names.size() > kMaxNodes) fail("the file is too large to be read as a revision");
    advance();
  } while (depth > 0);
  return result;
}

std::string_view PythonParser::dotted_name() {
  const std::size_t start = token_.offset;
  std::size_t end = start + token_.text.size();
  bool plain = true;
  std::string joined(token_.text);
  identifier();
  while (token_.is(".")) {
    advance();
    plain = plain && token_.offset == end + 1;
    end = token_.offset + token_.text.size();
    joined += '.';
    joined += token_.text;
    identifier();
  }
  return plain ? source_.substr(start, end - start) : keep(std::move(joined));
}

Statement PythonParser::import_statement() {
  Statement result;
  result.kind = StatementKind::kImport;
  result.line = token_.line;
  advance();
  do {
    ImportedName name;
    name.module = dotted_name();
    if (accept_name("as")) name.alias = identifier();
    result.imports.push_back(name);
  } while (accept(","));
  return result;
}

Statement PythonParser::from_statement() {
  Statement result;
  result.kind = StatementKind::kImport;
  result.line = token_.line;
  advance();
  std::string module;
  while (token_.is(".") || token_.is("...")) {
    module += token_.text;
    advance();
  }
  if (!token_.is_name("import")) module += dotted_name();
  if (module.empty()) fail("a module name is missing");
  const std::string_view kept = keep(std::move(module));
  expect_name("import");
  if (accept("*")) {
    result.imports.push_back({kept, "*", {}});
    return result;
  }
  const bool enclosed = accept("(");
  do {
    if (enclosed && token_.is(")")) break;
    ImportedName name;
    name.module = kept;
    name.name = identifier();
    if (accept_name("as")) name.alias = identifier();
    result.imports.push_back(name);
  } while (accept(","));
  if (enclosed) expect(")");
  return result;
}

std::vector<Statement> PythonParser::block() {
  count_statement();
  expect(":");
  std::vector<Statement> body;
  if (token_.kind != TokenKind::kNewline) {
    simple_statements(body);
    return body;
  }
  advance();
  if (token_.kind != TokenKind::kIndent) fail("an indented block is missing");
  advance();
  while (token_.kind != TokenKind::kDedent && token_.kind != TokenKind::kEnd) statement(body);
  if (token_.kind == TokenKind::kDedent) advance();
  return body;
}

Statement PythonParser::if_statement() {
  Statement result;
  result.kind = StatementKind::kIf;
  result.line = token_.line;
  do {
    advance();
    Branch branch;
    branch.condition = expression();
    branch.body = block();
    result.branches.push_back(std::move(branch));
  } while (token_.is_name("elif"));
  if (accept_name("else")) result.branches.push_back({kNoExpr, {}, block()});
  return result;
}

Statement PythonParser::loop_statement() {
  Statement result;
  result.kind = StatementKind::kLoop;
  result.line = token_.line;
  const bool is_for = token_.is_name("for");
  advance();
  if (is_for) {
    result.targets.push_back(targets());
    expect_name("in");
    result.value = expressions();
  } else {
    result.value = expression();
  }
  result.branches.push_back({kNoExpr, {}, block()});
  if (accept_name("else")) result.branches.push_back({kNoExpr, {}, block()});
  return result;
}

Statement PythonParser::try_statement() {
  Statement result;
  result.kind = StatementKind::kTry;
  result.line = token_.line;
  advance();
  result.branches.push_back({kNoExpr, {}, block()});
  while (token_.is_name("except") || token_.is_name("else") || token_.is_name("finally")) {
    Branch branch;
    const bool handler = token_.is_name("except");
    advance();
    if (handler) {
      accept("*");
      if (!token_.is(":")) expressions();
      if (accept_name("as")) branch.name = identifier();
    }
    branch.body = block();
    result.branches.push_back(std::move(branch));
  }
  if (result.branches.size() == 1) fail("\"except\" or \"finally\" is missing");
  return result;
}

ExprId PythonParser::with_target() {
  return token_.is("(") || token_.is("[") ? atom() : primary();
}

// A parenthesised list of items can only be told from a parenthesised expression behind it; both are read as
// expressions, with "as" taken inside brackets too.
void PythonParser::with_items(Statement &with) {
  const bool enclosed = token_.is("(");
  if (enclosed) {
    advance();
    std::vector<std::pair<ExprId, ExprId>> items;
    while (!token_.is(")")) {
      const ExprId item = star_expression();
      const ExprId target = accept_name("as") ? with_target() : kNoExpr;
      items.emplace_back(item, target);
      if (!accept(",")) break;
    }
    const std::uint32_t line = token_.line;
    expect(")");
    if (token_.is(":") || items.size() != 1 || items[0].second != kNoExpr) {
      if (accept_name("as")) {
        with.items.push_back(add(ExprKind::kOpaque, line, "a context"));
        with.targets.push_back(with_target());
        return;
      }
      for (const auto &[item, target] : items) {
        with.items.push_back(item);
        with.targets.push_back(target);
      }
      return;
    }
    // (expression).attribute(...) as name, and the like
    ExprId item = items[0].first;
    while (token_.is(".") || token_.is("(") || token_.is("[")) {
      if (accept("."))
        item = add(ExprKind::kAttribute, line, identifier(), {item});
      else
        item = token_.is("(") ? call(item) : subscript(item);
    }
    with.items.push_back(item);
    with.targets.push_back(accept_name("as") ? with_target() : kNoExpr);
    if (!accept(",")) return;
  }
  do {
    const ExprId item = expression();
    with.items.push_back(item);
    with.targets.push_back(accept_name("as") ? with_target() : kNoExpr);
  } while (accept(","));
}

Statement PythonParser::with_statement() {
  Statement result;
  result.kind = StatementKind::kWith;
  result.line = token_.line;
  advance();
  with_items(result);
  result.branches.push_back({kNoExpr, {}, block()});
  return result;
}

// The parameters of def and lambda, up to `close`; a default is read and left.
void PythonParser::parameters(std::string_view close, Statement *function) {
  while (!token_.is(close)) {
    if (accept("/")) {
    } else if (token_.is("*") && next_.is(",")) {
      advance();
    } else {
      if (!accept("*")) accept("**");
      const std::string_view name = identifier();
      if (function != nullptr) {
        function->names.push_back(name);
        if (accept(":")) star_expression();
      }
      if (accept("=")) expression();
    }
    if (!accept(",")) break;
  }
  expect(close);
}

void PythonParser::type_parameters() {
  if (!accept("[")) return;
  while (!token_.is("]")) {
    if (!accept("*")) accept("**");
    identifier();
    if (accept(":")) expression();
    if (accept("=")) star_expression();
    if (!accept(",")) break;
  }
  expect("]");
}

Statement PythonParser::function_statement() {
  Statement result;
  result.kind = StatementKind::kFunction;
  result.line = token_.line;
  while (accept("@")) {
    result.targets.push_back(expression());
    if (token_.kind != TokenKind::kNewline) fail("the statement does not end here");
    advance();
  }
  if (token_.is_name("class")) {
    Statement decorated = class_statement();
    decorated.targets.insert(decorated.targets.begin(), result.targets.begin(), result.targets.end());
    return decorated;
  }
  accept_name("async");
  expect_name("def");
  result.name = identifier();
  type_parameters();
  expect("(");
  parameters(")", &result);
  if (accept("->")) expressions();
  result.branches.push_back({kNoExpr, {}, block()});
  return result;
}

Statement PythonParser::class_statement() {
  Statement result;
  result.kind = StatementKind::kClass;
  result.line = token_.line;
  expect_name("class");
  result.name = identifier();
  type_parameters();
  if (token_.is("(")) call(add(ExprKind::kName, token_.line, result.name));
  result.branches.push_back({kNoExpr, {}, block()});
  return result;
}

}  // namespace migfix::core
