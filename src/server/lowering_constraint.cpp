#include "server/lowering_parts.hpp"
#include "server/server_version.hpp"

extern "C" {
#include "nodes/value.h"
}

namespace migfix::server {

namespace {

core::Key lower_key(const Constraint *constraint, const char *column) {
  core::Key key;
  key.primary = constraint->contype == CONSTR_PRIMARY;
  key.columns = strings_of(constraint->keys);
  if (column != nullptr) key.columns = {column};
  key.include = strings_of(constraint->including);
  key.nulls_not_distinct = constraint->nulls_not_distinct;
  key.deferral = {constraint->deferrable, constraint->initdeferred};
  if (is_without_overlaps(constraint)) throw NotModelled{"a key WITHOUT OVERLAPS is not modelled"};
  return key;
}

core::ForeignKey lower_foreign_key(const Lowering &lowering, const Constraint *constraint, const char *column,
                                   bool created) {
  if (has_period(constraint)) throw NotModelled{"a foreign key with PERIOD is not modelled"};
  core::ForeignKey key;
  key.columns = strings_of(constraint->fk_attrs);
  if (column != nullptr) key.columns = {column};
  key.references = lowering.name(constraint->pktable);
  key.referenced = strings_of(constraint->pk_attrs);
  const auto given = [](char code, char otherwise) { return code == '\0' ? otherwise : code; };
  key.match = given(constraint->fk_matchtype, 's');
  key.on_update = given(constraint->fk_upd_action, 'a');
  key.on_delete = given(constraint->fk_del_action, 'a');
  key.set_columns = strings_of(constraint->fk_del_set_cols);
  key.deferral = {constraint->deferrable, constraint->initdeferred};
  key.valid = created || !constraint->skip_validation;
  return key;
}

core::Exclusion lower_exclusion(Lowering &lowering, const Constraint *constraint, const OwnTable &table) {
  core::Exclusion exclusion;
  exclusion.method = constraint->access_method == nullptr ? "btree" : constraint->access_method;
  exclusion.include = strings_of(constraint->including);
  exclusion.deferral = {constraint->deferrable, constraint->initdeferred};
  std::vector<const IndexElem *> elements;
  ListCell *cell;
  foreach (cell, constraint->exclusions) {
    const auto *pair = static_cast<const List *>(lfirst(cell));
    elements.push_back(linitial_node(IndexElem, pair));
    exclusion.operators.push_back(strVal(llast(static_cast<const List *>(lsecond(pair)))));
  }
  Tokens &tokens = lowering.tokens();
  const TokenRange all = lowering.from(constraint->location);
  const TokenRange list = tokens.enclosed(all);
  exclusion.elements = lower_index_elements(lowering, elements, list, exclusion.method.c_str(), table);
  if (constraint->where_clause != nullptr) {
    const int where = tokens.find_word({list.last + 1, all.last}, "where");
    exclusion.predicate =
        slice_expression(tokens, tokens.enclosed({where, all.last}), constraint->where_clause, table);
  }
  return exclusion;
}

}  // namespace

core::Expression lower_check(Lowering &lowering, const Constraint *constraint, const OwnTable &table) {
  return slice_expression(lowering.tokens(), lowering.tokens().enclosed(lowering.from(constraint->location)),
                          constraint->raw_expr, table);
}

core::NamedConstraint lower_constraint(Lowering &lowering, const Constraint *constraint,
                                       const OwnTable &table, const char *column, bool created) {
  if (is_not_enforced(constraint)) throw NotModelled{"a constraint that is NOT ENFORCED is not modelled"};
  core::NamedConstraint lowered;
  lowered.name = text_of(constraint->conname);
  switch (constraint->contype) {
    case CONSTR_PRIMARY:
    case CONSTR_UNIQUE:
      lowered.constraint.what = lower_key(constraint, column);
      lowered.using_index = text_of(constraint->indexname);
      return lowered;
    case CONSTR_FOREIGN:
      lowered.constraint.what = lower_foreign_key(lowering, constraint, column, created);
      return lowered;
    case CONSTR_CHECK: {
      core::Check check;
      check.expression = lower_check(lowering, constraint, table);
      check.no_inherit = constraint->is_no_inherit;
      check.valid = created || !constraint->skip_validation;
      lowered.constraint.what = std::move(check);
      return lowered;
    }
    case CONSTR_EXCLUSION:
      lowered.constraint.what = lower_exclusion(lowering, constraint, table);
      return lowered;
    default:
      throw NotModelled{"a constraint of this kind is not modelled"};
  }
}

}  // namespace migfix::server
