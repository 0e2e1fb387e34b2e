#include <gtest/gtest.h>

#include <string>

#include "core/python_syntax.hpp"

namespace migfix::core {
namespace {

std::string show(const PythonModule &module, ExprId id) {
  const Expr &expr = module.at(id);
  const auto children = [&](std::uint32_t from = 0) {
    std::string out;
    for (std::uint32_t i = from; i < expr.count; ++i)
      out += (i > from ? ", " : "") + show(module, module.child(expr, i));
    return out;
  };
  const std::string text(expr.text);
  switch (expr.kind) {
    case ExprKind::kString:
      return "'" + text + "'";
    case ExprKind::kAttribute:
      return show(module, module.child(expr, 0)) + "." + text;
    case ExprKind::kCall:
      return show(module, module.child(expr, 0)) + "(" + children(1) + ")";
    case ExprKind::kKeyword:
      return text + "=" + children();
    case ExprKind::kStarred:
      return "*" + children();
    case ExprKind::kDoubleStarred:
      return "**" + children();
    case ExprKind::kTuple:
      return "(" + children() + ")";
    case ExprKind::kList:
      return "[" + children() + "]";
    case ExprKind::kSet:
      return "{" + children() + "}";
    case ExprKind::kDict:
      return "dict{" + children() + "}";
    case ExprKind::kSum:
      return "sum(" + children() + ")";
    case ExprKind::kUnary:
      return text + "<" + children() + ">";
    case ExprKind::kCompare:
      return text + "<" + children() + ">";
    case ExprKind::kBoolean:
      return text + "<" + children() + ">";
    case ExprKind::kConditional:
      return "if<" + children() + ">";
    case ExprKind::kSubscript:
      return "at<" + children() + ">";
    case ExprKind::kOpaque:
      return "?" + text + "?";
    default:
      return text;
  }
}

// The first statement's value.
std::string expression(const std::string &source) {
  const PythonParse parse = parse_python(source);
  if (parse.problem) return "line " + std::to_string(parse.problem->line) + ": " + parse.problem->reason;
  if (parse.module.body.empty() || parse.module.body[0].value == kNoExpr) return "no value";
  return show(parse.module, parse.module.body[0].value);
}

TEST(PythonParser, Expressions) {
  EXPECT_EQ(expression("f(1, a.b, *c, k='x' \"y\", **d)"), "f(1, a.b, *c, k='xy', **d)");
  EXPECT_EQ(expression("'a' + b + ('c' + 'd')"), "sum('a', b, sum('c', 'd'))");
  EXPECT_EQ(expression("'a' + b - c"), "?a computed value?");
  EXPECT_EQ(expression("(a,)"), "(a)");
  EXPECT_EQ(expression("x = 1, *a, (2)"), "(1, *a, 2)");
  EXPECT_EQ(expression("{**a, 'b': 1}"), "dict{**a, **a, 'b', 1}");
  EXPECT_EQ(expression("{a, b,}"), "{a, b}");
  EXPECT_EQ(expression("a if b else c if d else e"), "if<a, b, if<c, d, e>>");
  EXPECT_EQ(expression("not a == 'b' and c in d or e is not f"),
            "or<and<not<==<a, 'b'>>, in<c, d>>, is not<e, f>>");
  EXPECT_EQ(expression("[x for x in y if z]"), "?a comprehension?");
  EXPECT_EQ(expression("f(x async for x in y)"), "f(?a comprehension?)");
  EXPECT_EQ(expression("lambda a, *b, c=1, **d: a"), "?a lambda?");
  EXPECT_EQ(expression("a[1]"), "at<a, 1>");
  EXPECT_EQ(expression("a[1:2, ::3]"), "?a subscript?");
  EXPECT_EQ(expression("-1"), "-<1>");
  EXPECT_EQ(expression("f'{x}' 'y'"), "?an f-string?");
  EXPECT_EQ(expression("b'x'"), "?a byte string?");
  EXPECT_EQ(expression("(yield x)"), "?a yield?");
  EXPECT_EQ(expression("(a := 1)"), "?an assignment within an expression?");
}

TEST(PythonParser, Statements) {
  const std::string source =
      "import a.b as c, d\nfrom . import (x as y,\n z,)\nfrom ...q.r import *\n@deco(1)\nasync def f(a, /, "
      "b: int = 1, *, c, **d) -> int:\n  '''doc'''\n"
      "  return a\nclass A(B, metaclass=C): pass\nif a: b = 1\nelif c: d\nelse:\n  e\nfor i, *j in k: "
      "pass\nelse: pass\n"
      "while x: break\ntry: pass\nexcept* (A, B) as e: pass\nelse: pass\nfinally: pass\nwith (a as b, c): "
      "pass\n"
      "with (a).b(c) as d, e: pass\na: int\nb: int = 3\na = b = c\na += 1\ndel a, b\nglobal g\nassert a, "
      "b\nraise A from B\n"
      "match x, y:\n  case [1, *_] if z:\n    w = 1\ntype T[K: int] = list[K]\ndef g[T](a: T): pass\n";
  const PythonParse parse = parse_python(source);
  ASSERT_FALSE(parse.problem) << parse.problem->line << parse.problem->reason;
  const auto &body = parse.module.body;
  ASSERT_EQ(body.size(), 22U);
  EXPECT_EQ(body[0].imports[0].module, "a.b");
  EXPECT_EQ(body[0].imports[0].alias, "c");
  EXPECT_EQ(body[1].imports[0].module, ".");
  EXPECT_EQ(body[1].imports[1].name, "z");
  EXPECT_EQ(body[2].imports[0].module, "...q.r");
  EXPECT_EQ(body[3].kind, StatementKind::kFunction);
  EXPECT_EQ(body[3].names, (std::vector<std::string_view>{"a", "b", "c", "d"}));
  EXPECT_EQ(body[3].targets.size(), 1U);
  EXPECT_EQ(body[5].branches.size(), 3U);
  EXPECT_EQ(body[8].branches.size(), 4U);
  EXPECT_EQ(body[9].items.size(), 2U);
  EXPECT_EQ(body[10].items.size(), 2U);
  EXPECT_EQ(body[11].kind, StatementKind::kAnnotation);
  EXPECT_EQ(body[13].targets.size(), 2U);
  EXPECT_EQ(body[19].kind, StatementKind::kMatch);
}

TEST(PythonParser, SoftKeywordsAreNames) {
  EXPECT_EQ(expression("match = 1"), "1");
  EXPECT_EQ(expression("match(x)[1].y"), "at<match(x), 1>.y");
  EXPECT_EQ(expression("type(x)"), "type(x)");
  EXPECT_EQ(expression("case = type if match else _"), "if<type, match, _>");
}

TEST(PythonParser, ProblemsHaveLineAndReason) {
  EXPECT_EQ(expression("a = 1\nb = (\n"), "line 2: '(' is never closed");
  EXPECT_EQ(expression("a\nprint 'x'\n"), "line 2: the statement does not end here");
  EXPECT_EQ(expression("def f():\nx = 1\n"), "line 2: an indented block is missing");
  EXPECT_EQ(expression("  a = 1\n"), "line 1: the indentation is unexpected");
  EXPECT_EQ(expression("a = = 1"), "line 1: this is no expression");
  EXPECT_EQ(expression("f(\n1 2)"), "line 2: ')' is missing");
  EXPECT_EQ(expression("x = 'a\n"), "line 1: a string is not closed");
  EXPECT_EQ(expression("def 1(): pass"), "line 1: a name is missing");
  EXPECT_EQ(expression("try: pass\nx"), "line 2: \"except\" or \"finally\" is missing");
}

TEST(PythonParser, NestingAMillionDeepIsAProblem) {
  constexpr int kDeep = 1'000'000;
  const auto repeat = [](std::string_view text) {
    std::string out;
    for (int i = 0; i < kDeep; ++i) out += text;
    return out;
  };
  for (const std::string &source :
       {repeat("("), repeat("[") + repeat("]"), repeat("-") + "1", repeat("not ") + "1", "a" + repeat(".b"),
        "a" + repeat("()"), repeat("lambda:") + "1", repeat("1 if 1 else ") + "1", "1" + repeat("**1"),
        repeat("f(a=")}) {
    const PythonParse parse = parse_python(source);
    ASSERT_TRUE(parse.problem) << source.substr(0, 20);
    EXPECT_NE(parse.problem->reason.find("too deeply"), std::string::npos) << parse.problem->reason;
    EXPECT_TRUE(parse.module.exprs.empty());
  }
  std::string sum = "'a'";
  for (int i = 0; i < 50'000; ++i) sum += "+'a'";
  EXPECT_EQ(expression(sum).substr(0, 10), "sum('a', '");
}

TEST(PythonParser, SizeIsLimited) {
  std::string source;
  for (int i = 0; i < 600'000; ++i) source += "a=1\n";
  const PythonParse parse = parse_python(source);
  ASSERT_TRUE(parse.problem);
  EXPECT_EQ(parse.problem->reason, "the file is too large to be read as a revision");
}

}  // namespace
}  // namespace migfix::core
