#include <algorithm>
#include <utility>

#include "core/default_name.hpp"
#include "core/schema_replay_steps.hpp"
#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

std::set<std::string> as_set(const std::vector<std::string> &names) {
  return {names.begin(), names.end()};
}

/// transformIndexConstraints makes one index of two that are alike but for the name.
bool is_alike(const Key &a, const Key &b) {
  return a.columns == b.columns && a.include == b.include && a.nulls_not_distinct == b.nulls_not_distinct &&
         a.deferral == b.deferral;
}

bool is_system_column(const std::string &name) {
  return name == "tableoid" || name == "ctid" || name == "xmin" || name == "xmax" || name == "cmin" ||
         name == "cmax";
}

}  // namespace

void Replay::claim_constraint(const QualifiedName &table, const std::string &name) const {
  const ObjectId id = constraint_id(table, name);
  if (model_.find(id) != nullptr) {
    refuse("42710",
           "constraint " + in_quotes(name) + " for relation " + in_quotes(table.name) + " already exists",
           id);
  }
}

void Replay::check_columns_exist(const QualifiedName &table, const std::vector<std::string> &columns,
                                 const char *message_end) const {
  for (const std::string &column : columns) {
    const ObjectId id = column_id(table, column);
    if (model_.find(id) == nullptr) refuse("42703", "column " + in_quotes(column) + message_end, id);
  }
}

void Replay::check_expression(const QualifiedName &table, const Expression &expression) const {
  for (const auto &use : expression.columns) {
    if (use.column == table.name || is_system_column(use.column)) continue;  // table.name: the whole row
    const ObjectId id = column_id(table, use.column);
    if (model_.find(id) == nullptr)
      refuse("42703", "column " + in_quotes(use.column) + " does not exist", id);
  }
}

std::optional<ObjectId> Replay::primary_key_of(const QualifiedName &table) const {
  for (const ObjectId &id : model_.constraints_of(table)) {
    const auto *key = std::get_if<Key>(&model_.find_as<Constraint>(id)->what);
    if (key != nullptr && key->primary) return id;
  }
  return std::nullopt;
}

std::optional<ObjectId> key_of_foreign_key(const SchemaModel &model, const QualifiedName &table,
                                           const std::vector<std::string> &columns) {
  const std::set<std::string> wanted = as_set(columns);
  std::optional<ObjectId> found;
  for (const ObjectId &id : model.constraints_of(table)) {
    const auto *key = std::get_if<Key>(&model.find_as<Constraint>(id)->what);
    if (key == nullptr || key->deferral.deferrable || as_set(key->columns) != wanted) continue;
    if (key->primary) return id;
    if (!found) found = id;
  }
  if (found) return found;
  for (const ObjectId &id : model.indexes_of(table)) {
    const auto *index = model.find_as<Index>(id);
    if (!index->unique || !index->predicate.empty()) continue;
    std::set<std::string> names;
    for (const IndexElement &element : index->elements) names.insert(element.column);
    if (names == wanted) return id;
  }
  return std::nullopt;
}

void Replay::add_key(const QualifiedName &table, std::string name, Key key) {
  const char *kind = key.primary ? "primary key" : "unique";
  check_columns_exist(table, key.columns, " named in key does not exist");
  check_columns_exist(table, key.include, " named in key does not exist");
  for (std::size_t i = 1; i < key.columns.size(); ++i) {
    if (std::find(key.columns.begin(), key.columns.begin() + i, key.columns[i]) == key.columns.begin() + i)
      continue;
    refuse("42701", "column " + in_quotes(key.columns[i]) + " appears twice in " + kind + " constraint",
           column_id(table, key.columns[i]));
  }
  if (key.primary && primary_key_of(table)) {
    refuse("42P16", "multiple primary keys for table " + in_quotes(table.name) + " are not allowed",
           id_of(ObjectKind::kTable, table));
  }
  if (name.empty()) {
    name = default_key_name(model_, table, key);
  } else {
    if (model_.relation({table.schema, name}) && model_.find(constraint_id(table, name)) == nullptr) {
      claim_relation({table.schema, name}, ObjectKind::kIndex);
    }
    claim_constraint(table, name);
  }
  if (key.primary) {
    for (const std::string &column : key.columns) {
      for (const ObjectId &id : column_and_inherited(table, column)) {
        if (!column_at(id).not_null) change_column(id).not_null = true;
      }
    }
  }
  model_.put(constraint_id(table, name), {Constraint{key}, {}});
  for (const QualifiedName &partition : children_of(table, true)) {
    if (!has_like_key(partition, key)) add_key(partition, {}, key);
  }
}

