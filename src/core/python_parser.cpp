#include "core/python_parser.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace migfix::core {
namespace {

bool is_keyword(std::string_view name) {
  static constexpr std::array<std::string_view, 35> kKeywords = {
      "False", "None",     "True",  "and",    "as",   "assert", "async",  "await",    "break",
      "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",  "for",
      "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal", "not",
      "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield"};
  return std::binary_search(kKeywords.begin(), kKeywords.end(), name);
}

}  // namespace

PythonParser::PythonParser(std::string_view source, const std::function<void()> &check_interrupt,
                           std::uint32_t first_line)
    : lexer_(source, check_interrupt, first_line), source_(source) {
  token_.line = first_line;
}

void PythonParser::fail(std::string reason) const {
  fail(std::move(reason), token_.line);
}

void PythonParser::fail(std::string reason, std::uint32_t line) const {
  throw SyntaxProblem{line, std::move(reason)};
}

void PythonParser::advance() {
  token_ = next_;
  pending_error_ = std::move(lexer_error_);
  lexer_error_.clear();
  if (token_.kind == TokenKind::kError) fail(pending_error_);
  next_ = lexer_.next();
  if (next_.kind == TokenKind::kError) lexer_error_ = lexer_.error();
}

bool PythonParser::accept(std::string_view op) {
  if (!token_.is(op)) return false;
  advance();
  return true;
}

bool PythonParser::accept_name(std::string_view name) {
  if (!token_.is_name(name)) return false;
  advance();
  return true;
}

void PythonParser::expect(std::string_view op) {
  if (!accept(op)) fail("'" + std::string(op) + "' is missing");
}

void PythonParser::expect_name(std::string_view name) {
  if (!accept_name(name)) fail("\"" + std::string(name) + "\" is missing");
}

std::string_view PythonParser::identifier() {
  if (token_.kind != TokenKind::kName) fail("a name is missing");
  if (is_keyword(token_.text)) fail("\"" + std::string(token_.text) + "\" cannot stand here");
  const std::string_view text = token_.text;
  advance();
  return text;
}

ExprId PythonParser::add(ExprKind kind, std::uint32_t line, std::string_view text,
                         const std::vector<ExprId> &children) {
  if (module_->exprs.size() >= kMaxNodes) fail("the file is too large to be read as a revision");
  Expr expr;
  expr.kind = kind;
  expr.line = line;
  expr.text = text;
  expr.first = static_cast<std::uint32_t>(module_->children.size());
  expr.count = static_cast<std::uint32_t>(children.size());
  module_->children.insert(module_->children.end(), children.begin(), children.end());
  module_->exprs.push_back(expr);
  return static_cast<ExprId>(module_->exprs.size() - 1);
}

std::string_view PythonParser::keep(std::string text) {
  module_->strings.push_back(std::move(text));
  return module_->strings.back();
}

void PythonParser::parse(PythonModule &module) {
  module_ = &module;
  next_ = lexer_.next();
  if (next_.kind == TokenKind::kError) lexer_error_ = lexer_.error();
  advance();
  while (token_.kind != TokenKind::kEnd) {
    if (token_.kind == TokenKind::kNewline)
      advance();
    else
      statement(module.body);
  }
}

PythonParse parse_python(std::string_view source, const std::function<void()> &check_interrupt,
                         std::uint32_t first_line) {
  PythonParse result;
  try {
    PythonParser(source, check_interrupt, first_line).parse(result.module);
  } catch (SyntaxProblem &problem) {
    result.module = {};
    result.problem = std::move(problem);
  }
  return result;
}

}  // namespace migfix::core
