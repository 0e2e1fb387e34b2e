#include "core/python_interpreter.hpp"

#include <algorithm>
#include <utility>

namespace migfix::core {

ValuePtr PythonScope::find_here(std::string_view name) const {
  for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer) {
    const auto found = layer->find(name);
    if (found != layer->end()) return found->second;
  }
  return nullptr;
}

ValuePtr PythonScope::find(std::string_view name) const {
  for (const PythonScope *scope = this; scope != nullptr; scope = scope->outer_) {
    if (ValuePtr value = scope->find_here(name)) return value;
  }
  return nullptr;
}

PythonScope::Names PythonScope::pop() {
  Names names = std::move(layers_.back());
  layers_.pop_back();
  return names;
}

void PythonScope::merge(const std::vector<Names> &ways, const std::string &reason, std::uint32_t line) {
  Names touched;
  for (const Names &way : ways) {
    for (const auto &[name, value] : way) touched.emplace(name, nullptr);
  }
  for (auto &[name, merged] : touched) {
    const ValuePtr before = find_here(name);
    bool first = true;
    bool equal = true;
    for (const Names &way : ways) {
      const auto found = way.find(name);
      const ValuePtr &value = found == way.end() ? before : found->second;
      if (first)
        merged = value;
      else if (!merged || !value)
        equal = equal && !merged && !value;
      else
        equal = equal && same_value(*merged, *value);
      first = false;
    }
    if (!equal) merged = unknown_value(reason, line);
    set(name, merged);
  }
}

PythonInterpreter::PythonInterpreter(const PythonModule &module, const std::function<void()> &check_interrupt,
                                     std::size_t budget, std::uint32_t first_order)
    : module_(module), check_interrupt_(check_interrupt), budget_(budget), order_(first_order) {}

bool PythonInterpreter::run(const std::vector<Statement> &body, PythonScope &scope) {
  for (const Statement &statement : body) {
    tick();
    if (!execute(statement, scope)) return false;
  }
  return true;
}

bool PythonInterpreter::execute(const Statement &statement, PythonScope &scope) {
  switch (statement.kind) {
    case StatementKind::kExpression:
      effect(statement.value, scope);
      notice_mutation(module_.at(statement.value), scope);
      return true;
    case StatementKind::kAssign: {
      ValuePtr value = effect(statement.value, scope);
      if (!value) value = evaluate(statement.value, scope);
      for (const ExprId target : statement.targets) assign(target, value, scope);
      return true;
    }
    case StatementKind::kAugmented: {
      const Expr &target = module_.at(statement.targets[0]);
      effect(statement.value, scope);
      if (target.kind != ExprKind::kName || statement.name != "+=") {
        forget(statement.targets[0], "is changed in place", scope);
        return true;
      }
      const ValuePtr before = scope.find_here(target.text);
      const ValuePtr added = evaluate(statement.value, scope);
      const bool joins =
          before && before->kind == added->kind &&
          (before->is(ValueKind::kString) || before->is(ValueKind::kTuple) || before->is(ValueKind::kList));
      if (!joins || !spend(before->text.size() + added->text.size() +
                           16 * (before->items.size() + added->items.size()))) {
        forget(statement.targets[0], "is changed in place", scope);
        return true;
      }
      Value sum = *before;
      sum.text += added->text;
      sum.items.insert(sum.items.end(), added->items.begin(), added->items.end());
      scope.set(target.text, finish_value(std::move(sum)));
      return true;
    }
    case StatementKind::kDelete:
      for (const ExprId id : statement.targets) {
        const Expr &target = module_.at(id);
        if (target.kind == ExprKind::kName)
          scope.set(target.text, nullptr);
        else
          forget(id, "is deleted in part", scope);
      }
      return true;
    case StatementKind::kIf:
      return execute_if(statement, scope);
    case StatementKind::kLoop:
      execute_loop(statement, scope);
      return true;
    case StatementKind::kTry:
      execute_try(statement, scope);
      return true;
    case StatementKind::kWith:
      return execute_with(statement, scope);
    case StatementKind::kFunction: {
      Value function;
      function.kind = ValueKind::kFunction;
      function.line = statement.line;
      function.function = &statement;
      scope.set(statement.name, finish_value(std::move(function)));
      return true;
    }
    case StatementKind::kClass:
      scope.set(statement.name, unknown_value("is a class", statement.line));
      return true;
    case StatementKind::kImport:
      import(statement, scope);
      return true;
    case StatementKind::kMatch: {
      const std::string reason = "is assigned in a match statement";
      for (const std::string_view name : statement.names)
        scope.set(name, unknown_value(reason, statement.line));
      return true;
    }
    case StatementKind::kReturn:
      if (statement.value != kNoExpr) effect(statement.value, scope);
      return_line_ = statement.line;
      return false;
    case StatementKind::kRaise:
      raised(statement.line);
      return false;
    case StatementKind::kGlobal:
      for (const std::string_view name : statement.names) {
        scope.set(name, unknown_value("is a global variable", statement.line));
      }
      return true;
    default:
      return true;
  }
}