bool Replay::has_like_key(const QualifiedName &table, const Key &key) const {
  const auto ids = model_.constraints_of(table);
  return std::any_of(ids.begin(), ids.end(), [&](const ObjectId &id) {
    const auto *other = std::get_if<Key>(&model_.find_as<Constraint>(id)->what);
    return other != nullptr && other->primary == key.primary && is_alike(*other, key);
  });
}

void Replay::add_key_of_index(const QualifiedName &table, const NamedConstraint &constraint) {
  const QualifiedName name{table.schema, constraint.using_index};
  const ObjectId id = id_of(ObjectKind::kIndex, name);
  const auto *found = model_.find_as<Index>(id);
  if (found == nullptr) {
    const auto there = model_.relation(name);
    if (there && there->kind == ObjectKind::kConstraint) {
      refuse("55000", "index " + in_quotes(name.name) + " is already associated with a constraint", *there);
    }
    refuse("42704", "index " + in_quotes(name.name) + " does not exist", id);
  }
  const Index index = *found;
  if (index.table != table) {
    refuse("55000", "index " + in_quotes(name.name) + " does not belong to table " + in_quotes(table.name),
           id);
  }
  if (!index.unique) refuse("42809", in_quotes(name.name) + " is not a unique index", id);
  Key key = std::get<Key>(constraint.constraint.what);
  key.columns.clear();
  for (const IndexElement &element : index.elements) {
    if (element.column.empty())
      refuse("42809", "index " + in_quotes(name.name) + " contains expressions", id);
    key.columns.push_back(element.column);
  }
  if (!index.predicate.empty()) refuse("42809", in_quotes(name.name) + " is a partial index", id);
  key.include = index.include;
  key.nulls_not_distinct = index.nulls_not_distinct;
  model_.erase(id);
  const std::string new_name = constraint.name.empty() ? name.name : constraint.name;
  add_key(table, new_name, std::move(key));
}

void Replay::add_foreign_key(const QualifiedName &table, std::string name, ForeignKey key) {
  check_columns_exist(table, key.columns, " referenced in foreign key constraint does not exist");
  const auto there = model_.relation(key.references);
  if (!there && !may_be_elsewhere(key.references)) refuse_missing_relation(key.references);
  if (there) {
    if (there->kind != ObjectKind::kTable) {
      refuse("42809", "referenced relation " + in_quotes(key.references.name) + " is not a table", *there);
    }
    const std::string quoted = in_quotes(key.references.name);
    if (key.referenced.empty()) {
      const auto primary = primary_key_of(key.references);
      if (!primary) refuse("42704", "there is no primary key for referenced table " + quoted, *there);
      key.referenced = std::get<Key>(model_.find_as<Constraint>(*primary)->what).columns;
    }
    check_columns_exist(key.references, key.referenced,
                        " referenced in foreign key constraint does not exist");
    if (key.columns.size() != key.referenced.size()) {
      refuse("42830", "number of referencing and referenced columns for foreign key disagree", *there);
    }
    if (!key_of_foreign_key(model_, key.references, key.referenced)) {
      refuse("42830", "there is no unique constraint matching given keys for referenced table " + quoted,
             *there);
    }
  }
  if (name.empty()) {
    name = default_foreign_key_name(model_, table, key);
  } else {
    claim_constraint(table, name);
  }
  model_.put(constraint_id(table, name), {Constraint{key}, {}});
  for (const QualifiedName &partition : children_of(table, true)) copy_foreign_key(partition, name, key);
}

