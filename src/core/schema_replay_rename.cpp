#include <algorithm>
#include <utility>

#include "core/expression_names.hpp"
#include "core/schema_replay_steps.hpp"
#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

enum class NameUse { kRelation, kType };

/// Calls `fn` with every name of a relation or type in the definition, to be changed.
template <class Fn>
void each_used_name(Definition &definition, Fn fn) {
  if (auto *column = std::get_if<Column>(&definition)) {
    fn(column->type.name, NameUse::kType);
    if (column->nextval) fn(*column->nextval, NameUse::kRelation);
  } else if (auto *constraint = std::get_if<Constraint>(&definition)) {
    if (auto *key = std::get_if<ForeignKey>(&constraint->what)) fn(key->references, NameUse::kRelation);
  } else if (auto *index = std::get_if<Index>(&definition)) {
    fn(index->table, NameUse::kRelation);
  } else if (auto *table = std::get_if<Table>(&definition)) {
    for (QualifiedName &parent : table->parents) fn(parent, NameUse::kRelation);
  } else if (auto *view = std::get_if<View>(&definition)) {
    for (QualifiedName &read : view->reads) fn(read, NameUse::kRelation);
  } else if (auto *sequence = std::get_if<Sequence>(&definition)) {
    if (!sequence->owner.empty()) fn(sequence->owner, NameUse::kRelation);
  } else if (auto *domain = std::get_if<Domain>(&definition)) {
    fn(domain->type.name, NameUse::kType);
  } else if (auto *composite = std::get_if<Composite>(&definition)) {
    for (auto &[name, attribute] : composite->attributes) fn(attribute.name, NameUse::kType);
  }
}

void clear_shown(Definition &definition) {
  if (auto *column = std::get_if<Column>(&definition)) column->type.shown.clear();
  if (auto *domain = std::get_if<Domain>(&definition)) domain->type.shown.clear();
  if (auto *composite = std::get_if<Composite>(&definition)) {
    for (auto &[name, attribute] : composite->attributes) {
      if (attribute.name.schema != "pg_catalog") attribute.shown.clear();
    }
  }
}

template <class Fn>
void each_expression(std::vector<IndexElement> &elements, Fn fn) {
  for (IndexElement &element : elements) fn(element.expression);
}

/// Calls `fn` with every expression that can name the columns of the object's own table.
template <class Fn>
void each_expression(Definition &definition, Fn fn) {
  if (auto *column = std::get_if<Column>(&definition)) {
    fn(column->generated);
  } else if (auto *constraint = std::get_if<Constraint>(&definition)) {
    if (auto *check = std::get_if<Check>(&constraint->what)) fn(check->expression);
    if (auto *exclusion = std::get_if<Exclusion>(&constraint->what)) {
      each_expression(exclusion->elements, fn);
      fn(exclusion->predicate);
    }
  } else if (auto *index = std::get_if<Index>(&definition)) {
    each_expression(index->elements, fn);
    fn(index->predicate);
  }
}

bool rename_in(std::vector<std::string> &names, const std::string &from, const std::string &to) {
  bool changed = false;
  for (std::string &name : names) {
    if (name != from) continue;
    name = to;
    changed = true;
  }
  return changed;
}

bool rename_in(std::vector<IndexElement> &elements, const std::string &from, const std::string &to) {
  bool changed = false;
  for (IndexElement &element : elements) {
    if (element.column != from) continue;
    element.column = to;
    changed = true;
  }
  return changed;
}

/// Every place in the definition of a table's column, constraint or index where a column's name stands.
bool rename_column_everywhere(Definition &definition, const std::string &from, const std::string &to) {
  bool changed = false;
  each_expression(definition,
                  [&](Expression &expression) { changed |= rename_column_in(expression, from, to); });
  if (auto *constraint = std::get_if<Constraint>(&definition)) {
    if (auto *key = std::get_if<Key>(&constraint->what)) {
      changed |= rename_in(key->columns, from, to);
      changed |= rename_in(key->include, from, to);
    } else if (auto *foreign_key = std::get_if<ForeignKey>(&constraint->what)) {
      changed |= rename_in(foreign_key->columns, from, to);
      changed |= rename_in(foreign_key->set_columns, from, to);
    } else if (auto *exclusion = std::get_if<Exclusion>(&constraint->what)) {
      changed |= rename_in(exclusion->elements, from, to);
      changed |= rename_in(exclusion->include, from, to);
    }
  } else if (auto *index = std::get_if<Index>(&definition)) {
    changed |= rename_in(index->elements, from, to);
    changed |= rename_in(index->include, from, to);
  }
  return changed;
}

