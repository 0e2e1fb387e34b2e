#include "server/lowering_parts.hpp"

extern "C" {
#include "nodes/value.h"
}

namespace migfix::server {

void lower_create_enum(Lowering &lowering, const CreateEnumStmt *statement) {
  lowering.add(core::CreateEnum{lowering.name(statement->typeName), strings_of(statement->vals)});
}

void lower_alter_enum(Lowering &lowering, const AlterEnumStmt *statement) {
  const core::QualifiedName name = lowering.name(statement->typeName);
  if (statement->oldVal != nullptr) {
    lowering.add(core::RenameEnumValue{name, statement->oldVal, text_of(statement->newVal)});
    return;
  }
  lowering.add(core::AddEnumValue{name, text_of(statement->newVal), statement->skipIfNewValExists,
                                  text_of(statement->newValNeighbor),
                                  statement->newValNeighbor != nullptr && !statement->newValIsAfter});
}

void lower_create_domain(Lowering &lowering, const CreateDomainStmt *statement) {
  core::CreateDomain effect;
  effect.name = lowering.name(statement->domainname);
  core::Domain &domain = effect.domain;
  domain.type = lower_type(lowering, statement->typeName);
  if (statement->collClause != nullptr)
    domain.collation = lower_collation(lowering, statement->collClause->collname);
  ListCell *cell;
  foreach (cell, statement->constraints) {
    const auto *item = lfirst_node(Constraint, cell);
    switch (item->contype) {
      case CONSTR_NULL:
        break;
      case CONSTR_NOTNULL:
        domain.not_null = true;
        break;
      case CONSTR_DEFAULT:
        // A bare null is kept as no default (DefineDomain, typecmds.c); with a length it is an expression.
        if (!is_null_constant(item->raw_expr) || !domain.type.modifiers.empty())
          domain.default_value = slice_expression(
              lowering.tokens(), default_range(lowering, item, statement->constraints, statement->collClause),
              item->raw_expr, {});
        break;
      case CONSTR_CHECK:
        domain.checks.emplace_back(text_of(item->conname), lower_check(lowering, item, {}));
        break;
      default:
        throw NotModelled{"a constraint of this kind is not modelled for domains"};
    }
  }
  lowering.add(std::move(effect));
}

void lower_alter_domain(Lowering &lowering, const AlterDomainStmt *statement) {
  using Change = core::AlterDomain::Change;
  core::AlterDomain effect;
  effect.name = lowering.name(statement->typeName);
  switch (statement->subtype) {
    case 'T':
      effect.change = Change::kSetDefault;
      if (statement->def != nullptr) {
        Tokens &tokens = lowering.tokens();
        const TokenRange range = lowering.range();
        const int word = tokens.find_word(range, "default");
        effect.expression = slice_expression(tokens, {word + 1, range.last}, statement->def, {});
      }
      break;
    case 'N':
      effect.change = Change::kDropNotNull;
      break;
    case 'O':
      effect.change = Change::kSetNotNull;
      break;
    case 'C': {
      const auto *constraint = castNode(Constraint, statement->def);
      if (constraint->contype == CONSTR_NOTNULL) {
        effect.change = Change::kSetNotNull;
        break;
      }
      if (constraint->contype != CONSTR_CHECK) throw NotModelled{"a command of ALTER DOMAIN is not modelled"};
      effect.change = Change::kAddCheck;
      effect.constraint = text_of(constraint->conname);
      effect.expression = lower_check(lowering, constraint, {});
      break;
    }
    case 'X':
      effect.change = Change::kDropConstraint;
      effect.constraint = text_of(statement->name);
      effect.if_exists = statement->missing_ok;
      break;
    case 'V':
      effect.change = Change::kValidate;
      effect.constraint = text_of(statement->name);
      break;
    default:
      throw NotModelled{"a command of ALTER DOMAIN is not modelled"};
  }
  lowering.add(std::move(effect));
}

void lower_create_composite(Lowering &lowering, const CompositeTypeStmt *statement) {
  core::CreateComposite effect;
  effect.name = lowering.name(statement->typevar);
  ListCell *cell;
  foreach (cell, statement->coldeflist) {
    const auto *attribute = lfirst_node(ColumnDef, cell);
    effect.composite.attributes.emplace_back(attribute->colname, lower_type(lowering, attribute->typeName));
  }
  lowering.add(std::move(effect));
}

}  // namespace migfix::server