void Replay::copy_foreign_key(const QualifiedName &partition, const std::string &name,
                              const ForeignKey &key) {
  const bool taken = model_.find(constraint_id(partition, name)) != nullptr;
  const std::string copy = taken ? default_foreign_key_name(model_, partition, key) : name;
  model_.put(constraint_id(partition, copy), {Constraint{key}, {}});
  for (const QualifiedName &child : children_of(partition, true)) copy_foreign_key(child, copy, key);
}

void Replay::add_exclusion(const QualifiedName &table, std::string name, const Exclusion &exclusion) {
  for (const IndexElement &element : exclusion.elements) {
    if (element.column.empty()) continue;
    check_columns_exist(table, {element.column}, " named in key does not exist");
  }
  check_elements(table, exclusion.elements, exclusion.include, exclusion.predicate);
  if (name.empty()) {
    name = default_exclusion_name(model_, table, exclusion);
  } else {
    if (model_.relation({table.schema, name}) && model_.find(constraint_id(table, name)) == nullptr) {
      claim_relation({table.schema, name}, ObjectKind::kIndex);
    }
    claim_constraint(table, name);
  }
  model_.put(constraint_id(table, name), {Constraint{exclusion}, {}});
}

void Replay::add_check(const QualifiedName &table, std::string name, const Check &check) {
  check_expression(table, check.expression);
  if (name.empty()) {
    name = default_check_name(model_, table, check);
  } else {
    claim_constraint(table, name);
  }
  model_.put(constraint_id(table, name), {Constraint{check}, {}});
  if (check.no_inherit) return;
  for (const QualifiedName &child : children_of(table)) {
    if (model_.find(constraint_id(child, name)) == nullptr) add_check(child, name, check);
  }
}

void Replay::add_constraint(const QualifiedName &table, const NamedConstraint &constraint) {
  const auto &what = constraint.constraint.what;
  if (const auto *key = std::get_if<Key>(&what)) {
    if (!constraint.using_index.empty()) {
      add_key_of_index(table, constraint);
    } else {
      add_key(table, constraint.name, *key);
    }
  } else if (const auto *foreign_key = std::get_if<ForeignKey>(&what)) {
    add_foreign_key(table, constraint.name, *foreign_key);
  } else if (const auto *check = std::get_if<Check>(&what)) {
    add_check(table, constraint.name, *check);
  } else {
    add_exclusion(table, constraint.name, std::get<Exclusion>(what));
  }
}