std::vector<ObjectId> expression_holders(const SchemaModel &model, const QualifiedName &table) {
  std::vector<ObjectId> ids = model.columns_of(table);
  for (ObjectId &id : model.constraints_of(table)) ids.push_back(std::move(id));
  for (ObjectId &id : model.indexes_of(table)) ids.push_back(std::move(id));
  return ids;
}

}  // namespace

std::optional<ObjectId> Replay::resolved(const ObjectId &id, bool any_relation, bool any_type,
                                         bool if_exists) const {
  const QualifiedName name = name_of(id);
  std::optional<ObjectId> there;
  switch (id.kind) {
    case ObjectKind::kTable:
    case ObjectKind::kView:
    case ObjectKind::kIndex:
    case ObjectKind::kSequence: {
      there = model_.relation(name);
      if (!there) break;
      const bool is_index = id.kind == ObjectKind::kIndex && there->kind == ObjectKind::kConstraint;
      const bool is_sequence = id.kind == ObjectKind::kSequence && there->kind == ObjectKind::kColumn;
      if (there->kind != id.kind && !any_relation && !is_index && !is_sequence) {
        refuse_wrong_kind(*there, id.kind, id.name);
      }
      return there;
    }
    case ObjectKind::kEnum:
    case ObjectKind::kDomain:
    case ObjectKind::kComposite: {
      there = model_.type(name);
      if (!there) break;
      const bool is_relation = there->kind == ObjectKind::kTable || there->kind == ObjectKind::kView;
      if (id.kind == ObjectKind::kDomain && there->kind != id.kind && !any_type) {
        refuse_wrong_kind(*there, id.kind, id.name);
      }
      if (is_relation) refuse("42809", id.name + " is a table's row type", *there);
      return there;
    }
    default:
      if (model_.find(id) != nullptr) return id;
      break;
  }
  const bool outside = id.kind == ObjectKind::kSchema || id.kind == ObjectKind::kExtension;
  if (if_exists || outside || may_be_elsewhere(name)) return std::nullopt;
  if (id.kind == ObjectKind::kFunction) refuse("42883", "function " + id.name + "() does not exist", id);
  const bool is_type =
      id.kind == ObjectKind::kEnum || id.kind == ObjectKind::kDomain || id.kind == ObjectKind::kComposite;
  if (is_type) refuse("42704", "type " + in_quotes(id.name) + " does not exist", id);
  refuse_missing_relation(name);
}

void Replay::move(const ObjectId &from, const ObjectId &to) {
  Object object = *model_.find(from);
  model_.erase(from);
  model_.put(to, std::move(object));
}

void Replay::move_relation(const ObjectId &from, const QualifiedName &to) {
  const QualifiedName old = name_of(from);
  const std::vector<ObjectId> users = model_.users_of(old);
  if (from.kind == ObjectKind::kTable || from.kind == ObjectKind::kView) {
    for (const ObjectId &id : expression_holders(model_, old)) {
      Object object = *model_.find(id);
      bool changed = false;
      each_expression(object.definition,
                      [&](Expression &expression) { changed |= drop_qualifier_in(expression, old.name); });
      if (changed) model_.put(id, std::move(object));
    }
    doubt_views(old);
  }
  for (const ObjectId &user : users) {
    Object object = *model_.find(user);
    each_used_name(object.definition, [&](QualifiedName &name, NameUse use) {
      const bool counts = use == NameUse::kRelation || from.kind != ObjectKind::kSequence;
      if (counts && name == old) name = to;
    });
    model_.put(user, std::move(object));
  }
  if (from.kind == ObjectKind::kTable || from.kind == ObjectKind::kView) {
    std::vector<ObjectId> parts = model_.columns_of(old);
    for (const ObjectId &id : model_.constraints_of(old)) parts.push_back(id);
    for (const ObjectId &id : model_.triggers_of(old)) parts.push_back(id);
    for (const ObjectId &id : parts) move(id, {id.kind, to.schema, to.name, id.name});
  }
  move(from, id_of(from.kind, to));
  if (to.schema == old.schema) return;
  for (const ObjectId &id : model_.indexes_of(to)) move(id, id_of(ObjectKind::kIndex, {to.schema, id.name}));
  for (const ObjectId &id : model_.users_of(to)) {
    if (id.kind == ObjectKind::kSequence && id.schema == old.schema) move_relation(id, {to.schema, id.name});
  }
}

