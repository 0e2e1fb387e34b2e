#include "server/lowering_parts.hpp"
#include "server/server_version.hpp"

extern "C" {
#include "catalog/pg_class.h"
#include "nodes/value.h"
#include "utils/builtins.h"
}

namespace migfix::server {

namespace {

std::string quoted(const char *name) {
  return call([&] { return quote_identifier(name); });
}

std::string quoted(const List *names) {
  std::string text;
  ListCell *cell;
  foreach (cell, names) text += (text.empty() ? "" : ".") + quoted(strVal(lfirst(cell)));
  return text;
}

// As pg_get_partkeydef writes it, but for expressions, which are as they were written.
std::string partition_key(Lowering &lowering, const PartitionSpec *specification) {
  Tokens &tokens = lowering.tokens();
  std::vector<TokenRange> items;
  std::string key = std::string(partition_strategy(specification)) + " (";
  for (int i = 0; i < list_length(specification->partParams); ++i) {
    const auto *element = list_nth_node(PartitionElem, specification->partParams, i);
    if (i > 0) key += ", ";
    if (element->name != nullptr) {
      key += quoted(element->name);
    } else {
      if (items.empty()) items = tokens.items(tokens.enclosed(lowering.from(specification->location)));
      const TokenRange item = items.at(static_cast<std::size_t>(i));
      const int open = tokens.find(item, '(');
      key += tokens.text({item.first, tokens.closing(open, item.last) + 1});
    }
    if (element->collation != NIL) key += " COLLATE " + quoted(element->collation);
    if (element->opclass != NIL) key += " " + quoted(element->opclass);
  }
  return key + ")";
}

// The items as get_range_partbound_string and get_rule_expr write constants; other expressions as they were
// written.
std::string bound_list(Lowering &lowering, const List *values, TokenRange range) {
  Tokens &tokens = lowering.tokens();
  const std::vector<TokenRange> items = tokens.items(range);
  std::string text = "(";
  for (int i = 0; i < list_length(values); ++i) {
    const auto *value = static_cast<const Node *>(list_nth(values, i));
    if (i > 0) text += ", ";
    if (IsA(value, ColumnRef)) {
      std::string word = tokens.text(items.at(static_cast<std::size_t>(i)));
      for (char &c : word) c = static_cast<char>(pg_ascii_toupper(static_cast<unsigned char>(c)));
      text += word;  // MINVALUE, MAXVALUE
    } else if (is_null_constant(value)) {
      text += "NULL";
    } else {
      text += tokens.text(items.at(static_cast<std::size_t>(i)));
    }
  }
  return text + ")";
}

// PARTITION OF t (column [WITH OPTIONS] ...): the column is the parent's.
void lower_partition_column(Lowering &lowering, const core::QualifiedName &name, const ColumnDef *definition,
                            const OwnTable &table, std::vector<core::NamedConstraint> &constraints,
                            std::vector<core::Effect> &after) {
  ListCell *cell;
  foreach (cell, definition->constraints) {
    const auto *item = lfirst_node(Constraint, cell);
    switch (item->contype) {
      case CONSTR_NULL:
        break;
      case CONSTR_NOTNULL:
        after.push_back(core::SetNotNull{{name, false}, definition->colname, true});
        break;
      case CONSTR_DEFAULT: {
        core::SetDefault effect{
            {name, false}, definition->colname, {}, lower_nextval(lowering, item->raw_expr)};
        if (!effect.nextval)
          effect.value = slice_expression(lowering.tokens(),
                                          default_range(lowering, item, definition->constraints, nullptr),
                                          item->raw_expr, table);
        after.push_back(std::move(effect));
        break;
      }
      default:
        constraints.push_back(lower_constraint(lowering, item, table, definition->colname, true));
    }
  }
}

}  // namespace

std::string lower_partition_bound(Lowering &lowering, const PartitionBoundSpec *bound) {
  if (bound->is_default) return "DEFAULT";
  Tokens &tokens = lowering.tokens();
  TokenRange range = lowering.from(bound->location);
  switch (bound->strategy) {
    case PARTITION_STRATEGY_HASH:
      return fmt::format("FOR VALUES WITH (modulus {}, remainder {})", bound->modulus, bound->remainder);
    case PARTITION_STRATEGY_LIST:
      return "FOR VALUES IN " + bound_list(lowering, bound->listdatums, tokens.enclosed(range));
    case PARTITION_STRATEGY_RANGE: {
      const TokenRange lower = tokens.enclosed(range);
      range.first = lower.last + 1;
      const TokenRange upper = tokens.enclosed(range);
      return "FOR VALUES FROM " + bound_list(lowering, bound->lowerdatums, lower) + " TO " +
             bound_list(lowering, bound->upperdatums, upper);
    }
    default:
      throw NotModelled{"a partition bound of this kind is not modelled"};
  }
}

void lower_create_table(Lowering &lowering, const CreateStmt *statement) {
  if (is_temporary(statement->relation)) throw NotModelled{"a temporary table is not modelled"};
  if (statement->ofTypename != nullptr) throw NotModelled{"CREATE TABLE ... OF is not modelled"};
  core::CreateTable effect;
  effect.name = lowering.name(statement->relation);
  effect.if_not_exists = statement->if_not_exists;
  effect.table.unlogged = statement->relation->relpersistence == RELPERSISTENCE_UNLOGGED;
  if (statement->partspec != nullptr)
    effect.table.partition_by = partition_key(lowering, statement->partspec);
  if (statement->partbound != nullptr)
    effect.table.partition_bound = lower_partition_bound(lowering, statement->partbound);
  const OwnTable table = lowering.own_table(statement->relation);
  std::vector<core::Effect> after;
  ListCell *cell;
  foreach (cell, statement->inhRelations)
    effect.table.parents.push_back(lowering.name(lfirst_node(RangeVar, cell)));
  foreach (cell, statement->tableElts) {
    const auto *element = static_cast<const Node *>(lfirst(cell));
    if (IsA(element, ColumnDef)) {
      const auto *column = reinterpret_cast<const ColumnDef *>(element);
      if (column->typeName == nullptr)
        lower_partition_column(lowering, effect.name, column, table, effect.constraints, after);
      else
        effect.columns.push_back(lower_column(lowering, column, table));
    } else if (IsA(element, Constraint)) {
      effect.constraints.push_back(
          lower_constraint(lowering, reinterpret_cast<const Constraint *>(element), table, nullptr, true));
    } else {
      throw NotModelled{"CREATE TABLE ... LIKE is not modelled"};
    }
  }
  lowering.add(std::move(effect));
  for (core::Effect &it : after) lowering.add(std::move(it));
}

}  // namespace migfix::server
