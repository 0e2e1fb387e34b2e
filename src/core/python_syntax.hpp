// Python source as a small syntax tree: as much of it as reading a revision file needs.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migfix::core {

using ExprId = std::uint32_t;
inline constexpr ExprId kNoExpr = 0xFFFFFFFF;

enum class ExprKind : std::uint8_t {
  kName,           // text: the name
  kString,         // text: what the literal says; adjacent literals are one
  kInteger,        // text: as written
  kFloat,          // text: as written
  kConstant,       // text: None, True, False
  kAttribute,      // text: the attribute; child: the object
  kCall,           // children: the callee, then the arguments
  kKeyword,        // name=value in a call; text: the name; child: the value
  kStarred,        // *x
  kDoubleStarred,  // **x
  kTuple,
  kList,
  kSet,
  kDict,         // children: key, value, key, value ...; for **x both are that kDoubleStarred
  kSum,          // a + b + c
  kUnary,        // text: - + ~ not
  kCompare,      // text: the operator; two children
  kBoolean,      // text: and, or
  kConditional,  // children: value, condition, other value
  kSubscript,    // children: object, index
  kOpaque,       // text: what it is ("an f-string"), children: what stands in it
};

struct Expr {
  ExprKind kind = ExprKind::kOpaque;
  std::uint32_t line = 0;
  std::uint32_t first = 0;  // children: this many from here in PythonModule::children
  std::uint32_t count = 0;
  std::string_view text;
};

enum class StatementKind : std::uint8_t {
  kExpression,  // value
  kAssign,      // targets = value
  kAnnotation,  // targets[0]: ... without a value
  kAugmented,   // targets[0] op= value; name: the operator
  kDelete,      // targets
  kIf,          // branches; the last has no condition if it is an else
  kLoop,        // for and while; value: the iterable or condition; targets; branches: body, else
  kTry,         // branches: body, handlers, else, finally
  kWith,        // items: value as target pairs in targets (kNoExpr where none), values in items
  kFunction,    // name; branches[0]: body; targets: decorators
  kClass,
  kImport,  // imports
  kReturn,  // value
  kRaise,
  kMatch,   // names: what it may assign
  kGlobal,  // names
  kOther,   // pass, break, continue, assert, type
};

struct ImportedName {
  std::string_view module;  // "a.b"; with leading dots if relative
  std::string_view name;    // from module import name; empty: import module; "*"
  std::string_view alias;   // empty: none
};

struct Branch;

struct Statement {
  StatementKind kind = StatementKind::kOther;
  std::uint32_t line = 0;
  std::string_view name;
  ExprId value = kNoExpr;
  std::vector<ExprId> targets;
  std::vector<ExprId> items;
  std::vector<std::string_view> names;  // of a function: its parameters
  std::vector<ImportedName> imports;
  std::vector<Branch> branches;
};

struct Branch {
  ExprId condition = kNoExpr;
  std::string_view name;  // of a handler: except E as name
  std::vector<Statement> body;
};

struct PythonModule {
  std::vector<Statement> body;
  std::vector<Expr> exprs;
  std::vector<ExprId> children;
  std::deque<std::string> strings;  // what decoded literals say

  const Expr &at(ExprId id) const { return exprs[id]; }
  ExprId child(const Expr &expr, std::uint32_t index) const { return children[expr.first + index]; }
};

/// Why a source is no Python that can be read, and on which line.
struct SyntaxProblem {
  std::uint32_t line = 0;
  std::string reason;
};

struct PythonParse {
  PythonModule module;  // views into the source; empty if there is a problem
  std::optional<SyntaxProblem> problem;
};

/// Reads `source` by Python's grammar (3.8 to 3.13, leniently: what Python would reject later than its parser
/// is taken). The tree holds views into `source`, which must outlive it. Never throws for what stands in
/// `source`; nesting, and the number of nodes, are limited, so time and memory are bounded by its size.
/// `first_line` is the number of the first line; `check_interrupt` is called every few thousand tokens and
/// may throw.
PythonParse parse_python(std::string_view source, const std::function<void()> &check_interrupt = {},
                         std::uint32_t first_line = 1);

}  // namespace migfix::core
