#include <algorithm>
#include <utility>

#include "core/default_name.hpp"
#include "core/schema_replay_steps.hpp"
#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

bool is_same_expression(const Expression &a, const Expression &b) {
  return a.text.empty() || b.text.empty() ? a.normal == b.normal : a.text == b.text;
}

bool is_alike(const Index &a, const Index &b) {
  if (a.method != b.method || a.include != b.include || a.unique != b.unique ||
      a.elements.size() != b.elements.size() || !is_same_expression(a.predicate, b.predicate)) {
    return false;
  }
  for (std::size_t i = 0; i < a.elements.size(); ++i) {
    const IndexElement &x = a.elements[i];
    const IndexElement &y = b.elements[i];
    if (x.column != y.column || x.descending != y.descending || x.nulls_first != y.nulls_first ||
        x.collation != y.collation || x.operator_class != y.operator_class ||
        !is_same_expression(x.expression, y.expression)) {
      return false;
    }
  }
  return true;
}

}  // namespace

void Replay::check_elements(const QualifiedName &table, const std::vector<IndexElement> &elements,
                            const std::vector<std::string> &include, const Expression &predicate) const {
  const auto there = model_.relation(table);
  if (!there || there->kind != ObjectKind::kTable) return;  // columns of materialized views are not modelled
  for (const IndexElement &element : elements) {
    if (!element.column.empty()) check_columns_exist(table, {element.column}, " does not exist");
    check_expression(table, element.expression);
  }
  check_columns_exist(table, include, " does not exist");
  check_expression(table, predicate);
}

void Replay::put_index(const QualifiedName &table, std::string name, Index index) {
  index.table = table;
  if (name.empty()) name = default_index_name(model_, index);
  model_.put(id_of(ObjectKind::kIndex, {table.schema, name}), {index, {}});
  for (const QualifiedName &partition : children_of(table, true)) {
    const auto ids = model_.indexes_of(partition);
    const bool there = std::any_of(ids.begin(), ids.end(), [&](const ObjectId &id) {
      return is_alike(*model_.find_as<Index>(id), index);
    });
    if (!there) put_index(partition, {}, index);
  }
}

void Replay::operator()(const CreateIndex &effect) {
  const QualifiedName &table = effect.index.table;
  const auto there = model_.relation(table);
  if (!there) {
    if (may_be_elsewhere(table)) return;
    refuse_missing_relation(table);
  }
  const QualifiedName name{table.schema, effect.name.name};
  if (!name.empty()) {
    if (effect.if_not_exists && model_.relation(name)) return;
  }
  const auto *view = model_.find_as<View>(*there);
  if (there->kind != ObjectKind::kTable && (view == nullptr || !view->materialized)) {
    refuse("42809", "cannot create index on relation " + in_quotes(table.name), *there);
  }
  check_elements(table, effect.index.elements, effect.index.include, effect.index.predicate);
  if (!name.empty()) claim_relation(name, ObjectKind::kIndex);
  put_index(table, name.name, effect.index);
}

void Replay::copy_indexes(const QualifiedName &partition, const QualifiedName &parent) {
  std::vector<std::pair<std::string, Constraint>> keys, foreign_keys;
  for (const ObjectId &id : model_.constraints_of(parent)) {
    const Constraint &constraint = *model_.find_as<Constraint>(id);
    if (const auto *key = std::get_if<Key>(&constraint.what)) {
      keys.insert(key->primary ? keys.begin() : keys.end(), {id.name, constraint});
    } else if (std::holds_alternative<ForeignKey>(constraint.what)) {
      foreign_keys.emplace_back(id.name, constraint);
    }
  }
  for (const auto &[name, constraint] : keys) {
    const Key &key = std::get<Key>(constraint.what);
    if (!has_like_key(partition, key)) add_key(partition, {}, key);
  }
  for (const ObjectId &id : model_.indexes_of(parent)) {
    const Index index = *model_.find_as<Index>(id);
    const auto ids = model_.indexes_of(partition);
    const bool there = std::any_of(ids.begin(), ids.end(), [&](const ObjectId &own) {
      return is_alike(*model_.find_as<Index>(own), index);
    });
    if (!there) put_index(partition, {}, index);
  }
  for (const auto &[name, constraint] : foreign_keys) {
    copy_foreign_key(partition, name, std::get<ForeignKey>(constraint.what));
  }
}

}  // namespace migfix::core