void PythonInterpreter::assign(ExprId id, const ValuePtr &given, PythonScope &scope) {
  std::vector<std::pair<ExprId, ValuePtr>> open{{id, given}};
  while (!open.empty()) {
    const auto [part, value] = std::move(open.back());
    open.pop_back();
    const Expr &target = module_.at(part);
    if (target.kind == ExprKind::kName) {
      scope.set(target.text, value);
      continue;
    }
    const bool unpacks = (target.kind == ExprKind::kTuple || target.kind == ExprKind::kList) &&
                         (value->is(ValueKind::kTuple) || value->is(ValueKind::kList)) &&
                         value->items.size() == target.count;
    if (!unpacks) {
      forget(part, value->is(ValueKind::kUnknown) ? value->text : "is computed", scope);
      continue;
    }
    for (std::uint32_t i = target.count; i > 0; --i)
      open.emplace_back(module_.child(target, i - 1), value->items[i - 1]);
  }
}

// What an assignment binds in a way that cannot be followed: every name in the target, or the name of the
// object whose attribute or item is assigned.
void PythonInterpreter::forget(ExprId id, const std::string &reason, PythonScope &scope) {
  std::vector<ExprId> open{id};
  while (!open.empty()) {
    const Expr &target = module_.at(open.back());
    open.pop_back();
    if (target.kind == ExprKind::kName) {
      scope.set(target.text, unknown_value(reason, target.line));
    } else if (target.kind == ExprKind::kAttribute || target.kind == ExprKind::kSubscript) {
      const Expr &object = module_.at(module_.child(target, 0));
      // self.x = 1 and module.x = 1 leave a path what it is.
      const bool path = object.kind == ExprKind::kName && scope.find(object.text) &&
                        scope.find(object.text)->is(ValueKind::kPath);
      if (!path) open.push_back(module_.child(target, 0));
    } else {
      for (std::uint32_t i = 0; i < target.count; ++i) open.push_back(module_.child(target, i));
    }
  }
}

// items.append(x), table.append_column(x): what was literal is so no more.
void PythonInterpreter::notice_mutation(const Expr &expr, PythonScope &scope) {
  if (expr.kind != ExprKind::kCall) return;
  const Expr *at = &module_.at(module_.child(expr, 0));
  if (at->kind != ExprKind::kAttribute) return;
  const std::string_view method = at->text;
  while (at->kind == ExprKind::kAttribute) at = &module_.at(module_.child(*at, 0));
  if (at->kind != ExprKind::kName) return;
  const ValuePtr value = scope.find_here(at->text);
  if (!value) return;
  const bool collection =
      value->is(ValueKind::kList) || value->is(ValueKind::kSet) || value->is(ValueKind::kDict);
  const bool changes = value->is(ValueKind::kObject) && method.substr(0, 7) == "append_";
  if (collection || changes) scope.set(at->text, unknown_value("is changed by a method", expr.line));
}

