#include <algorithm>
#include <utility>

#include "core/expression_names.hpp"
#include "core/schema_replay_steps.hpp"
#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

bool has(const std::vector<std::string> &names, const std::string &name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool reads(const std::vector<IndexElement> &elements, const std::vector<std::string> &include,
           const Expression &predicate, const std::string &column, const std::set<std::string> &columns) {
  return has(include, column) || columns_read(predicate, columns).count(column) != 0 ||
         std::any_of(elements.begin(), elements.end(), [&](const IndexElement &element) {
           return element.column == column || columns_read(element.expression, columns).count(column) != 0;
         });
}

bool reads(const Constraint &constraint, const std::string &column, const std::set<std::string> &columns) {
  if (const auto *key = std::get_if<Key>(&constraint.what))
    return has(key->columns, column) || has(key->include, column);
  if (const auto *key = std::get_if<ForeignKey>(&constraint.what)) return has(key->columns, column);
  if (const auto *check = std::get_if<Check>(&constraint.what)) {
    return columns_read(check->expression, columns).count(column) != 0;
  }
  const auto &exclusion = std::get<Exclusion>(constraint.what);
  return reads(exclusion.elements, exclusion.include, exclusion.predicate, column, columns);
}

/// The function that a trigger's statement names after EXECUTE FUNCTION or EXECUTE PROCEDURE.
std::string executed_function(const std::string &source) {
  const auto tokens = expression_tokens(source);
  for (std::size_t i = tokens.size(); i-- > 0;) {
    if (!tokens[i].is("execute") || i + 2 >= tokens.size()) continue;
    if (!tokens[i + 1].is("function") && !tokens[i + 1].is("procedure")) continue;
    std::size_t name = i + 2;
    while (name + 2 < tokens.size() && tokens[name + 1].is(".")) name += 2;
    return tokens[name].value;
  }
  return {};
}

/// What falls with an object: what belongs to it, and, with CASCADE only, what depends on it.
class Falling {
 public:
  explicit Falling(const SchemaModel &model) : model_(model) {}

  void add(const ObjectId &id) {
    if (objects.insert(id).second) queue_.push_back(id);
  }

  /// Until nothing more belongs to what falls; what only depends on it is in `dependents` and `defaults`.
  void close() {
    while (!queue_.empty()) {
      const ObjectId id = queue_.back();
      queue_.pop_back();
      follow(id);
    }
    for (auto *ids : {&dependents, &defaults}) {
      for (auto at = ids->begin(); at != ids->end();)
        at = objects.count(*at) != 0 ? ids->erase(at) : std::next(at);
    }
  }

  std::set<ObjectId> objects;
  std::set<ObjectId> dependents;
  std::set<ObjectId> defaults;  // columns that lose their default

 private:
  void follow(const ObjectId &id) {
    switch (id.kind) {
      case ObjectKind::kTable:
      case ObjectKind::kView:
        for (const ObjectId &part : model_.columns_of(name_of(id))) add(part);
        for (const ObjectId &part : model_.constraints_of(name_of(id))) add(part);
        for (const ObjectId &part : model_.triggers_of(name_of(id))) add(part);
        for (const ObjectId &user : model_.users_of(name_of(id))) follow_user(id, user);
        break;
      case ObjectKind::kEnum:
      case ObjectKind::kDomain:
      case ObjectKind::kComposite:
      case ObjectKind::kSequence:
        for (const ObjectId &user : model_.users_of(name_of(id))) follow_user(id, user);
        break;
      case ObjectKind::kColumn:
        follow_column(id);
        break;
      case ObjectKind::kConstraint:
        follow_constraint(id);
        break;
      case ObjectKind::kIndex:
        follow_foreign_keys(model_.find_as<Index>(id)->table, id);
        break;
      case ObjectKind::kSchema:
        for (const auto &[other, object] : model_.objects()) {
          if (other.schema == id.name) dependents.insert(other);
        }
        break;
      case ObjectKind::kFunction:
        follow_function(id);
        break;
      default:
        break;
    }
  }

  void follow_user(const ObjectId &id, const ObjectId &user) {
    const QualifiedName name = name_of(id);
    switch (user.kind) {
      case ObjectKind::kIndex:
        add(user);
        break;
      case ObjectKind::kSequence:
        if (id.kind == ObjectKind::kTable) add(user);
        break;
      case ObjectKind::kTable:
        if (!model_.find_as<Table>(user)->partition_bound.empty()) {
          add(user);
        } else {
          dependents.insert(user);
        }
        break;
      case ObjectKind::kColumn: {
        const auto *column = model_.find_as<Column>(user);
        if (id.kind == ObjectKind::kSequence) {
          if (column->nextval == name) defaults.insert(user);
        } else if (column->type.name == name) {
          dependents.insert(user);
        }
        break;
      }
      default:  // a foreign key, a view, a domain, a composite type
        if (id.kind != ObjectKind::kSequence || user.kind == ObjectKind::kView) dependents.insert(user);
        break;
    }
  }

  void follow_column(const ObjectId &id) {
    const QualifiedName table = table_of(id);
    if (objects.count(id_of(ObjectKind::kTable, table)) != 0) return;  // all of the table falls
    std::set<std::string> columns;
    for (const ObjectId &other : model_.columns_of(table)) columns.insert(other.name);
    for (const ObjectId &other : model_.constraints_of(table)) {
      if (reads(*model_.find_as<Constraint>(other), id.name, columns)) add(other);
    }
    for (const ObjectId &other : model_.columns_of(table)) {
      if (other == id) continue;
      if (columns_read(model_.find_as<Column>(other)->generated, columns).count(id.name) != 0)
        dependents.insert(other);
    }
    for (const ObjectId &user : model_.users_of(table)) {
      if (const auto *index = model_.find_as<Index>(user)) {
        if (reads(index->elements, index->include, index->predicate, id.name, columns)) add(user);
      } else if (const auto *sequence = model_.find_as<Sequence>(user)) {
        if (sequence->owner_column == id.name) add(user);
      } else if (const auto *child = model_.find_as<Table>(user)) {
        const ObjectId inherited = column_id(name_of(user), id.name);
        if (!child->parents.empty() && model_.find(inherited) != nullptr) add(inherited);
      } else if (const auto *constraint = model_.find_as<Constraint>(user)) {
        const auto *key = std::get_if<ForeignKey>(&constraint->what);
        if (key != nullptr && has(key->referenced, id.name)) dependents.insert(user);
      }
    }
  }

  void follow_constraint(const ObjectId &id) {
    const QualifiedName table = table_of(id);
    const auto &what = model_.find_as<Constraint>(id)->what;
    if (const auto *check = std::get_if<Check>(&what)) {
      if (check->no_inherit) return;
    } else if (std::holds_alternative<Key>(what)) {
      follow_foreign_keys(table, id);
    }
    for (const ObjectId &user : model_.users_of(table)) {
      if (const auto *child = model_.find_as<Table>(user)) follow_inherited(id, name_of(user), *child);
    }
  }

  /// What a child has of a constraint of its parent: a check of that name; of partitions, a key with the same
  /// columns, a foreign key of that name.
  void follow_inherited(const ObjectId &id, const QualifiedName &table, const Table &child) {
    const auto &what = model_.find_as<Constraint>(id)->what;
    for (const ObjectId &other : model_.constraints_of(table)) {
      const auto &inherited = model_.find_as<Constraint>(other)->what;
      if (what.index() != inherited.index()) continue;
      if (const auto *key = std::get_if<Key>(&what)) {
        const auto &own = std::get<Key>(inherited);
        if (!child.partition_bound.empty() && own.primary == key->primary && own.columns == key->columns)
          add(other);
      } else if (other.name == id.name) {
        add(other);
      }
    }
  }

  /// Foreign keys that rest on this key or unique index of the table.
  void follow_foreign_keys(const QualifiedName &table, const ObjectId &key) {
    for (const ObjectId &user : model_.users_of(table)) {
      const auto *constraint = model_.find_as<Constraint>(user);
      if (constraint == nullptr) continue;
      const auto *foreign_key = std::get_if<ForeignKey>(&constraint->what);
      if (foreign_key == nullptr || foreign_key->references != table) continue;
      if (key_of_foreign_key(model_, table, foreign_key->referenced) == key) dependents.insert(user);
    }
  }

  void follow_function(const ObjectId &id) {
    const auto &objects = model_.objects();
    for (auto at = objects.lower_bound({ObjectKind::kTrigger, {}, {}, {}}); at != objects.end(); ++at) {
      const auto &trigger = std::get<Trigger>(at->second.definition);
      if (executed_function(trigger.source) == id.name) dependents.insert(at->first);
    }
  }

  const SchemaModel &model_;
  std::vector<ObjectId> queue_;
};

}  // namespace