void Replay::move_type(const ObjectId &from, const QualifiedName &to) {
  const QualifiedName old = name_of(from);
  std::set<QualifiedName> tables;
  for (const ObjectId &user : model_.users_of(old)) {
    Object object = *model_.find(user);
    bool changed = false;
    each_used_name(object.definition, [&](QualifiedName &name, NameUse use) {
      if (use != NameUse::kType || name != old) return;
      name = to;
      changed = true;
    });
    if (!changed) continue;
    clear_shown(object.definition);
    if (auto *column = std::get_if<Column>(&object.definition)) {
      rename_type_in(column->default_value, old.name, to.name);
      if (!column->default_value.text.empty()) column->default_value.normal.clear();
      tables.insert(table_of(user));
    }
    model_.put(user, std::move(object));
  }
  for (const QualifiedName &table : tables) {
    for (const ObjectId &id : expression_holders(model_, table)) {
      Object object = *model_.find(id);
      bool changed = false;
      each_expression(object.definition, [&](Expression &expression) {
        changed |= rename_type_in(expression, old.name, to.name);
      });
      if (changed) model_.put(id, std::move(object));
    }
    doubt_views(table);
  }
  move(from, id_of(from.kind, to));
}

void Replay::rename_relation(const ObjectId &id, const std::string &to) {
  const QualifiedName name{id.schema, to};
  if (model_.relation(name)) refuse("42P07", "relation " + in_quotes(to) + " already exists", id);
  if (id.kind == ObjectKind::kTable || id.kind == ObjectKind::kView) claim_type(name, id.kind);
  if (id.kind == ObjectKind::kConstraint) {  // by the name of its index
    claim_constraint(table_of(id), to);
    move(id, constraint_id(table_of(id), to));
  } else if (id.kind == ObjectKind::kColumn) {  // the sequence of its identity
    change_column(id).identity_sequence = to;
  } else {
    move_relation(id, name);
  }
}

void Replay::rename_column_users(const QualifiedName &table, const std::string &from, const std::string &to) {
  for (const ObjectId &id : expression_holders(model_, table)) {
    Object object = *model_.find(id);
    if (rename_column_everywhere(object.definition, from, to)) model_.put(id, std::move(object));
  }
  for (const ObjectId &user : model_.users_of(table)) {
    Object object = *model_.find(user);
    bool changed = false;
    if (auto *constraint = std::get_if<Constraint>(&object.definition)) {
      changed = rename_in(std::get<ForeignKey>(constraint->what).referenced, from, to);
    } else if (auto *sequence = std::get_if<Sequence>(&object.definition); sequence != nullptr) {
      changed = sequence->owner_column == from;
      if (changed) sequence->owner_column = to;
    }
    if (changed) model_.put(user, std::move(object));
  }
  const ObjectId id = id_of(ObjectKind::kTable, table);
  const std::string &partition_by = model_.find_as<Table>(id)->partition_by;
  if (const std::size_t open = partition_by.find('('); open != std::string::npos) {
    Expression key;
    key.normal = partition_by.substr(open);
    if (rename_column_in(key, from, to)) {
      std::string renamed = partition_by.substr(0, open) + key.normal;
      std::get<Table>(model_.change(id)->definition).partition_by = std::move(renamed);
    }
  }
  doubt_views(table);
}

