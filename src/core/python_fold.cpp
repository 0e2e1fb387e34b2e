// Expressions: what they are, where that can be said from the text.
#include <algorithm>
#include <utility>

#include "core/python_interpreter.hpp"
#include "core/python_string.hpp"

namespace migfix::core {
namespace {

bool is_sequence(const Value &value) {
  return value.is(ValueKind::kTuple) || value.is(ValueKind::kList) || value.is(ValueKind::kSet);
}

// op.get_bind().dialect.name and its like: these scripts run on PostgreSQL.
bool is_dialect_name(const Value &object, std::string_view attribute) {
  if (attribute != "name" || !object.is(ValueKind::kMember)) return false;
  return object.text == "dialect" || object.text == "engine";
}

bool is_connection(const Value &value) {
  const Value *at = &value;
  while (at->is(ValueKind::kMember)) at = at->items[0].get();
  return at->is_object("op.get_bind") || at->is_object("op.get_context") ||
         (at->is(ValueKind::kObject) &&
          (at->text == "alembic.context.get_bind" || at->text == "alembic.context.get_context"));
}

}  // namespace

void PythonInterpreter::tick() {
  if ((++ticks_ & 0x3FF) == 0 && check_interrupt_) check_interrupt_();
}

bool PythonInterpreter::spend(std::size_t bytes) {
  if (bytes > budget_) return false;
  budget_ -= bytes;
  return true;
}

ValuePtr PythonInterpreter::evaluate(ExprId id, PythonScope &scope) {
  tick();
  const Expr &expr = module_.at(id);
  if (depth_ >= kMaxEvaluation) return unknown_value("is nested too deeply", expr.line);
  ++depth_;
  ValuePtr value = evaluate_kind(expr, scope);
  --depth_;
  return value;
}

ValuePtr PythonInterpreter::evaluate_kind(const Expr &expr, PythonScope &scope) {
  switch (expr.kind) {
    case ExprKind::kName:
      return evaluate_name(expr, scope);
    case ExprKind::kString:
      if (!spend(expr.text.size())) return unknown_value("is too large", expr.line);
      return finish_value(
          {ValueKind::kString, false, expr.line, 0, 1, 1, std::string(expr.text), {}, {}, nullptr});
    case ExprKind::kInteger:
    case ExprKind::kFloat: {
      std::string digits(expr.text);
      std::erase(digits, '_');
      return text_value(expr.kind == ExprKind::kInteger ? ValueKind::kInteger : ValueKind::kFloat,
                        std::move(digits), expr.line);
    }
    case ExprKind::kConstant:
      return expr.text == "None" ? none_value() : bool_value(expr.text == "True");
    case ExprKind::kAttribute:
      return evaluate_attribute(expr, scope);
    case ExprKind::kCall:
      return evaluate_call(expr, scope);
    case ExprKind::kTuple:
    case ExprKind::kList:
    case ExprKind::kSet:
    case ExprKind::kDict:
      return evaluate_sequence(expr, scope);
    case ExprKind::kSum:
      return evaluate_sum(expr, scope);
    case ExprKind::kUnary:
      return evaluate_unary(expr, scope);
    case ExprKind::kCompare:
      return evaluate_compare(expr, scope);
    case ExprKind::kBoolean:
      return evaluate_boolean(expr, scope);
    case ExprKind::kConditional: {
      const int truth = truth_of(*evaluate(module_.child(expr, 1), scope));
      if (truth >= 0) return evaluate(module_.child(expr, truth == 1 ? 0 : 2), scope);
      ValuePtr left = evaluate(module_.child(expr, 0), scope);
      const ValuePtr right = evaluate(module_.child(expr, 2), scope);
      return same_value(*left, *right) ? left : unknown_value("depends on a condition", expr.line);
    }
    case ExprKind::kSubscript:
      return evaluate_subscript(expr, scope);
    default:
      return unknown_value("is " + std::string(expr.text.empty() ? "computed" : expr.text), expr.line);
  }
}

ValuePtr PythonInterpreter::evaluate_name(const Expr &expr, PythonScope &scope) {
  if (ValuePtr value = scope.find(expr.text)) return value;
  if (!star_path_.empty())
    return text_value(ValueKind::kPath, star_path_ + "." + std::string(expr.text), expr.line);
  return unknown_value("uses the name \"" + std::string(expr.text) + "\"", expr.line);
}

ValuePtr PythonInterpreter::evaluate_attribute(const Expr &expr, PythonScope &scope) {
  const ValuePtr object = evaluate(module_.child(expr, 0), scope);
  if (object->is(ValueKind::kUnknown) || object->is(ValueKind::kFunction)) {
    return object->is(ValueKind::kUnknown) ? object : unknown_value("is computed", expr.line);
  }
  if (object->is(ValueKind::kPath)) {
    if (!spend(object->text.size() + expr.text.size())) return unknown_value("is too large", expr.line);
    return text_value(ValueKind::kPath, object->text + "." + std::string(expr.text), expr.line);
  }
  if (is_dialect_name(*object, expr.text) && is_connection(*object)) {
    return text_value(ValueKind::kString, "postgresql", expr.line);
  }
  Value member;
  member.kind = ValueKind::kMember;
  member.line = expr.line;
  member.text = expr.text;
  member.items.push_back(object);
  return finish_value(std::move(member));
}

void PythonInterpreter::arguments(const Expr &expr, Value &object, PythonScope &scope) {
  for (std::uint32_t i = 1; i < expr.count; ++i) {
    const Expr &argument = module_.at(module_.child(expr, i));
    if (argument.kind == ExprKind::kKeyword) {
      object.keywords.emplace_back(argument.text, evaluate(module_.child(argument, 0), scope));
    } else if (argument.kind == ExprKind::kStarred) {
      const ValuePtr items = evaluate(module_.child(argument, 0), scope);
      if (is_sequence(*items))
        object.items.insert(object.items.end(), items->items.begin(), items->items.end());
      else
        object.items.push_back(unknown_value("passes computed arguments", argument.line));
    } else if (argument.kind == ExprKind::kDoubleStarred) {
      const ValuePtr items = evaluate(module_.child(argument, 0), scope);
      bool plain = items->is(ValueKind::kDict);
      for (std::size_t k = 0; plain && k < items->items.size(); k += 2)
        plain = items->items[k]->is(ValueKind::kString);
      if (!plain) {
        object.items.push_back(unknown_value("passes computed arguments", argument.line));
        continue;
      }
      for (std::size_t k = 0; k < items->items.size(); k += 2) {
        object.keywords.emplace_back(items->items[k]->text, items->items[k + 1]);
      }
    } else {
      object.items.push_back(evaluate(module_.child(expr, i), scope));
    }
  }
}

ValuePtr PythonInterpreter::evaluate_call(const Expr &expr, PythonScope &scope) {
  const Expr &callee_expr = module_.at(module_.child(expr, 0));
  if (callee_expr.kind == ExprKind::kName && !scope.find(callee_expr.text)) {
    const std::string_view name = callee_expr.text;
    const bool builtin = name == "tuple" || name == "list" || name == "set" || name == "frozenset";
    if (builtin && expr.count <= 2) {
      Value value;
      value.kind = name == "tuple" ? ValueKind::kTuple : name == "list" ? ValueKind::kList : ValueKind::kSet;
      value.line = expr.line;
      if (expr.count == 1) return finish_value(std::move(value));
      const ValuePtr items = evaluate(module_.child(expr, 1), scope);
      if (!is_sequence(*items)) return unknown_value("is computed", expr.line);
      value.items = items->items;
      return finish_value(std::move(value));
    }
    if (name == "dict") {
      Value value;
      arguments(expr, value, scope);
      if (!value.items.empty()) return unknown_value("is computed", expr.line);
      value.kind = ValueKind::kDict;
      value.line = expr.line;
      for (auto &[key, item] : value.keywords) {
        value.items.push_back(text_value(ValueKind::kString, key, expr.line));
        value.items.push_back(item);
      }
      value.keywords.clear();
      return finish_value(std::move(value));
    }
    if (star_path_.empty()) return unknown_value("calls \"" + std::string(name) + "\"", expr.line);
  }
  const ValuePtr callee = evaluate(module_.child(expr, 0), scope);
  if (callee->is(ValueKind::kMember)) return evaluate_method(*callee, expr, scope);
  if (callee->is(ValueKind::kFunction)) {
    return unknown_value("calls \"" + std::string(callee_expr.text) + "\"", expr.line);
  }
  if (!callee->is(ValueKind::kPath)) {
    return callee->is(ValueKind::kUnknown) ? callee : unknown_value("is computed", expr.line);
  }
  Value object;
  object.kind = ValueKind::kObject;
  object.line = expr.line;
  object.text = short_path(callee->text);
  arguments(expr, object, scope);
  object.order = ++order_;
  if (object.text == "op.f" && object.items.size() == 1 && object.keywords.empty()) {
    if (!object.items[0]->is(ValueKind::kString)) return object.items[0];
    Value name = *object.items[0];
    name.flag = true;
    return finish_value(std::move(name));
  }
  if (object.text == "sa.conv" && object.items.size() == 1 && object.items[0]->is(ValueKind::kString)) {
    Value name = *object.items[0];
    name.flag = true;
    return finish_value(std::move(name));
  }
  return finish_value(std::move(object));
}

ValuePtr PythonInterpreter::evaluate_method(const Value &member, const Expr &expr, PythonScope &scope) {
  const Value &object = *member.items[0];
  if (object.is(ValueKind::kString) && member.text == "strip" && expr.count == 1) {
    return text_value(ValueKind::kString, std::string(strip(object.text)), expr.line);
  }
  if (object.is(ValueKind::kObject) && (member.text == "with_variant" || member.text == "next_value")) {
    Value call;
    call.kind = ValueKind::kObject;
    call.line = expr.line;
    call.text = "." + member.text;
    call.items.push_back(member.items[0]);
    arguments(expr, call, scope);
    call.order = ++order_;
    return finish_value(std::move(call));
  }
  if (object.is_object("op.batch_alter_table") && member.text == "f" && expr.count == 2) {
    const ValuePtr name = evaluate(module_.child(expr, 1), scope);
    if (!name->is(ValueKind::kString)) return name;
    Value shortened = *name;
    shortened.flag = true;
    return finish_value(std::move(shortened));
  }
  return unknown_value("calls \"" + member.text + "\"", expr.line);
}

ValuePtr PythonInterpreter::evaluate_sequence(const Expr &expr, PythonScope &scope) {
  Value value;
  value.line = expr.line;
  value.kind = expr.kind == ExprKind::kTuple  ? ValueKind::kTuple
               : expr.kind == ExprKind::kList ? ValueKind::kList
               : expr.kind == ExprKind::kSet  ? ValueKind::kSet
                                              : ValueKind::kDict;
  for (std::uint32_t i = 0; i < expr.count; ++i) {
    const ExprId id = module_.child(expr, i);
    const Expr &item = module_.at(id);
    if (item.kind == ExprKind::kDoubleStarred) {
      const ValuePtr inner = evaluate(module_.child(item, 0), scope);
      if (!inner->is(ValueKind::kDict)) return unknown_value("is computed", expr.line);
      value.items.insert(value.items.end(), inner->items.begin(), inner->items.end());
      ++i;  // its twin
    } else if (item.kind == ExprKind::kStarred) {
      const ValuePtr inner = evaluate(module_.child(item, 0), scope);
      if (!is_sequence(*inner)) return unknown_value("is computed", expr.line);
      value.items.insert(value.items.end(), inner->items.begin(), inner->items.end());
    } else {
      value.items.push_back(evaluate(id, scope));
    }
    if (value.items.size() > kMaxValueWeight) return unknown_value("is too large", expr.line);
  }
  return finish_value(std::move(value));
}

ValuePtr PythonInterpreter::evaluate_sum(const Expr &expr, PythonScope &scope) {
  Value sum = *evaluate(module_.child(expr, 0), scope);
  for (std::uint32_t i = 1; i < expr.count; ++i) {
    const ValuePtr next = evaluate(module_.child(expr, i), scope);
    if (sum.is(ValueKind::kUnknown)) break;
    if (next->is(ValueKind::kUnknown)) return next;
    const bool joins = sum.kind == next->kind &&
                       (sum.is(ValueKind::kString) || sum.is(ValueKind::kTuple) || sum.is(ValueKind::kList));
    if (!joins) return unknown_value("is computed", expr.line);
    if (!spend(next->text.size() + 16 * next->items.size() + (i == 1 ? sum.text.size() : 0))) {
      return unknown_value("is too large", expr.line);
    }
    sum.text += next->text;
    sum.items.insert(sum.items.end(), next->items.begin(), next->items.end());
    sum.flag = false;
    if (sum.items.size() > kMaxValueWeight) return unknown_value("is too large", expr.line);
  }
  return finish_value(std::move(sum));
}

ValuePtr PythonInterpreter::evaluate_compare(const Expr &expr, PythonScope &scope) {
  const ValuePtr left = evaluate(module_.child(expr, 0), scope);
  const ValuePtr right = evaluate(module_.child(expr, 1), scope);
  const auto literal = [](const Value &value) {
    return value.is(ValueKind::kString) || value.is(ValueKind::kNone) || value.is(ValueKind::kBool);
  };
  if (!literal(*left)) return unknown_value("is a comparison", expr.line);
  if (expr.text == "in" || expr.text == "not in") {
    if (!is_sequence(*right)) return unknown_value("is a comparison", expr.line);
    bool found = false;
    for (const ValuePtr &item : right->items) {
      if (!literal(*item)) return unknown_value("is a comparison", expr.line);
      found = found || same_value(*left, *item);
    }
    return bool_value(found == (expr.text == "in"));
  }
  if (!literal(*right)) return unknown_value("is a comparison", expr.line);
  if (expr.text == "==" || expr.text == "is") return bool_value(same_value(*left, *right));
  if (expr.text == "!=" || expr.text == "is not") return bool_value(!same_value(*left, *right));
  return unknown_value("is a comparison", expr.line);
}

ValuePtr PythonInterpreter::evaluate_boolean(const Expr &expr, PythonScope &scope) {
  const int deciding = expr.text == "or" ? 1 : 0;
  ValuePtr value;
  bool certain = true;
  for (std::uint32_t i = 0; i < expr.count; ++i) {
    value = evaluate(module_.child(expr, i), scope);
    const int truth = truth_of(*value);
    if (truth < 0)
      certain = false;
    else if (truth == deciding)
      return certain ? value : bool_value(deciding == 1);
  }
  return certain ? value : unknown_value("depends on a condition", expr.line);
}

ValuePtr PythonInterpreter::evaluate_unary(const Expr &expr, PythonScope &scope) {
  const ValuePtr value = evaluate(module_.child(expr, 0), scope);
  if (expr.text == "not") {
    const int truth = truth_of(*value);
    return truth < 0 ? unknown_value("depends on a condition", expr.line) : bool_value(truth == 0);
  }
  const bool number = value->is(ValueKind::kInteger) || value->is(ValueKind::kFloat);
  if (number && expr.text == "-" && value->text[0] != '-')
    return text_value(value->kind, "-" + value->text, expr.line);
  return value->is(ValueKind::kUnknown) ? value : unknown_value("is computed", expr.line);
}

ValuePtr PythonInterpreter::evaluate_subscript(const Expr &expr, PythonScope &scope) {
  const ValuePtr object = evaluate(module_.child(expr, 0), scope);
  const ValuePtr index = evaluate(module_.child(expr, 1), scope);
  if (object->is(ValueKind::kUnknown)) return object;
  if ((object->is(ValueKind::kTuple) || object->is(ValueKind::kList)) && index->is(ValueKind::kInteger) &&
      index->text.size() < 8 && index->text[0] != '-') {
    const std::size_t at = std::stoul(index->text);
    if (at < object->items.size()) return object->items[at];
  }
  if (object->is(ValueKind::kDict) && index->is(ValueKind::kString)) {
    for (std::size_t i = object->items.size(); i >= 2; i -= 2) {
      if (object->items[i - 2]->is(ValueKind::kUnknown)) break;
      if (same_value(*object->items[i - 2], *index)) return object->items[i - 1];
    }
  }
  return unknown_value("is computed", expr.line);
}

}  // namespace migfix::core
