// Runs the part of a Python file that needs no Python: names bound to literals, branches whose condition is
// known.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/python_syntax.hpp"
#include "core/python_value.hpp"

namespace migfix::core {

/// The names of one block and of those around it. A branch that may or may not run is executed on a layer of
/// its own, which is then merged: a name on which the ways through do not agree becomes unknown.
class PythonScope {
 public:
  using Names = std::map<std::string_view, ValuePtr>;  // nullptr: deleted, or not bound

  explicit PythonScope(const PythonScope *outer = nullptr) : outer_(outer), layers_(1) {}

  /// What `name` is bound to, here or outside; nullptr: nothing.
  ValuePtr find(std::string_view name) const;
  /// The same within this scope's own layers.
  ValuePtr find_here(std::string_view name) const;
  void set(std::string_view name, ValuePtr value) { layers_.back()[name] = std::move(value); }
  void push() { layers_.emplace_back(); }
  Names pop();
  /// Takes over what all ways through a statement have done. `reason` says of what they differ in why it is
  /// unknown.
  void merge(const std::vector<Names> &ways, const std::string &reason, std::uint32_t line);

 private:
  const PythonScope *outer_;
  std::vector<Names> layers_;
};

/// Executes statements on a scope. A derived class hears of every call that stands as a statement or is
/// assigned.
class PythonInterpreter {
 public:
  PythonInterpreter(const PythonModule &module, const std::function<void()> &check_interrupt,
                    std::size_t budget, std::uint32_t first_order = 0);
  virtual ~PythonInterpreter() = default;
  PythonInterpreter(const PythonInterpreter &) = delete;
  PythonInterpreter &operator=(const PythonInterpreter &) = delete;

  /// Runs a block; false: it was left by return or raise.
  bool run(const std::vector<Statement> &body, PythonScope &scope);
  ValuePtr evaluate(ExprId id, PythonScope &scope);

  /// True once a star import may have bound any name.
  bool saw_star_import() const { return star_import_; }

 protected:
  /// An expression that stands alone, or on the right of an assignment; may act on its calls. What it
  /// returns, if anything, is the expression's value.
  virtual ValuePtr effect(ExprId, PythonScope &) { return nullptr; }
  /// A block is entered that may run or not, or more than once: `reason` ("stands in an if statement").
  virtual void enter_uncertain(const std::string &, std::uint32_t) {}
  virtual void leave_uncertain() {}
  /// A block may have been left by a return that may run or not.
  virtual void may_return(std::uint32_t) {}
  virtual void raised(std::uint32_t) {}
  virtual void enter_with(const Value &) {}
  virtual void leave_with() {}

  const PythonModule &module() const { return module_; }
  void tick();
  /// Evaluates the arguments of a call into the items and keywords of `object`.
  void arguments(const Expr &expr, Value &object, PythonScope &scope);

 private:
  static constexpr std::uint32_t kMaxEvaluation = 300;  // nested expressions

  ValuePtr evaluate_kind(const Expr &expr, PythonScope &scope);
  ValuePtr evaluate_name(const Expr &expr, PythonScope &scope);
  ValuePtr evaluate_attribute(const Expr &expr, PythonScope &scope);
  ValuePtr evaluate_call(const Expr &expr, PythonScope &scope);
  ValuePtr evaluate_method(const Value &member, const Expr &expr, PythonScope &scope);
  ValuePtr evaluate_sequence(const Expr &expr, PythonScope &scope);
  ValuePtr evaluate_sum(const Expr &expr, PythonScope &scope);
  ValuePtr evaluate_compare(const Expr &expr, PythonScope &scope);
  ValuePtr evaluate_boolean(const Expr &expr, PythonScope &scope);
  ValuePtr evaluate_unary(const Expr &expr, PythonScope &scope);
  ValuePtr evaluate_subscript(const Expr &expr, PythonScope &scope);
  bool spend(std::size_t bytes);

  bool execute(const Statement &statement, PythonScope &scope);
  void assign(ExprId target, const ValuePtr &value, PythonScope &scope);
  void forget(ExprId target, const std::string &reason, PythonScope &scope);
  void import(const Statement &statement, PythonScope &scope);
  bool execute_if(const Statement &statement, PythonScope &scope);
  void execute_loop(const Statement &statement, PythonScope &scope);
  void execute_try(const Statement &statement, PythonScope &scope);
  bool execute_with(const Statement &statement, PythonScope &scope);
  void notice_mutation(const Expr &expr, PythonScope &scope);
  PythonScope::Names run_apart(const std::vector<Statement> &body, const Statement &statement,
                               const char *what, PythonScope &scope, bool &ended);

  const PythonModule &module_;
  const std::function<void()> &check_interrupt_;
  std::size_t budget_;  // bytes of text that folding may still make
  std::uint32_t ticks_ = 0;
  std::uint32_t order_ = 0;
  std::uint32_t depth_ = 0;  // reset by no exception: an interpreter that threw is done
  std::uint32_t return_line_ = 0;
  bool star_import_ = false;
  std::string star_path_;  // of a star import from a module whose names are known
};

}  // namespace migfix::core