void Replay::rename_column(const RenameObject &effect) {
  const QualifiedName table = table_of(effect.object);
  const auto there = model_.relation(table);
  if (!there) {
    if (effect.if_exists || may_be_elsewhere(table)) return;
    refuse_missing_relation(table);
  }
  const std::string &from = effect.object.name;
  if (auto *view = model_.find_as<View>(*there)) {
    View renamed = *view;
    rename_in(renamed.columns, from, effect.to);
    renamed.certain = false;
    model_.change(*there)->definition = std::move(renamed);
    doubt_views(table);
    return;
  }
  if (there->kind == ObjectKind::kComposite) {
    auto &composite = std::get<Composite>(model_.change(*there)->definition);
    for (auto &[name, type] : composite.attributes) {
      if (name == from) name = effect.to;
    }
    return;
  }
  if (there->kind != ObjectKind::kTable) refuse_wrong_kind(*there, ObjectKind::kTable, table.name);
  const ObjectId id = column_id(table, from);
  if (model_.find(id) == nullptr) refuse("42703", "column " + in_quotes(from) + " does not exist", id);
  if (is_inherited(table, from)) refuse("42P16", "cannot rename inherited column " + in_quotes(from), id);
  for (const ObjectId &part : column_and_inherited(table, from)) {
    const QualifiedName owner = table_of(part);
    const ObjectId renamed = column_id(owner, effect.to);
    if (model_.find(renamed) != nullptr) {
      refuse("42701",
             "column " + in_quotes(effect.to) + " of relation " + in_quotes(owner.name) + " already exists",
             renamed);
    }
    rename_column_users(owner, from, effect.to);
    move(part, renamed);
  }
}

void Replay::rename_constraint(const RenameObject &effect) {
  const QualifiedName table = table_of(effect.object);
  const std::string &from = effect.object.name;
  const auto type = model_.type(table);
  if (type && type->kind == ObjectKind::kDomain) {
    Domain domain = *model_.find_as<Domain>(*type);
    const auto named = [&](const std::string &name) {
      return std::find_if(domain.checks.begin(), domain.checks.end(),
                          [&](const auto &check) { return check.first == name; });
    };
    const std::string of_domain = " for domain " + table.name;
    if (named(from) == domain.checks.end()) {
      refuse("42704", "constraint " + in_quotes(from) + of_domain + " does not exist", *type);
    }
    if (named(effect.to) != domain.checks.end()) {
      refuse("42710", "constraint " + in_quotes(effect.to) + of_domain + " already exists", *type);
    }
    named(from)->first = effect.to;
    model_.change(*type)->definition = std::move(domain);
    return;
  }
  const auto there = model_.relation(table);
  if (!there) {
    if (effect.if_exists || may_be_elsewhere(table)) return;
    refuse_missing_relation(table);
  }
  const ObjectId id = constraint_id(table, from);
  const auto *constraint = model_.find_as<Constraint>(id);
  if (constraint == nullptr) {
    refuse("42704",
           "constraint " + in_quotes(from) + " for table " + in_quotes(table.name) + " does not exist", id);
  }
  if (is_inherited_check(table, from))
    refuse("42P16", "cannot rename inherited constraint " + in_quotes(from), id);
  claim_constraint(table, effect.to);
  const bool is_check = std::holds_alternative<Check>(constraint->what);
  const bool has_index =
      std::holds_alternative<Key>(constraint->what) || std::holds_alternative<Exclusion>(constraint->what);
  if (has_index && model_.relation({table.schema, effect.to})) {
    refuse("42P07", "relation " + in_quotes(effect.to) + " already exists", id);
  }
  const bool inherits = is_check && !std::get<Check>(constraint->what).no_inherit;
  std::vector<QualifiedName> tables{table};
  for (std::size_t i = 0; inherits && i < tables.size(); ++i) {
    for (QualifiedName &child : children_of(tables[i])) tables.push_back(std::move(child));
  }
  for (const QualifiedName &owner : tables) {
    if (model_.find(constraint_id(owner, from)) != nullptr) {
      move(constraint_id(owner, from), constraint_id(owner, effect.to));
    }
  }
}

