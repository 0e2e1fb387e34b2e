#include "core/python_value.hpp"

#include <algorithm>
#include <cstddef>

namespace migfix::core {

ValuePtr unknown_value(std::string reason, std::uint32_t line) {
  return text_value(ValueKind::kUnknown, std::move(reason), line);
}

ValuePtr none_value() {
  Value value;
  value.kind = ValueKind::kNone;
  return std::make_shared<const Value>(std::move(value));
}

ValuePtr bool_value(bool flag) {
  Value value;
  value.kind = ValueKind::kBool;
  value.flag = flag;
  return std::make_shared<const Value>(std::move(value));
}

ValuePtr text_value(ValueKind kind, std::string text, std::uint32_t line) {
  Value value;
  value.kind = kind;
  value.line = line;
  value.text = std::move(text);
  return std::make_shared<const Value>(std::move(value));
}

ValuePtr finish_value(Value value) {
  std::uint64_t weight = 1 + value.text.size() / 64;
  std::uint32_t depth = 0;
  const auto add = [&](const ValuePtr &part) {
    weight += part->weight;
    depth = std::max(depth, part->depth);
  };
  for (const ValuePtr &item : value.items) add(item);
  for (const auto &[name, item] : value.keywords) add(item);
  if (depth >= kMaxValueDepth) return unknown_value("is nested too deeply", value.line);
  if (weight > kMaxValueWeight) return unknown_value("is too large", value.line);
  value.depth = depth + 1;
  value.weight = static_cast<std::uint32_t>(weight);
  return std::make_shared<const Value>(std::move(value));
}

bool same_value(const Value &left, const Value &right) {
  if (left.kind != right.kind || left.weight != right.weight) return false;
  if (left.kind == ValueKind::kUnknown) return false;
  if (&left == &right) return true;
  if (left.flag != right.flag || left.text != right.text || left.function != right.function ||
      left.items.size() != right.items.size() || left.keywords.size() != right.keywords.size()) {
    return false;
  }
  for (std::size_t i = 0; i < left.items.size(); ++i) {
    if (!same_value(*left.items[i], *right.items[i])) return false;
  }
  for (std::size_t i = 0; i < left.keywords.size(); ++i) {
    if (left.keywords[i].first != right.keywords[i].first ||
        !same_value(*left.keywords[i].second, *right.keywords[i].second)) {
      return false;
    }
  }
  return true;
}

int truth_of(const Value &value) {
  switch (value.kind) {
    case ValueKind::kNone:
      return 0;
    case ValueKind::kBool:
      return value.flag ? 1 : 0;
    case ValueKind::kInteger:
      return value.text.find_first_not_of("-0_") == std::string::npos ? 0 : 1;
    case ValueKind::kString:
      return value.text.empty() ? 0 : 1;
    case ValueKind::kTuple:
    case ValueKind::kList:
    case ValueKind::kSet:
    case ValueKind::kDict:
      return value.items.empty() ? 0 : 1;
    case ValueKind::kFunction:
      return 1;
    default:
      return value.is_path("typing.TYPE_CHECKING") ? 0 : -1;
  }
}

std::string short_path(std::string_view path) {
  const auto starts = [&](std::string_view prefix) {
    return path.substr(0, prefix.size()) == prefix &&
           (path.size() == prefix.size() || path[prefix.size()] == '.');
  };
  if (starts("alembic.op")) return "op" + std::string(path.substr(10));
  if (!starts("sqlalchemy")) return std::string(path);
  const std::size_t func = path.find(".func.");
  if (func != std::string_view::npos) return "func." + std::string(path.substr(func + 6));
  const std::string_view last = path.substr(path.rfind('.') + 1);
  if (starts("sqlalchemy.dialects.postgresql")) {
    return path == "sqlalchemy.dialects.postgresql" ? "pg" : "pg." + std::string(last);
  }
  if (starts("sqlalchemy.dialects") || starts("sqlalchemy.orm") || starts("sqlalchemy.ext"))
    return std::string(path);
  if (starts("sqlalchemy.sql.functions") && last != "functions") return "func." + std::string(last);
  return path == "sqlalchemy" ? "sa" : "sa." + std::string(last);
}

}  // namespace migfix::core