/// In the server's order (transformCreateStmt, transformAlterTableStmt): checks are named as the table is
/// made, then the primary key, the other keys and exclusions, and foreign keys last; of ADD COLUMN, checks
/// come after keys. Of keys that are alike, one is made (transformIndexConstraints).
void Replay::add_constraints(const QualifiedName &table, std::vector<NamedConstraint> constraints,
                             bool new_table) {
  std::vector<const NamedConstraint *> checks, keys, foreign_keys;
  for (NamedConstraint &constraint : constraints) {
    const auto &what = constraint.constraint.what;
    if (std::holds_alternative<Check>(what)) {
      checks.push_back(&constraint);
    } else if (std::holds_alternative<ForeignKey>(what)) {
      foreign_keys.push_back(&constraint);
    } else if (const auto *key = std::get_if<Key>(&what); key != nullptr && key->primary) {
      const bool second = !keys.empty() && std::get_if<Key>(&keys[0]->constraint.what) != nullptr &&
                          std::get<Key>(keys[0]->constraint.what).primary;
      if (second) {
        refuse("42P16", "multiple primary keys for table " + in_quotes(table.name) + " are not allowed",
               id_of(ObjectKind::kTable, table));
      }
      keys.insert(keys.begin(), &constraint);
    } else {
      keys.push_back(&constraint);
    }
  }
  std::vector<NamedConstraint> kept;
  for (const NamedConstraint *constraint : keys) {
    const auto *key = std::get_if<Key>(&constraint->constraint.what);
    const auto twin = std::find_if(kept.begin(), kept.end(), [&](const NamedConstraint &other) {
      const auto *other_key = std::get_if<Key>(&other.constraint.what);
      return key != nullptr && other_key != nullptr && constraint->using_index.empty() &&
             is_alike(*key, *other_key);
    });
    if (twin == kept.end()) {
      kept.push_back(*constraint);
    } else if (twin->name.empty()) {
      twin->name = constraint->name;
    }
  }
  const auto add_checks = [&] {
    for (const NamedConstraint *check : checks) {
      if (new_table && !check->name.empty() && model_.find(constraint_id(table, check->name)) != nullptr &&
          !is_inherited_check(table, check->name)) {
        refuse("42710", "check constraint " + in_quotes(check->name) + " already exists",
               constraint_id(table, check->name));
      }
      if (new_table && is_inherited_check(table, check->name)) continue;  // merged
      add_constraint(table, *check);
    }
  };
  if (new_table) add_checks();
  for (const NamedConstraint &key : kept) add_constraint(table, key);
  if (!new_table) add_checks();
  for (const NamedConstraint *key : foreign_keys) add_constraint(table, *key);
}

bool Replay::is_inherited_check(const QualifiedName &table, const std::string &name) const {
  const auto *definition = model_.find_as<Table>(id_of(ObjectKind::kTable, table));
  if (definition == nullptr || name.empty()) return false;
  return std::any_of(definition->parents.begin(), definition->parents.end(),
                     [&](const QualifiedName &parent) {
                       const auto *constraint = model_.find_as<Constraint>(constraint_id(parent, name));
                       return constraint != nullptr && std::holds_alternative<Check>(constraint->what);
                     });
}

void Replay::operator()(const AddConstraint &effect) {
  if (!has_table(effect.table, "ADD CONSTRAINT")) return;
  add_constraint(effect.table.name, effect.constraint);
}

void Replay::operator()(const ValidateConstraint &effect) {
  if (!has_table(effect.table, "VALIDATE CONSTRAINT")) return;
  const ObjectId id = constraint_id(effect.table.name, effect.name);
  const std::string named =
      "constraint " + in_quotes(effect.name) + " of relation " + in_quotes(effect.table.name.name);
  const auto *there = model_.find_as<Constraint>(id);
  if (there == nullptr) refuse("42704", named + " does not exist", id);
  if (std::holds_alternative<ForeignKey>(there->what)) {
    std::get<ForeignKey>(change_constraint(id).what).valid = true;
  } else if (std::holds_alternative<Check>(there->what)) {
    std::get<Check>(change_constraint(id).what).valid = true;
  } else {
    refuse("42809", named + " is not a foreign key or check constraint", id);
  }
}

void Replay::operator()(const AlterConstraint &effect) {
  if (!has_table(effect.table, "ALTER CONSTRAINT")) return;
  const ObjectId id = constraint_id(effect.table.name, effect.name);
  const std::string named =
      "constraint " + in_quotes(effect.name) + " of relation " + in_quotes(effect.table.name.name);
  const auto *there = model_.find_as<Constraint>(id);
  if (there == nullptr) refuse("42704", named + " does not exist", id);
  if (!std::holds_alternative<ForeignKey>(there->what))
    refuse("42809", named + " is not a foreign key constraint", id);
  std::get<ForeignKey>(change_constraint(id).what).deferral = effect.deferral;
}

}  // namespace migfix::core