void PythonInterpreter::import(const Statement &statement, PythonScope &scope) {
  for (const ImportedName &name : statement.imports) {
    if (name.name == "*") {
      // What these two export is known by name; any other module may bind anything.
      if (name.module == "sqlalchemy" || name.module == "sqlalchemy.types" || name.module == "alembic.op" ||
          name.module == "sqlalchemy.dialects.postgresql") {
        star_path_ = name.module;
        continue;
      }
      star_import_ = true;
      continue;
    }
    std::string path(name.module);
    if (!name.name.empty()) {
      if (path.empty() || path.back() != '.') path += '.';
      path += name.name;
      scope.set(name.alias.empty() ? name.name : name.alias,
                text_value(ValueKind::kPath, std::move(path), statement.line));
    } else if (!name.alias.empty()) {
      scope.set(name.alias, text_value(ValueKind::kPath, std::move(path), statement.line));
    } else {  // import a.b binds a
      const std::string_view root = name.module.substr(0, name.module.find('.'));
      scope.set(root, text_value(ValueKind::kPath, std::string(root), statement.line));
    }
  }
}

PythonScope::Names PythonInterpreter::run_apart(const std::vector<Statement> &body,
                                                const Statement &statement, const char *what,
                                                PythonScope &scope, bool &ended) {
  enter_uncertain(std::string("stands in ") + what, statement.line);
  scope.push();
  return_line_ = 0;
  const bool through = run(body, scope);
  if (!through && return_line_ != 0) may_return(return_line_);
  ended = !through;
  leave_uncertain();
  return scope.pop();
}

bool PythonInterpreter::execute_if(const Statement &statement, PythonScope &scope) {
  std::vector<PythonScope::Names> ways;
  bool all_end = true;
  bool exhaustive = false;
  bool uncertain = false;
  for (const Branch &branch : statement.branches) {
    const int truth = branch.condition == kNoExpr ? 1 : truth_of(*evaluate(branch.condition, scope));
    if (branch.condition != kNoExpr && truth < 0) effect(branch.condition, scope);
    if (truth == 0) continue;
    if (truth == 1 && !uncertain) return run(branch.body, scope);
    uncertain = true;
    bool ended = false;
    PythonScope::Names names = run_apart(branch.body, statement, "an if statement", scope, ended);
    if (!ended) ways.push_back(std::move(names));
    all_end = all_end && ended;
    if (truth == 1) {
      exhaustive = true;
      break;
    }
  }
  if (!exhaustive) {
    ways.emplace_back();
    all_end = false;
  }
  scope.merge(ways, "is assigned in an if statement", statement.line);
  return !(exhaustive && all_end);
}

void PythonInterpreter::execute_loop(const Statement &statement, PythonScope &scope) {
  const std::string reason = "is assigned in a loop";
  effect(statement.value, scope);
  std::vector<PythonScope::Names> ways(1);  // not run at all
  for (const Branch &branch : statement.branches) {
    bool ended = false;
    scope.push();
    for (const ExprId target : statement.targets) forget(target, reason, scope);
    PythonScope::Names names = run_apart(branch.body, statement, "a loop", scope, ended);
    PythonScope::Names targets = scope.pop();
    names.merge(targets);
    ways.push_back(std::move(names));
  }
  scope.merge(ways, reason, statement.line);
}

void PythonInterpreter::execute_try(const Statement &statement, PythonScope &scope) {
  // try: import this / except ImportError: something else. What is imported is there.
  const std::vector<Statement> &body = statement.branches[0].body;
  const bool imports = std::all_of(body.begin(), body.end(),
                                   [](const Statement &part) { return part.kind == StatementKind::kImport; });
  if (imports) {
    run(body, scope);
    return;
  }
  std::vector<PythonScope::Names> ways;
  for (const Branch &branch : statement.branches) {
    bool ended = false;
    PythonScope::Names names = run_apart(branch.body, statement, "a try statement", scope, ended);
    if (!branch.name.empty()) names[branch.name] = unknown_value("is an exception", statement.line);
    ways.push_back(std::move(names));
  }
  scope.merge(ways, "is assigned in a try statement", statement.line);
}

bool PythonInterpreter::execute_with(const Statement &statement, PythonScope &scope) {
  std::size_t entered = 0;
  for (std::size_t i = 0; i < statement.items.size(); ++i) {
    const ValuePtr value = evaluate(statement.items[i], scope);
    if (value->is(ValueKind::kUnknown)) effect(statement.items[i], scope);
    if (statement.targets[i] != kNoExpr) assign(statement.targets[i], value, scope);
    enter_with(*value);
    ++entered;
  }
  bool through = true;
  for (const Branch &branch : statement.branches) through = run(branch.body, scope);
  for (; entered > 0; --entered) leave_with();
  return through;
}

}  // namespace migfix::core
