// The parser behind parse_python(); expressions and statements are read in a file each.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "core/python_lexer.hpp"
#include "core/python_syntax.hpp"

namespace migfix::core {

/// Recursive descent over a PythonLexer. Every method throws SyntaxProblem where the source cannot be read.
class PythonParser {
 public:
  PythonParser(std::string_view source, const std::function<void()> &check_interrupt,
               std::uint32_t first_line);

  void parse(PythonModule &module);

 private:
  static constexpr std::size_t kMaxDepth = 250;        // of nested expressions
  static constexpr std::size_t kMaxChain = 250;        // of a.b().c ...
  static constexpr std::size_t kMaxNodes = 4'000'000;  // of expressions in one file
  static constexpr std::size_t kMaxStatements = 500'000;

  struct Deeper;  // counts nesting while it lives

  // python_parser.cpp
  [[noreturn]] void fail(std::string reason) const;
  [[noreturn]] void fail(std::string reason, std::uint32_t line) const;
  void advance();
  bool accept(std::string_view op);
  bool accept_name(std::string_view name);
  void expect(std::string_view op);
  void expect_name(std::string_view name);
  std::string_view identifier();
  ExprId add(ExprKind kind, std::uint32_t line, std::string_view text,
             const std::vector<ExprId> &children = {});
  std::string_view keep(std::string text);

  // python_expression.cpp
  ExprId expression();       // a test, a lambda, or name := test
  ExprId expressions();      // a, *b, c: a tuple where there is a comma
  ExprId star_expression();  // *a or expression
  ExprId targets();          // of for and del: stops in front of "in"
  ExprId lambda();
  ExprId boolean(std::string_view word);
  ExprId negation();
  ExprId comparison();
  ExprId arithmetic(int level);
  ExprId unary();
  ExprId primary();
  ExprId atom();
  ExprId strings();
  ExprId parenthesis();
  ExprId list();
  ExprId braces();
  ExprId call(ExprId callee);
  ExprId subscript(ExprId object);
  ExprId comprehension(std::vector<ExprId> parts, std::uint32_t line);
  ExprId yield();
  bool at_expression_end() const;

  // python_statement.cpp
  void count_statement();
  void statement(std::vector<Statement> &body);
  void simple_statements(std::vector<Statement> &body);
  Statement simple_statement();
  Statement assignment_or_expression();
  Statement import_statement();
  Statement from_statement();
  Statement if_statement();
  Statement loop_statement();
  Statement try_statement();
  Statement with_statement();
  Statement function_statement();
  Statement class_statement();
  Statement match_block(std::uint32_t line);
  ExprId with_target();
  void with_items(Statement &with);
  void parameters(std::string_view close, Statement *function);
  std::vector<Statement> block();
  std::string_view dotted_name();
  void type_parameters();

  PythonLexer lexer_;
  PythonModule *module_ = nullptr;
  std::string_view source_;
  Token token_;
  Token next_;
  std::size_t depth_ = 0;
  std::size_t statements_ = 0;
  std::string lexer_error_;  // of next_, if it is a kError
  std::string pending_error_;
};

}  // namespace migfix::core