void Replay::rename_trigger(const RenameObject &effect) {
  const ObjectId &id = effect.object;
  const QualifiedName table = table_of(id);
  if (!model_.relation(table)) {
    if (may_be_elsewhere(table)) return;
    refuse_missing_relation(table);
  }
  if (model_.find(id) == nullptr) {
    refuse("42704",
           "trigger " + in_quotes(id.name) + " for table " + in_quotes(table.name) + " does not exist", id);
  }
  const ObjectId renamed{id.kind, id.schema, id.table, effect.to};
  if (model_.find(renamed) != nullptr) {
    refuse("42710",
           "trigger " + in_quotes(effect.to) + " for relation " + in_quotes(table.name) + " already exists",
           renamed);
  }
  move(id, renamed);
}

void Replay::rename_schema(const std::string &from, const std::string &to) {
  std::vector<std::pair<ObjectId, Object>> moved;
  for (const auto &[id, old] : model_.objects()) {
    Object object = old;
    bool changed = id.schema == from;
    each_used_name(object.definition, [&](QualifiedName &name, NameUse) {
      if (name.schema != from) return;
      name.schema = to;
      changed = true;
    });
    if (changed) moved.emplace_back(id, std::move(object));
  }
  for (const auto &[id, object] : moved) model_.erase(id);
  for (auto &[id, object] : moved) {
    ObjectId renamed = id;
    if (id.schema == from) renamed.schema = to;
    model_.put(renamed, std::move(object));
  }
}

void Replay::operator()(const RenameObject &effect) {
  switch (effect.object.kind) {
    case ObjectKind::kColumn:
      return rename_column(effect);
    case ObjectKind::kConstraint:
      return rename_constraint(effect);
    case ObjectKind::kTrigger:
      return rename_trigger(effect);
    default:
      break;
  }
  // ALTER INDEX takes a table too.
  const bool any_relation = effect.any_relation || effect.object.kind == ObjectKind::kIndex;
  const auto there = resolved(effect.object, any_relation, effect.any_type, effect.if_exists);
  if (!there) return;
  const QualifiedName name{there->schema, effect.to};
  const ObjectId renamed = id_of(there->kind, name);
  switch (there->kind) {
    case ObjectKind::kEnum:
    case ObjectKind::kDomain:
      claim_type(name, there->kind);
      return move_type(*there, name);
    case ObjectKind::kComposite:
      claim_relation(name, there->kind);
      return move_type(*there, name);
    case ObjectKind::kFunction:
      if (model_.find(renamed) != nullptr) {
        refuse("42723", "function " + effect.to + "() already exists", renamed);
      }
      return move(*there, renamed);
    case ObjectKind::kSchema:
      if (model_.find(renamed) != nullptr) {
        refuse("42P06", "schema " + in_quotes(effect.to) + " already exists", renamed);
      }
      rename_schema(there->name, effect.to);
      return move(*there, renamed);
    case ObjectKind::kExtension:
      return;
    default:
      return rename_relation(*there, effect.to);
  }
}

void Replay::operator()(const SetSchema &effect) {
  const auto there =
      resolved(effect.object, effect.object.kind == ObjectKind::kTable, effect.any_type, effect.if_exists);
  if (!there || there->kind == ObjectKind::kExtension) return;
  const QualifiedName to{effect.to, there->name};
  const std::string in_schema = in_quotes(there->name) + " already exists" +
                                (to.schema.empty() ? "" : " in schema " + in_quotes(to.schema));
  if (to.schema == there->schema) return;
  switch (there->kind) {
    case ObjectKind::kEnum:
    case ObjectKind::kDomain:
    case ObjectKind::kComposite:
      if (model_.type(to)) refuse("42710", "type " + in_schema, *there);
      return move_type(*there, to);
    case ObjectKind::kFunction:
      if (model_.find(id_of(there->kind, to)) != nullptr) {
        refuse("42723", "function " + there->name + "() already exists in schema " + in_quotes(to.schema),
               *there);
      }
      return move(*there, id_of(there->kind, to));
    case ObjectKind::kTable:
    case ObjectKind::kView:
    case ObjectKind::kSequence:
      if (model_.relation(to)) refuse("42P07", "relation " + in_schema, *there);
      if (there->kind != ObjectKind::kSequence && model_.type(to))
        refuse("42710", "type " + in_schema, *there);
      return move_relation(*there, to);
    default:
      refuse_wrong_kind(*there, effect.object.kind, there->name);
  }
}

}  // namespace migfix::core