void Replay::drop(const std::set<ObjectId> &targets, bool cascade) {
  if (targets.empty()) return;
  Falling falling(model_);
  for (const ObjectId &target : targets) falling.add(target);
  falling.close();
  if (!cascade && !(falling.dependents.empty() && falling.defaults.empty())) {
    const std::string what = targets.size() == 1
                                 ? described(model_, *targets.begin()) + " because other objects depend on it"
                                 : "desired object(s) because other objects depend on them";
    refuse("2BP01", "cannot drop " + what, *targets.begin());
  }
  while (!falling.dependents.empty()) {
    const std::set<ObjectId> more = std::move(falling.dependents);
    falling.dependents.clear();
    for (const ObjectId &id : more) falling.add(id);
    falling.close();
  }
  for (const ObjectId &id : falling.defaults) change_column(id).nextval.reset();
  std::set<QualifiedName> changed_tables;
  for (const ObjectId &id : falling.objects) {
    if (id.kind == ObjectKind::kColumn) changed_tables.insert(table_of(id));
  }
  for (const ObjectId &id : falling.objects) model_.erase(id);
  for (const QualifiedName &table : changed_tables) doubt_views(table);
}

void Replay::operator()(const DropColumn &effect) {
  if (!has_table(effect.table, "DROP COLUMN")) return;
  const QualifiedName &table = effect.table.name;
  if (effect.if_exists && model_.find(column_id(table, effect.column)) == nullptr) return;
  const ObjectId id = column_of(table, effect.column);
  if (is_inherited(table, effect.column))
    refuse("42P16", "cannot drop inherited column " + in_quotes(effect.column), id);
  const auto *definition = model_.find_as<Table>(id_of(ObjectKind::kTable, table));
  if (!definition->partition_by.empty()) {
    Expression key;
    key.normal =
        definition->partition_by.substr(std::min(definition->partition_by.find('('), std::size_t{64}));
    if (columns_read(key, {effect.column}).count(effect.column) != 0) {
      refuse("42P16",
             "cannot drop column " + in_quotes(effect.column) +
                 " because it is part of the partition key of relation " + in_quotes(table.name),
             id);
    }
  }
  drop({id}, effect.cascade);
}

