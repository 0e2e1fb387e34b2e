#include "server/lowering_parts.hpp"

extern "C" {
#include "nodes/value.h"
#include "utils/builtins.h"
#include "utils/varlena.h"
}

namespace migfix::server {

namespace {

// A whole number that fits; nothing where it is none, or NO MINVALUE.
std::optional<std::int64_t> number(const Node *value) {
  if (value == nullptr) return std::nullopt;
  if (IsA(value, Integer)) return intVal(value);
  if (!IsA(value, Float)) return std::nullopt;
  const char *text = castNode(Float, const_cast<Node *>(value))->fval;
  char *end = nullptr;
  errno = 0;
  const long long parsed = std::strtoll(text, &end, 10);
  if (errno != 0 || *end != '\0') return std::nullopt;
  return parsed;
}

const DefElem *option(const List *options, const char *name) {
  ListCell *cell;
  foreach (cell, options) {
    const auto *element = lfirst_node(DefElem, cell);
    if (strcmp(element->defname, name) == 0) return element;
  }
  return nullptr;
}

struct Owner {
  bool given = false;
  core::QualifiedName table;  // empty: NONE
  std::string column;
};

Owner owner_of(const Lowering &lowering, const List *options) {
  Owner owner;
  const DefElem *element = option(options, "owned_by");
  if (element == nullptr || element->arg == nullptr || !IsA(element->arg, List)) return owner;
  const auto *names = reinterpret_cast<const List *>(element->arg);
  owner.given = true;
  if (list_length(names) < 2) return owner;  // NONE; any other word is an error in the server
  owner.table = lowering.name(names, 1);
  owner.column = strVal(llast(names));
  return owner;
}

}  // namespace

core::SequenceOptions lower_sequence_options(Lowering &lowering, const List *options) {
  core::SequenceOptions lowered;
  ListCell *cell;
  foreach (cell, options) {
    const auto *element = lfirst_node(DefElem, cell);
    const std::string_view name = element->defname;
    const Node *value = element->arg;
    if (name == "as" && value != nullptr && IsA(value, TypeName))
      lowered.type = lower_type(lowering, reinterpret_cast<const TypeName *>(value)).name.name;
    else if (name == "start")
      lowered.start = number(value);
    else if (name == "increment")
      lowered.increment = number(value);
    else if (name == "minvalue") {
      lowered.minimum = number(value);
      lowered.resets_minimum = value == nullptr;
    } else if (name == "maxvalue") {
      lowered.maximum = number(value);
      lowered.resets_maximum = value == nullptr;
    }
    if (name == "cache")
      lowered.cache = number(value);
    else if (name == "cycle" && value != nullptr)
      lowered.cycle = IsA(value, Boolean) ? boolVal(value) : intVal(value) != 0;
  }
  return lowered;
}

bool restarts(const List *options) {
  return option(options, "restart") != nullptr;
}

void lower_create_sequence(Lowering &lowering, const CreateSeqStmt *statement) {
  if (is_temporary(statement->sequence)) throw NotModelled{"a temporary sequence is not modelled"};
  core::CreateSequence effect;
  effect.name = lowering.name(statement->sequence);
  effect.if_not_exists = statement->if_not_exists;
  effect.options = lower_sequence_options(lowering, statement->options);
  const Owner owner = owner_of(lowering, statement->options);
  effect.owner = owner.table;
  effect.owner_column = owner.column;
  lowering.add(std::move(effect));
}

void lower_alter_sequence(Lowering &lowering, const AlterSeqStmt *statement) {
  core::AlterSequence effect;
  effect.name = lowering.name(statement->sequence);
  effect.if_exists = statement->missing_ok;
  effect.options = lower_sequence_options(lowering, statement->options);
  const Owner owner = owner_of(lowering, statement->options);
  effect.changes_owner = owner.given;
  effect.owner = owner.table;
  effect.owner_column = owner.column;
  const bool restart = restarts(statement->options);
  if (restart && list_length(statement->options) == 1) return lowering.no_change(core::NoChange::What::kRows);
  lowering.add(std::move(effect));
  if (restart) lowering.no_change(core::NoChange::What::kRows);
}

std::optional<core::QualifiedName> lower_nextval(const Lowering &lowering, const Node *expression) {
  if (!is_function(expression, "nextval")) return std::nullopt;
  const auto *arguments = reinterpret_cast<const FuncCall *>(expression)->args;
  if (list_length(arguments) != 1) return std::nullopt;
  const auto *argument = static_cast<const Node *>(linitial(arguments));
  if (IsA(argument, TypeCast)) {
    // Of another type than regclass it is looked up at each call, and is no dependency.
    const auto *cast = reinterpret_cast<const TypeCast *>(argument);
    if (strcmp(strVal(llast(cast->typeName->names)), "regclass") != 0) return std::nullopt;
    argument = cast->arg;
  }
  if (!IsA(argument, A_Const)) return std::nullopt;
  const auto *constant = reinterpret_cast<const A_Const *>(argument);
  if (constant->isnull || !IsA(&constant->val, String)) return std::nullopt;
  const char *text = strVal(&constant->val);
  List *names = NIL;
  const bool is_name = call([&] { return SplitIdentifierString(pstrdup(text), '.', &names); });
  const int count = list_length(names);
  if (!is_name || count < 1 || count > 2) return std::nullopt;
  return lowering.name(count == 2 ? static_cast<const char *>(linitial(names)) : nullptr,
                       static_cast<const char *>(llast(names)));
}

}  // namespace migfix::server
