// Expressions: one method a level of the grammar, loosest first.
#include <array>
#include <utility>

#include "core/python_parser.hpp"
#include "core/python_string.hpp"

namespace migfix::core {

struct PythonParser::Deeper {
  explicit Deeper(PythonParser &parser) : parser(parser) {
    if (++parser.depth_ > kMaxDepth) {
      --parser.depth_;
      parser.fail("expressions are nested too deeply");
    }
  }
  ~Deeper() { --parser.depth_; }
  Deeper(const Deeper &) = delete;
  Deeper &operator=(const Deeper &) = delete;
  PythonParser &parser;
};

namespace {

constexpr int kTightest = 5;

// How tightly a binary operator binds: 0 for |, kTightest for *; -1 for what is none.
int level_of(const Token &token) {
  if (token.kind != TokenKind::kOperator || token.text.size() > 2) return -1;
  const bool twice = token.text.size() == 2 && token.text[0] == token.text[1];
  if (token.text.size() == 2 && !twice) return -1;
  switch (token.text[0]) {
    case '|':
      return twice ? -1 : 0;
    case '^':
      return twice ? -1 : 1;
    case '&':
      return twice ? -1 : 2;
    case '<':
    case '>':
      return twice ? 3 : -1;
    case '+':
    case '-':
      return twice ? -1 : 4;
    case '*':
    case '%':
    case '@':
      return twice ? -1 : kTightest;
    case '/':
      return kTightest;
    default:
      return -1;
  }
}

// Whether a comparison may go on with this token.
bool may_compare(const Token &token) {
  if (token.kind == TokenKind::kName) return token.text == "in" || token.text == "is" || token.text == "not";
  if (token.kind != TokenKind::kOperator) return false;
  return token.text[0] == '<' || token.text[0] == '>' || token.text == "==" || token.text == "!=";
}

}  // namespace

bool PythonParser::at_expression_end() const {
  switch (token_.kind) {
    case TokenKind::kNewline:
    case TokenKind::kEnd:
    case TokenKind::kIndent:
    case TokenKind::kDedent:
      return true;
    case TokenKind::kOperator:
      return token_.text == ")" || token_.text == "]" || token_.text == "}" || token_.text == "=" ||
             token_.text == ":" || token_.text == ";" || token_.text == "," ||
             (token_.text.size() >= 2 && token_.text.back() == '=' && token_.text != "==" &&
              token_.text != "!=" && token_.text != "<=" && token_.text != ">=");
    case TokenKind::kName:
      return token_.text == "in" || token_.text == "for" || token_.text == "async";
    default:
      return false;
  }
}

ExprId PythonParser::star_expression() {
  if (!token_.is("*")) return expression();
  const std::uint32_t line = token_.line;
  advance();
  const ExprId value = arithmetic(0);
  return add(ExprKind::kStarred, line, {}, {value});
}

ExprId PythonParser::expressions() {
  const std::uint32_t line = token_.line;
  if (token_.is_name("yield")) return yield();
  const ExprId first = star_expression();
  if (!token_.is(",")) return first;
  std::vector<ExprId> items{first};
  while (accept(",")) {
    if (at_expression_end()) break;
    items.push_back(star_expression());
  }
  return add(ExprKind::kTuple, line, {}, items);
}

ExprId PythonParser::targets() {
  const std::uint32_t line = token_.line;
  const auto one = [this]() -> ExprId {
    const std::uint32_t star = token_.line;
    if (accept("*")) {
      const ExprId value = arithmetic(0);
      return add(ExprKind::kStarred, star, {}, {value});
    }
    return arithmetic(0);
  };
  const ExprId first = one();
  if (!token_.is(",")) return first;
  std::vector<ExprId> items{first};
  while (accept(",")) {
    if (at_expression_end()) break;
    items.push_back(one());
  }
  return add(ExprKind::kTuple, line, {}, items);
}

ExprId PythonParser::yield() {
  const std::uint32_t line = token_.line;
  advance();
  std::vector<ExprId> parts;
  if (accept_name("from"))
    parts.push_back(expression());
  else if (!at_expression_end())
    parts.push_back(expressions());
  return add(ExprKind::kOpaque, line, "a yield", parts);
}

ExprId PythonParser::expression() {
  const Deeper deeper(*this);
  const std::uint32_t line = token_.line;
  if (token_.is_name("lambda")) return lambda();
  if (token_.kind == TokenKind::kName && next_.is(":=")) {
    const ExprId name = add(ExprKind::kName, line, identifier());
    advance();
    const ExprId value = expression();
    return add(ExprKind::kOpaque, line, "an assignment within an expression", {name, value});
  }
  const ExprId value = boolean("or");
  if (!token_.is_name("if")) return value;
  advance();
  const ExprId condition = boolean("or");
  expect_name("else");
  const ExprId other = expression();
  return add(ExprKind::kConditional, line, {}, {value, condition, other});
}

ExprId PythonParser::lambda() {
  const std::uint32_t line = token_.line;
  advance();
  parameters(":", nullptr);
  const ExprId body = expression();
  return add(ExprKind::kOpaque, line, "a lambda", {body});
}

ExprId PythonParser::boolean(std::string_view word) {
  const std::uint32_t line = token_.line;
  const auto operand = [&] { return word == "or" ? boolean("and") : negation(); };
  const ExprId first = operand();
  if (!token_.is_name(word)) return first;
  std::vector<ExprId> operands{first};
  while (accept_name(word)) operands.push_back(operand());
  return add(ExprKind::kBoolean, line, word, operands);
}

ExprId PythonParser::negation() {
  const std::uint32_t line = token_.line;
  if (!token_.is_name("not")) return comparison();
  const Deeper deeper(*this);
  advance();
  const ExprId value = negation();
  return add(ExprKind::kUnary, line, "not", {value});
}

ExprId PythonParser::comparison() {
  static constexpr std::array<std::string_view, 7> kOperators = {"==", "!=", "<", ">", "<=", ">=", "<>"};
  const std::uint32_t line = token_.line;
  const ExprId first = arithmetic(0);
  if (!may_compare(token_)) return first;
  std::vector<ExprId> operands{first};
  std::string_view op;
  for (;;) {
    std::string_view found;
    if (token_.kind == TokenKind::kOperator) {
      for (const auto candidate : kOperators) {
        if (token_.text == candidate) found = candidate;
      }
      if (found.empty()) break;
      advance();
    } else if (accept_name("in")) {
      found = "in";
    } else if (accept_name("is")) {
      found = accept_name("not") ? "is not" : "is";
    } else if (token_.is_name("not") && next_.is_name("in")) {
      advance();
      advance();
      found = "not in";
    } else {
      break;
    }
    op = found;
    operands.push_back(arithmetic(0));
  }
  if (operands.size() == 1) return first;
  if (operands.size() == 2) return add(ExprKind::kCompare, line, op, operands);
  return add(ExprKind::kOpaque, line, "a comparison", operands);
}

// | ^ & shifts, sums, products: chains of one level are one node, so that length costs no depth.
ExprId PythonParser::arithmetic(int level) {
  const std::uint32_t line = token_.line;
  ExprId value = unary();
  for (int at = kTightest; at >= level; --at) {
    if (level_of(token_) != at) continue;
    std::vector<ExprId> operands{value};
    bool sum = true;
    while (level_of(token_) == at) {
      sum = sum && token_.text == "+";
      advance();
      operands.push_back(at == kTightest ? unary() : arithmetic(at + 1));
    }
    value = sum ? add(ExprKind::kSum, line, {}, operands)
                : add(ExprKind::kOpaque, line, "a computed value", operands);
  }
  return value;
}

ExprId PythonParser::unary() {
  const std::uint32_t line = token_.line;
  if (token_.is("-") || token_.is("+") || token_.is("~")) {
    const std::string_view op = token_.text;
    const Deeper deeper(*this);
    advance();
    const ExprId value = unary();
    return add(ExprKind::kUnary, line, op, {value});
  }
  ExprId base = kNoExpr;
  if (token_.is_name("await")) {
    advance();
    const ExprId value = primary();
    base = add(ExprKind::kOpaque, line, "an await", {value});
  } else {
    base = primary();
  }
  if (!token_.is("**")) return base;
  const Deeper deeper(*this);
  advance();
  const ExprId power = unary();
  return add(ExprKind::kOpaque, line, "a computed value", {base, power});
}

ExprId PythonParser::primary() {
  ExprId value = atom();
  for (std::size_t length = 0;; ++length) {
    if (token_.kind != TokenKind::kOperator) return value;
    if (length > kMaxChain) fail("calls and attributes are chained too deeply");
    const std::uint32_t line = token_.line;
    if (accept(".")) {
      if (token_.kind != TokenKind::kName) fail("a name is missing after a full stop");
      const std::string_view name = token_.text;
      advance();
      value = add(ExprKind::kAttribute, line, name, {value});
    } else if (token_.is("(")) {
      value = call(value);
    } else if (token_.is("[")) {
      value = subscript(value);
    } else {
      return value;
    }
  }
}

ExprId PythonParser::call(ExprId callee) {
  const Deeper deeper(*this);
  const std::uint32_t line = module_->at(callee).line;
  expect("(");
  std::vector<ExprId> parts{callee};
  while (!token_.is(")")) {
    const std::uint32_t at = token_.line;
    if (accept("**")) {
      const ExprId value = expression();
      parts.push_back(add(ExprKind::kDoubleStarred, at, {}, {value}));
    } else if (accept("*")) {
      const ExprId value = expression();
      parts.push_back(add(ExprKind::kStarred, at, {}, {value}));
    } else if (token_.kind == TokenKind::kName && next_.is("=")) {
      const std::string_view name = identifier();
      advance();
      const ExprId value = expression();
      parts.push_back(add(ExprKind::kKeyword, at, name, {value}));
    } else {
      const ExprId value = expression();
      if (token_.is_name("for") || token_.is_name("async"))
        parts.push_back(comprehension({value}, at));
      else
        parts.push_back(value);
    }
    if (!accept(",")) break;
  }
  expect(")");
  return add(ExprKind::kCall, line, {}, parts);
}

ExprId PythonParser::subscript(ExprId object) {
  const Deeper deeper(*this);
  const std::uint32_t line = token_.line;
  expect("[");
  std::vector<ExprId> parts{object};
  bool slice = false;
  while (!token_.is("]")) {
    if (accept(":")) {
      slice = true;
      continue;
    }
    parts.push_back(star_expression());
    if (token_.is(":")) continue;
    if (!accept(",")) break;
    slice = slice || !token_.is("]");
  }
  expect("]");
  if (slice || parts.size() != 2) return add(ExprKind::kOpaque, line, "a subscript", parts);
  return add(ExprKind::kSubscript, line, {}, parts);
}

ExprId PythonParser::comprehension(std::vector<ExprId> parts, std::uint32_t line) {
  for (;;) {
    if (token_.is_name("async")) advance();
    if (accept_name("for")) {
      parts.push_back(targets());
      expect_name("in");
      parts.push_back(boolean("or"));
      if (token_.is_name("if") && !parts.empty()) continue;
    } else if (accept_name("if")) {
      parts.push_back(token_.is_name("lambda") || next_.is(":=") ? expression() : boolean("or"));
    } else {
      break;
    }
  }
  return add(ExprKind::kOpaque, line, "a comprehension", parts);
}

ExprId PythonParser::atom() {
  const std::uint32_t line = token_.line;
  switch (token_.kind) {
    case TokenKind::kString:
    case TokenKind::kFormatted:
    case TokenKind::kBytes:
      return strings();
    case TokenKind::kNumber: {
      const std::string_view text = token_.text;
      advance();
      if (text.find_first_not_of("0123456789_") == std::string_view::npos) {
        return add(ExprKind::kInteger, line, text);
      }
      const bool decimal = text.find_first_not_of("0123456789_.eE+-") == std::string_view::npos;
      return decimal ? add(ExprKind::kFloat, line, text) : add(ExprKind::kOpaque, line, "a number");
    }
    case TokenKind::kName: {
      if (token_.text == "None" || token_.text == "True" || token_.text == "False") {
        const std::string_view text = token_.text;
        advance();
        return add(ExprKind::kConstant, line, text);
      }
      return add(ExprKind::kName, line, identifier());
    }
    case TokenKind::kOperator:
      if (token_.text == "(") return parenthesis();
      if (token_.text == "[") return list();
      if (token_.text == "{") return braces();
      if (accept("...")) return add(ExprKind::kOpaque, line, "an ellipsis");
      break;
    default:
      break;
  }
  fail("this is no expression");
}

ExprId PythonParser::strings() {
  const std::uint32_t line = token_.line;
  std::string text;
  std::string_view opaque;
  while (token_.kind == TokenKind::kString || token_.kind == TokenKind::kFormatted ||
         token_.kind == TokenKind::kBytes) {
    if (token_.kind == TokenKind::kFormatted) {
      opaque = "an f-string";
    } else if (token_.kind == TokenKind::kBytes) {
      opaque = "a byte string";
    } else if (opaque.empty()) {
      DecodedString decoded = decode_string(token_.text);
      if (!decoded.reason.empty())
        opaque = keep(std::move(decoded.reason));
      else if (text.empty())
        text = std::move(decoded.text);
      else
        text += decoded.text;
    }
    advance();
  }
  if (!opaque.empty()) return add(ExprKind::kOpaque, line, opaque);
  return add(ExprKind::kString, line, keep(std::move(text)));
}

ExprId PythonParser::parenthesis() {
  const Deeper deeper(*this);
  const std::uint32_t line = token_.line;
  expect("(");
  if (accept(")")) return add(ExprKind::kTuple, line, {});
  if (token_.is_name("yield")) {
    const ExprId value = yield();
    expect(")");
    return value;
  }
  ExprId value = star_expression();
  if (token_.is_name("for") || token_.is_name("async")) {
    value = comprehension({value}, line);
  } else if (token_.is(",")) {
    std::vector<ExprId> items{value};
    while (accept(",")) {
      if (token_.is(")")) break;
      items.push_back(star_expression());
    }
    value = add(ExprKind::kTuple, line, {}, items);
  }
  expect(")");
  return value;
}

ExprId PythonParser::list() {
  const Deeper deeper(*this);
  const std::uint32_t line = token_.line;
  expect("[");
  std::vector<ExprId> items;
  while (!token_.is("]")) {
    items.push_back(star_expression());
    if (items.size() == 1 && (token_.is_name("for") || token_.is_name("async"))) {
      const ExprId value = comprehension(std::move(items), line);
      expect("]");
      return value;
    }
    if (!accept(",")) break;
  }
  expect("]");
  return add(ExprKind::kList, line, {}, items);
}

ExprId PythonParser::braces() {
  const Deeper deeper(*this);
  const std::uint32_t line = token_.line;
  expect("{");
  std::vector<ExprId> items;
  bool set = false;
  while (!token_.is("}")) {
    const std::uint32_t at = token_.line;
    if (accept("**")) {
      const ExprId inner = arithmetic(0);
      const ExprId value = add(ExprKind::kDoubleStarred, at, {}, {inner});
      items.insert(items.end(), {value, value});
    } else {
      items.push_back(star_expression());
      if (accept(":"))
        items.push_back(expression());
      else
        set = true;
    }
    if (token_.is_name("for") || token_.is_name("async")) {
      const ExprId value = comprehension(std::move(items), line);
      expect("}");
      return value;
    }
    if (!accept(",")) break;
  }
  expect("}");
  return add(set ? ExprKind::kSet : ExprKind::kDict, line, {}, items);
}

}  // namespace migfix::core