void Replay::operator()(const DropConstraint &effect) {
  if (!has_table(effect.table, "DROP CONSTRAINT")) return;
  const ObjectId id = constraint_id(effect.table.name, effect.name);
  const std::string of_table = " of relation " + in_quotes(effect.table.name.name);
  if (model_.find(id) == nullptr) {
    if (effect.if_exists) return;
    refuse("42704", "constraint " + in_quotes(effect.name) + of_table + " does not exist", id);
  }
  if (is_inherited_check(effect.table.name, effect.name)) {
    refuse("42P16", "cannot drop inherited constraint " + in_quotes(effect.name) + of_table, id);
  }
  drop({id}, effect.cascade);
}

std::optional<ObjectId> Replay::to_drop(const DropObject &effect) const {
  const ObjectId &id = effect.object;
  const QualifiedName name = name_of(id);
  std::optional<ObjectId> there;
  switch (id.kind) {
    case ObjectKind::kEnum:
    case ObjectKind::kDomain:
    case ObjectKind::kComposite:
      there = model_.type(name);
      break;
    case ObjectKind::kTable:
    case ObjectKind::kView:
    case ObjectKind::kIndex:
    case ObjectKind::kSequence:
      there = model_.relation(name);
      break;
    default:
      if (model_.find(id) != nullptr) there = id;
      break;
  }
  if (!there) {
    if (!effect.if_exists) refuse_missing_drop(id);
    return std::nullopt;
  }
  if (there->kind == id.kind) return there;
  const bool wants_type =
      id.kind == ObjectKind::kEnum || id.kind == ObjectKind::kDomain || id.kind == ObjectKind::kComposite;
  if (wants_type) {
    if (effect.any_type && (there->kind == ObjectKind::kDomain || there->kind == ObjectKind::kComposite))
      return there;
    if (id.kind == ObjectKind::kDomain) refuse_wrong_kind(*there, ObjectKind::kDomain, id.name);
    const std::string owner = described(model_, *there);
    refuse("2BP01", "cannot drop type " + shown(name) + " because " + owner + " requires it", *there);
  }
  const bool is_index = id.kind == ObjectKind::kIndex && there->kind == ObjectKind::kConstraint;
  const bool is_sequence = id.kind == ObjectKind::kSequence && there->kind == ObjectKind::kColumn;
  if (is_index || is_sequence) {
    refuse("2BP01",
           "cannot drop " + std::string(object_kind_name(id.kind)) + " " + shown(name) + " because " +
               described(model_, *there) + " requires it",
           *there);
  }
  refuse_wrong_kind(*there, id.kind, id.name);
}

void Replay::refuse_missing_drop(const ObjectId &id) const {
  const std::string named = std::string(object_kind_name(id.kind)) + " " + in_quotes(id.name);
  switch (id.kind) {
    case ObjectKind::kSchema:
    case ObjectKind::kExtension:
      return;  // stands outside of what the model knows
    case ObjectKind::kTrigger:
      if (may_be_elsewhere(table_of(id))) return;
      if (!model_.relation(table_of(id))) refuse_missing_relation(table_of(id));
      refuse("42704", named + " for table " + in_quotes(id.table) + " does not exist", id);
    default:
      break;
  }
  if (may_be_elsewhere(name_of(id))) return;
  switch (id.kind) {
    case ObjectKind::kIndex:
      refuse("42704", named + " does not exist", id);
    case ObjectKind::kEnum:
    case ObjectKind::kDomain:
    case ObjectKind::kComposite:
      refuse("42704", "type " + in_quotes(id.name) + " does not exist", id);
    case ObjectKind::kFunction:
      refuse("42883", "function " + id.name + "() does not exist", id);
    default:
      refuse("42P01", named + " does not exist", id);
  }
}

void Replay::operator()(const DropObject &effect) {
  drop_together({&effect});
}

void Replay::drop_together(const std::vector<const DropObject *> &effects) {
  std::set<ObjectId> targets;
  for (const DropObject *effect : effects) {
    if (const auto target = to_drop(*effect)) targets.insert(*target);
  }
  drop(targets, effects.front()->cascade);
}

}  // namespace migfix::core
