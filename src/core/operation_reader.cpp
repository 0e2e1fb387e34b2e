#include "core/operation_reader.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "core/operation_ddl.hpp"
#include "core/sqlalchemy_type.hpp"

namespace migfix::core {
namespace {

// Calls that change nothing in a database.
bool is_harmless(std::string_view path) {
  static constexpr std::string_view kHarmless[] = {"logging",  "warnings", "time",   "sys",
                                                   "os",       "print",    "typing", "alembic.context.config",
                                                   "datetime", "uuid",     "json"};
  return std::any_of(std::begin(kHarmless), std::end(kHarmless), [&](std::string_view root) {
    return path.substr(0, root.size()) == root && (path.size() == root.size() || path[root.size()] == '.');
  });
}

const Value &root_of(const Value &value) {
  const Value *at = &value;
  while (at->is(ValueKind::kMember)) at = at->items[0].get();
  return *at;
}

class OperationReader final : public PythonInterpreter {
 public:
  OperationReader(const PythonModule &module, const std::function<void()> &check_interrupt,
                  std::size_t budget, const PythonScope &outer)
      : PythonInterpreter(module, check_interrupt, budget, 1U << 24), outer_(outer) {}

  void call_function(const Value &function, const Value *arguments);
  std::vector<ScriptOperation> take() { return std::move(operations_); }
  void add(ScriptOperation operation);

 protected:
  ValuePtr effect(ExprId id, PythonScope &scope) override;
  void enter_uncertain(const std::string &reason, std::uint32_t line) override {
    uncertain_.push_back(reason + " (line " + std::to_string(line) + ")");
  }
  void leave_uncertain() override { uncertain_.pop_back(); }
  void may_return(std::uint32_t line) override {
    if (returned_.empty())
      returned_ = "may not be reached: line " + std::to_string(line) + " can return before it";
  }
  void raised(std::uint32_t line) override {
    if (!uncertain_.empty() || !returned_.empty()) return;
    ScriptOperation operation;
    operation.line = line;
    operation.call = "raise";
    operation.opaque = "it raises an exception";
    add(std::move(operation));
  }
  void enter_with(const Value &context) override;
  void leave_with() override;

 private:
  static constexpr std::size_t kMaxOperations = 200'000;
  static constexpr std::size_t kMaxCalls = 8;  // functions that call functions

  bool handle_call(ExprId id, const Expr &expr, PythonScope &scope, bool whole, ValuePtr &result);
  Value call_value(const Expr &expr, PythonScope &scope);
  void opaque(const Expr &expr, OperationKind kind, std::string call, std::string reason);

