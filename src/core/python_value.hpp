// What can be said of a Python value without running Python.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace migfix::core {

struct Statement;
struct Value;
using ValuePtr = std::shared_ptr<const Value>;

enum class ValueKind : std::uint8_t {
  kNone,
  kBool,      // flag
  kInteger,   // text: decimal digits, with a sign if negative
  kFloat,     // text: as written
  kString,    // text; flag: a name that op.f() made, which SQLAlchemy may shorten
  kTuple,     // items
  kList,      // items
  kSet,       // items, as written
  kDict,      // items: key, value, key, value ...
  kPath,      // text: what an import binds, with attributes: "sqlalchemy.dialects.postgresql.UUID"
  kObject,    // a call on a path; text: the short path ("sa.Column"), items and keywords: the arguments
  kMember,    // text: an attribute of items[0]
  kFunction,  // function: defined in the same file
  kUnknown,   // text: why nothing can be said
};

struct Value {
  ValueKind kind = ValueKind::kUnknown;
  bool flag = false;
  std::uint32_t line = 0;
  std::uint32_t order = 0;   // of objects: the time of their making, which SQLAlchemy orders constraints by
  std::uint32_t depth = 1;   // of items within items
  std::uint32_t weight = 1;  // how much there is of it when written out
  std::string text;
  std::vector<ValuePtr> items;
  std::vector<std::pair<std::string, ValuePtr>> keywords;
  const Statement *function = nullptr;

  bool is(ValueKind other) const { return kind == other; }
  bool is_object(std::string_view path) const { return kind == ValueKind::kObject && text == path; }
  bool is_path(std::string_view path) const { return kind == ValueKind::kPath && text == path; }
};

inline constexpr std::uint32_t kMaxValueDepth = 60;
inline constexpr std::uint32_t kMaxValueWeight = 1'000'000;

ValuePtr unknown_value(std::string reason, std::uint32_t line);
ValuePtr none_value();
ValuePtr bool_value(bool flag);
ValuePtr text_value(ValueKind kind, std::string text, std::uint32_t line);

/// Gives `value` its depth and weight from its parts; what is too deep or too large becomes unknown.
ValuePtr finish_value(Value value);

/// Equal, and certainly so: two unknown values are not.
bool same_value(const Value &left, const Value &right);

/// 1 for true, 0 for false, -1 where Python's truth of the value cannot be said.
int truth_of(const Value &value);

/// The short form of the full path of something imported: sa.X for what sqlalchemy exports from any of its
/// modules, pg.X for its PostgreSQL dialect, func.X for SQL functions, op.X for alembic.op; anything else as
/// it is.
std::string short_path(std::string_view path);

}  // namespace migfix::core
