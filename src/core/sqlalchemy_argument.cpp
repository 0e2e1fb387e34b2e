#include "core/sqlalchemy_argument.hpp"

#include <utility>

namespace migfix::core {

void not_literal(const Value &value, std::string_view what) {
  if (value.is(ValueKind::kUnknown)) throw NotLiteral{value.line, std::string(what) + " " + value.text};
  if (value.is(ValueKind::kPath) || value.is(ValueKind::kObject)) {
    throw NotLiteral{value.line, std::string(what) + " is \"" + value.text.substr(0, 100) + "\""};
  }
  throw NotLiteral{value.line, std::string(what) + " is no literal of the kind that belongs there"};
}

Arguments::Arguments(const Value &call, std::initializer_list<std::string_view> names, bool variadic)
    : line_(call.line) {
  fill(call, names, variadic);
}

Arguments::Arguments(const Value &call, const std::vector<std::string_view> &names, bool variadic)
    : line_(call.line) {
  fill(call, names, variadic);
}

void Arguments::fill(const Value &call, const std::vector<std::string_view> &names, bool variadic) {
  call_ = call.text;
  for (std::size_t i = 0; i < call.items.size(); ++i) {
    if (call.items[i]->is(ValueKind::kUnknown) && call.items[i]->text == "passes computed arguments") {
      throw NotLiteral{call.items[i]->line, "\"" + call_ + "\" is passed computed arguments"};
    }
    if (i < names.size())
      given_[std::string(names[i])].value = call.items[i];
    else if (variadic)
      rest_.push_back(call.items[i]);
    else
      throw NotLiteral{call.line, "\"" + call_ + "\" has too many arguments"};
  }
  for (const auto &[name, value] : call.keywords) given_[name].value = value;
}

ValuePtr Arguments::find(std::string_view name) {
  const auto found = given_.find(name);
  if (found == given_.end()) return nullptr;
  found->second.used = true;
  return found->second.value->is(ValueKind::kNone) ? nullptr : found->second.value;
}

const Value &Arguments::need(std::string_view name) {
  const ValuePtr value = find(name);
  if (!value) throw NotLiteral{line_, "\"" + call_ + "\" lacks the argument \"" + std::string(name) + "\""};
  return *value;  // given_ keeps it alive
}

std::optional<std::string> Arguments::text(std::string_view name) {
  const ValuePtr value = find(name);
  if (!value) return std::nullopt;
  if (!value->is(ValueKind::kString)) not_literal(*value, "the argument \"" + std::string(name) + "\"");
  return value->text;
}

std::optional<SqlName> Arguments::name(std::string_view name) {
  const ValuePtr value = find(name);
  if (!value) return std::nullopt;
  return name_of(*value, "argument \"" + std::string(name) + "\"");
}

SqlName Arguments::need_name(std::string_view name) {
  return name_of(need(name), "argument \"" + std::string(name) + "\"");
}

std::vector<SqlName> Arguments::names(std::string_view name) {
  const Value &value = need(name);
  if (!value.is(ValueKind::kList) && !value.is(ValueKind::kTuple)) {
    not_literal(value, "the argument \"" + std::string(name) + "\"");
  }
  std::vector<SqlName> result;
  for (const ValuePtr &item : value.items)
    result.push_back(name_of(*item, "argument \"" + std::string(name) + "\""));
  return result;
}

std::optional<std::string> Arguments::integer(std::string_view name) {
  const ValuePtr value = find(name);
  if (!value) return std::nullopt;
  if (!value->is(ValueKind::kInteger)) not_literal(*value, "the argument \"" + std::string(name) + "\"");
  return value->text;
}

std::optional<bool> Arguments::flag(std::string_view name) {
  const ValuePtr value = find(name);
  if (!value) return std::nullopt;
  const int truth = truth_of(*value);
  if (truth < 0) not_literal(*value, "the argument \"" + std::string(name) + "\"");
  return truth == 1;
}

void Arguments::ignore(std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (const auto found = given_.find(name); found != given_.end()) found->second.used = true;
  }
  static constexpr std::string_view kForeign[] = {"mysql_", "mariadb_", "sqlite_", "oracle_", "mssql_"};
  for (auto &[name, given] : given_) {
    for (const std::string_view prefix : kForeign) given.used = given.used || name.starts_with(prefix);
  }
}

void Arguments::finish() const {
  for (const auto &[name, given] : given_) {
    if (!given.used) {
      throw NotLiteral{line_, "\"" + call_ + "\" has the argument \"" + name + "\", which is not known here"};
    }
  }
}

}  // namespace migfix::core