  const PythonScope &outer_;
  std::vector<ScriptOperation> operations_;
  std::vector<std::string> uncertain_;
  std::string returned_;
  struct Context {
    bool batch = false;
    std::optional<TableName> table;  // nothing: what batch it is cannot be said
    std::string reason;
    std::vector<ScriptOperation> pending;
    std::uint32_t order = 0;
    bool uncertain = false;
  };
  std::vector<Context> contexts_;
  std::vector<const Statement *> calls_;
  bool full_ = false;
};

void OperationReader::add(ScriptOperation operation) {
  if (operations_.size() >= kMaxOperations) {
    if (full_) return;
    full_ = true;
    operation.sql.clear();
    operation.opaque = "there are too many operations to be noted";
  }
  if (!operation.is_opaque() && (!uncertain_.empty() || !returned_.empty())) {
    operation.sql.clear();
    operation.opaque = uncertain_.empty() ? returned_ : uncertain_.back();
  }
  std::string &object = operation.object;
  if (object.size() > 1000) object.resize(1000);
  operations_.push_back(std::move(operation));
}

void OperationReader::opaque(const Expr &expr, OperationKind kind, std::string call, std::string reason) {
  ScriptOperation operation;
  operation.line = expr.line;
  operation.kind = kind;
  operation.call = std::move(call);
  operation.opaque = uncertain_.empty() ? std::move(reason) : uncertain_.back();
  add(std::move(operation));
}

Value OperationReader::call_value(const Expr &expr, PythonScope &scope) {
  Value call;
  call.kind = ValueKind::kObject;
  call.line = expr.line;
  arguments(expr, call, scope);
  return call;
}

void OperationReader::enter_with(const Value &value) {
  Context context;
  if (value.is_object("op.batch_alter_table")) {
    context.batch = true;
    context.order = value.order;
    try {
      Arguments args(value,
                     {"table_name", "schema", "recreate", "partial_reordering", "copy_from", "table_args",
                      "table_kwargs", "reflect_args", "reflect_kwargs", "naming_convention"});
      args.ignore({"partial_reordering", "copy_from", "table_args", "table_kwargs", "reflect_args",
                   "reflect_kwargs"});
      TableName table;
      table.schema = args.name("schema");
      table.name = args.need_name("table_name");
      if (const auto recreate = args.text("recreate"); recreate && *recreate == "always") {
        throw NotLiteral{value.line, "the table is made anew and its rows are copied"};
      }
      if (args.find("naming_convention")) throw NotLiteral{value.line, "the batch has a naming convention"};
      args.finish();
      context.table = std::move(table);
    } catch (const NotLiteral &problem) {
      context.reason = problem.reason;
    }
  } else if (value.is_object("contextlib.suppress")) {
    context.uncertain = true;
    enter_uncertain("stands in a with statement that passes over exceptions", value.line);
  }
  contexts_.push_back(std::move(context));
}

void OperationReader::leave_with() {
  Context context = std::move(contexts_.back());
  contexts_.pop_back();
  // A batch is sent as a whole when it ends.
  for (ScriptOperation &operation : context.pending) operations_.push_back(std::move(operation));
  if (context.uncertain) leave_uncertain();
}

// Handles one call; false: it is none that does anything by itself. `whole`: it is a statement, or all that
// is assigned, so that its place in the order of things is known.
bool OperationReader::handle_call(ExprId id, const Expr &expr, PythonScope &scope, bool whole,
                                  ValuePtr &result) {
  const Expr &callee_expr = module().at(module().child(expr, 0));
  const ValuePtr callee = evaluate(module().child(expr, 0), scope);
  const std::string nested = "is part of a larger expression";
  if (callee->is(ValueKind::kPath)) {
    const std::string path = short_path(callee->text);
    if (path.substr(0, 3) != "op.") return false;
    const std::string name = path.substr(3);
    if (!is_operation(name)) {
      static constexpr std::string_view kSilent[] = {
          "f", "get_bind", "get_context", "batch_alter_table", "inline_literal", "literal_column"};
      if (std::find(std::begin(kSilent), std::end(kSilent), name) != std::end(kSilent)) return false;
      opaque(expr, OperationKind::kOther, path, "it is no operation that is known here");
      return true;
    }
    ScriptOperation operation = make_operation(name, call_value(expr, scope), std::nullopt);
    if (!whole && !operation.is_opaque()) {
      operation.sql.clear();
      operation.opaque = nested;
    }
    add(std::move(operation));
    result = unknown_value("is what \"" + path + "\" returns", expr.line);
    return true;
  }
  if (!callee->is(ValueKind::kMember)) return false;
  const Value &object = *callee->items[0];
  const std::string &method = callee->text;
  if (object.is_object("op.batch_alter_table")) {
    if (method == "f") return false;
    const auto context = std::find_if(contexts_.rbegin(), contexts_.rend(), [&](const Context &open) {
      return open.batch && open.order == object.order;
    });
    if (context == contexts_.rend() || !is_operation(method)) {
      opaque(expr, OperationKind::kOther, "batch_op." + method, "it is no operation that is known here");
      return true;
    }
    ScriptOperation operation;
    if (context->table) {
      operation = make_operation(method, call_value(expr, scope),
                                 method == "execute" ? std::nullopt : context->table);
    } else {
      operation.line = expr.line;
      operation.opaque = context->reason;
    }
    operation.call = "batch_op." + method;
    if (!whole && !operation.is_opaque()) {
      operation.sql.clear();
      operation.opaque = nested;
    }
    if (method == "execute") {
      add(std::move(operation));
      return true;
    }
    // add() says what is uncertain; the batch keeps it for later.
    add(std::move(operation));
    if (!full_) {
      context->pending.push_back(std::move(operations_.back()));
      operations_.pop_back();
    }
    return true;
  }
  if (is_enum(object) && (method == "create" || method == "drop")) {
    ScriptOperation operation = make_enum_operation(object, method == "create", call_value(expr, scope));
    if (!whole && !operation.is_opaque()) {
      operation.sql.clear();
      operation.opaque = nested;
    }
    add(std::move(operation));
    return true;
  }
  const Value &root = root_of(object);
  if (root.is_object("op.get_bind") &&
      (method == "execute" || method == "exec_driver_sql" || method == "scalar" || method == "scalars")) {
    ScriptOperation operation = make_execution(call_value(expr, scope), "connection." + method);
    if ((!whole || method.substr(0, 6) == "scalar") && !operation.is_opaque()) {
      operation.sql.clear();
      operation.kind = OperationKind::kData;
      operation.opaque = "its result is used";
    }
    add(std::move(operation));
    result = unknown_value("comes from the database", expr.line);
    return true;
  }
  static_cast<void>(id);
  static_cast<void>(callee_expr);
  return false;
}

ValuePtr OperationReader::effect(ExprId id, PythonScope &scope) {
  ValuePtr result;
  const Expr &top = module().at(id);
  if (top.kind == ExprKind::kCall && handle_call(id, top, scope, true, result)) return result;
  // A function of the same file, or what cannot be followed.
  bool followed = false;
  if (top.kind == ExprKind::kCall) {
    const Expr &callee_expr = module().at(module().child(top, 0));
    const ValuePtr callee = evaluate(module().child(top, 0), scope);
    if (callee->is(ValueKind::kFunction)) {
      const Value arguments = call_value(top, scope);
      call_function(*callee, &arguments);
      followed = true;
      result = unknown_value("is what a function returns", top.line);
    } else if (callee->is(ValueKind::kUnknown) && callee_expr.kind == ExprKind::kName &&
               !is_harmless(callee_expr.text)) {
      const bool builtin = !scope.find(callee_expr.text);
      static constexpr std::string_view kPure[] = {
          "set",   "list", "dict",      "tuple", "len",  "str",    "int",        "sorted",   "open",
          "range", "bool", "enumerate", "zip",   "map",  "filter", "isinstance", "getattr",  "hasattr",
          "min",   "max",  "any",       "all",   "next", "iter",   "type",       "frozenset"};
      const bool pure =
          builtin && std::find(std::begin(kPure), std::end(kPure), callee_expr.text) != std::end(kPure);
      if (!pure)
        opaque(top, OperationKind::kOther, std::string(callee_expr.text),
               "what it does is not in upgrade() itself");
    } else if (callee->is(ValueKind::kPath) && !is_harmless(callee->text)) {
      const std::string path = short_path(callee->text);
      const bool construct = path.substr(0, 3) == "sa." || path.substr(0, 3) == "pg." ||
                             path.substr(0, 5) == "func." || path.substr(0, 3) == "op." ||
                             path.substr(0, 8) == "alembic." || path.substr(0, 11) == "sqlalchemy.";
      if (!construct) opaque(top, OperationKind::kOther, path, "what it does is not in upgrade() itself");
    } else if (callee->is(ValueKind::kMember)) {
      const Value &root = root_of(*callee);
      // commit() on the connection of the migration itself sends nothing that changes a schema.
      const bool transaction = root.is_object("op.get_bind") && callee->text == "commit";
      const bool harmless = transaction || (root.is(ValueKind::kObject) && is_harmless(root.text));
      static constexpr std::string_view kActs[] = {"execute",
                                                   "commit",
                                                   "add",
                                                   "add_all",
                                                   "bulk_save_objects",
                                                   "create_all",
                                                   "drop_all",
                                                   "create",
                                                   "drop",
                                                   "bulk_insert_mappings",
                                                   "delete",
                                                   "run",
                                                   "exec_driver_sql",
                                                   "upgrade"};
      if (!harmless && std::find(std::begin(kActs), std::end(kActs), callee->text) != std::end(kActs)) {
        opaque(top, OperationKind::kData, callee->text, "what it works on is not literal");
      }
    } else if (callee->is(ValueKind::kUnknown) && callee_expr.kind == ExprKind::kAttribute) {
      static constexpr std::string_view kActs[] = {"execute",
                                                   "commit",
                                                   "add_all",
                                                   "bulk_save_objects",
                                                   "create_all",
                                                   "drop_all",
                                                   "bulk_insert_mappings",
                                                   "create",
                                                   "drop",
                                                   "exec_driver_sql"};
      if (std::find(std::begin(kActs), std::end(kActs), callee_expr.text) != std::end(kActs)) {
        opaque(top, OperationKind::kData, std::string(callee_expr.text), "what it works on is not literal");
      }
    } else if (callee_expr.kind == ExprKind::kSubscript || callee_expr.kind == ExprKind::kCall) {
      opaque(top, OperationKind::kOther, "a computed function", "which function is called is computed");
    }
  }
  // Calls further inside: an operation there happens, but when and how often is not said.
  std::vector<ExprId> open;
  for (std::uint32_t i = 0; i < top.count; ++i) open.push_back(module().child(top, i));
  while (!open.empty()) {
    tick();
    const ExprId next = open.back();
    open.pop_back();
    const Expr &expr = module().at(next);
    ValuePtr ignored;
    if (expr.kind == ExprKind::kCall) {
      const Expr &callee_expr = module().at(module().child(expr, 0));
      const bool candidate = callee_expr.kind == ExprKind::kAttribute || callee_expr.kind == ExprKind::kName;
      if (candidate && handle_call(next, expr, scope, false, ignored)) continue;
      if (!followed && callee_expr.kind == ExprKind::kName) {
        const ValuePtr callee = scope.find(callee_expr.text);
        if (callee && callee->is(ValueKind::kFunction)) {
          opaque(expr, OperationKind::kOther, std::string(callee_expr.text),
                 "is part of a larger expression");
          continue;
        }
      }
    }
    for (std::uint32_t i = 0; i < expr.count; ++i) open.push_back(module().child(expr, i));
  }
  return result;
}

void OperationReader::call_function(const Value &function, const Value *arguments) {
  const Statement &statement = *function.function;
  const bool plain = arguments == nullptr || (arguments->items.empty() && arguments->keywords.empty());
  const bool repeats = std::find(calls_.begin(), calls_.end(), &statement) != calls_.end();
  if (!plain || repeats || calls_.size() >= kMaxCalls || full_ || !statement.targets.empty()) {
    ScriptOperation operation;
    operation.line = arguments == nullptr ? statement.line : arguments->line;
    operation.call = statement.name;
    operation.opaque = !statement.targets.empty()
                           ? "the function \"" + std::string(statement.name) + "\" has a decorator"
                           : "the function \"" + std::string(statement.name) + "\" is called with arguments";
    if (plain && statement.targets.empty()) operation.opaque = "functions call each other too deeply";
    if (!uncertain_.empty()) operation.opaque = uncertain_.back();
    add(std::move(operation));
    return;
  }
  calls_.push_back(&statement);
  PythonScope scope(&outer_);
  for (const std::string_view name : statement.names) {
    scope.set(name, unknown_value("is an argument of " + std::string(statement.name) + "()", statement.line));
  }
  std::string before = std::move(returned_);
  returned_ = before;
  for (const Branch &branch : statement.branches) run(branch.body, scope);
  returned_ = std::move(before);  // a return ends this function only
  calls_.pop_back();
}

}  // namespace

std::vector<ScriptOperation> read_operations(const PythonModule &module, const Value &upgrade,
                                       const PythonScope &scope, std::size_t budget,
                                       const std::function<void()> &check_interrupt) {
  OperationReader reader(module, check_interrupt, budget, scope);
  if (upgrade.is(ValueKind::kFunction)) {
    reader.call_function(upgrade, nullptr);
  } else {
    ScriptOperation operation;
    operation.line = upgrade.line;
    operation.call = "upgrade";
    operation.opaque = "upgrade is no function that is defined in the file";
    reader.add(std::move(operation));
  }
  return reader.take();
}

}  // namespace migfix::core
