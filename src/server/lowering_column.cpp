#include "server/lowering_parts.hpp"
#include "server/server_version.hpp"

extern "C" {
#include "nodes/value.h"
}

namespace migfix::server {

namespace {

bool is_attribute(ConstrType type) {
  return type == CONSTR_ATTR_DEFERRABLE || type == CONSTR_ATTR_NOT_DEFERRABLE ||
         type == CONSTR_ATTR_DEFERRED || type == CONSTR_ATTR_IMMEDIATE;
}

core::Deferral *deferral_of(core::NamedConstraint &constraint) {
  return std::visit(
      [](auto &what) -> core::Deferral * {
        if constexpr (requires { what.deferral; })
          return &what.deferral;
        else
          return nullptr;
      },
      constraint.constraint.what);
}

// INITIALLY DEFERRED makes a constraint deferrable (transformConstraintAttrs, parse_utilcmd.c).
void put_attribute(core::NamedConstraint &constraint, ConstrType type) {
  core::Deferral *deferral = deferral_of(constraint);
  if (deferral == nullptr) return;
  if (type == CONSTR_ATTR_DEFERRABLE) deferral->deferrable = true;
  if (type == CONSTR_ATTR_DEFERRED) *deferral = {true, true};
}

}  // namespace

bool is_null_constant(const Node *expression) {
  return expression != nullptr && IsA(expression, A_Const) &&
         reinterpret_cast<const A_Const *>(expression)->isnull;
}

TokenRange default_range(Lowering &lowering, const Constraint *item, const List *list,
                         const CollateClause *collation) {
  int next = collation != nullptr && collation->location > item->location ? collation->location : -1;
  ListCell *cell;
  foreach (cell, list) {
    const int location = static_cast<const Constraint *>(lfirst(cell))->location;
    if (location > item->location && (next < 0 || location < next)) next = location;
  }
  Tokens &tokens = lowering.tokens();
  TokenRange range = lowering.from(item->location);
  range.first = tokens.find_word(range, "default") + 1;  // CONSTRAINT name may stand in front of it
  range.last = next < 0 ? tokens.item_end(range) : tokens.at(next);
  return range;
}

core::NewColumn lower_column(Lowering &lowering, const ColumnDef *definition, const OwnTable &table) {
  core::NewColumn column;
  column.name = definition->colname;
  core::Column &lowered = column.column;
  if (const auto integer = serial_type(definition->typeName)) {
    lowered.type = *integer;
    lowered.not_null = true;
    column.serial = true;
  } else {
    lowered.type = lower_type(lowering, definition->typeName);
  }
  if (definition->collClause != nullptr)
    lowered.collation = lower_collation(lowering, definition->collClause->collname);
  ListCell *cell;
  foreach (cell, definition->constraints) {
    const auto *item = lfirst_node(Constraint, cell);
    switch (item->contype) {
      case CONSTR_NULL:
        break;
      case CONSTR_NOTNULL:
        lowered.not_null = true;
        break;
      case CONSTR_DEFAULT: {
        lowered.nextval = lower_nextval(lowering, item->raw_expr);
        // The server keeps no default that is a bare null; with a length it is an expression.
        const bool is_nothing = is_null_constant(item->raw_expr) && lowered.type.modifiers.empty() &&
                                lowered.type.name.schema == "pg_catalog";
        if (!lowered.nextval && !is_nothing) {
          lowered.default_value =
              slice_expression(lowering.tokens(),
                               default_range(lowering, item, definition->constraints, definition->collClause),
                               item->raw_expr, table);
        }
        break;
      }
      case CONSTR_IDENTITY:
        lowered.identity = item->generated_when == 'd' ? core::Identity::kByDefault : core::Identity::kAlways;
        lowered.identity_options = lower_sequence_options(lowering, item->options);
        lowered.not_null = true;
        break;
      case CONSTR_GENERATED:
        if (is_virtual(item)) throw NotModelled{"a virtual generated column is not modelled"};
        lowered.generated =
            slice_expression(lowering.tokens(), lowering.tokens().enclosed(lowering.from(item->location)),
                             item->raw_expr, table);
        break;
      default:
        if (is_attribute(item->contype)) {
          if (!column.constraints.empty()) put_attribute(column.constraints.back(), item->contype);
          break;
        }
        if (item->contype == CONSTR_PRIMARY) lowered.not_null = true;
        column.constraints.push_back(lower_constraint(lowering, item, table, definition->colname, true));
    }
  }
  return column;
}

}  // namespace migfix::server
