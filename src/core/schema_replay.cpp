#include "core/schema_replay.hpp"

#include <algorithm>
#include <utility>

#include "core/observed_state.hpp"
#include "core/schema_replay_steps.hpp"
#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

/// Runs `steps`; a refusal puts the model back.
template <class Fn>
std::optional<Refusal> all_or_nothing(SchemaModel &model, Fn steps) {
  model.start();
  try {
    steps();
  } catch (Refused &refused) {
    model.undo();
    return std::move(refused.refusal);
  } catch (...) {
    model.undo();
    throw;
  }
  model.keep();
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> apply(SchemaModel &model, const Effect &effect) {
  return all_or_nothing(model, [&] { std::visit(Replay(model), effect); });
}

std::optional<Refusal> apply(SchemaModel &model, const RevisionStatement &statement) {
  return all_or_nothing(model, [&] {
    const auto &effects = statement.effects;
    for (std::size_t i = 0; i < effects.size(); ++i) {
      std::vector<const DropObject *> drops;
      for (; i < effects.size() && std::holds_alternative<DropObject>(effects[i]); ++i) {
        drops.push_back(&std::get<DropObject>(effects[i]));
      }
      if (!drops.empty()) Replay(model).drop_together(drops);
      if (i < effects.size()) std::visit(Replay(model), effects[i]);
    }
    settle(model, statement.observed);
  });
}

std::string shown(const QualifiedName &name) {
  return name.schema.empty() ? name.name : name.schema + "." + name.name;
}

std::string described(const SchemaModel &model, const ObjectId &id) {
  const std::string name = shown(name_of(id));
  const std::string table = shown(table_of(id));
  switch (id.kind) {
    case ObjectKind::kEnum:
    case ObjectKind::kDomain:
    case ObjectKind::kComposite:
      return "type " + name;
    case ObjectKind::kColumn:
      return "column " + id.name + " of table " + table;
    case ObjectKind::kConstraint:
      return "constraint " + id.name + " on table " + table;
    case ObjectKind::kTrigger:
      return "trigger " + id.name + " on table " + table;
    case ObjectKind::kFunction:
      return "function " + name + "()";
    case ObjectKind::kView: {
      const auto *view = model.find_as<View>(id);
      return (view != nullptr && view->materialized ? "materialized view " : "view ") + name;
    }
    default:
      return std::string(object_kind_name(id.kind)) + " " + name;
  }
}

void Replay::refuse(const char *sqlstate, std::string message, ObjectId object) {
  throw Refused{{sqlstate, std::move(message), std::move(object)}};
}

void Replay::refuse_missing_relation(const QualifiedName &name) {
  refuse("42P01", "relation " + in_quotes(shown(name)) + " does not exist", id_of(ObjectKind::kTable, name));
}

void Replay::refuse_wrong_kind(const ObjectId &there, ObjectKind wanted, const std::string &name) {
  std::string what = std::string("is not a ") + object_kind_name(wanted);
  if (wanted == ObjectKind::kIndex) what = "is not an index";
  refuse("42809", in_quotes(name) + " " + what, there);
}

bool Replay::has_table(const TableTarget &target, const char *action) {
  const auto there = model_.relation(target.name);
  if (!there) {
    if (target.if_exists || may_be_elsewhere(target.name)) return false;
    refuse_missing_relation(target.name);
  }
  if (there->kind == ObjectKind::kTable) return true;
  refuse("42809",
         std::string("ALTER action ") + action + " cannot be performed on relation " +
             in_quotes(target.name.name),
         *there);
}

ObjectId Replay::column_of(const QualifiedName &table, const std::string &column) const {
  ObjectId id = column_id(table, column);
  if (model_.find(id) == nullptr) {
    refuse("42703",
           "column " + in_quotes(column) + " of relation " + in_quotes(table.name) + " does not exist", id);
  }
  return id;
}

std::set<std::string> Replay::column_names(const QualifiedName &table) const {
  std::set<std::string> names;
  for (const ObjectId &id : model_.columns_of(table)) names.insert(id.name);
  return names;
}

std::vector<QualifiedName> Replay::children_of(const QualifiedName &table, bool partitions_only) const {
  std::vector<QualifiedName> children;
  for (const ObjectId &id : model_.users_of(table)) {
    const auto *child = model_.find_as<Table>(id);
    if (child == nullptr || (partitions_only && child->partition_bound.empty())) continue;
    children.push_back(name_of(id));
  }
  return children;
}

bool Replay::is_inherited(const QualifiedName &table, const std::string &column) const {
  const auto *definition = model_.find_as<Table>(id_of(ObjectKind::kTable, table));
  return definition != nullptr && std::any_of(definition->parents.begin(), definition->parents.end(),
                                              [&](const QualifiedName &parent) {
                                                return model_.find(column_id(parent, column)) != nullptr;
                                              });
}

std::vector<ObjectId> Replay::column_and_inherited(const QualifiedName &table,
                                                   const std::string &column) const {
  std::vector<ObjectId> ids{column_id(table, column)};
  for (std::size_t i = 0; i < ids.size(); ++i) {
    for (const QualifiedName &child : children_of(table_of(ids[i]))) {
      const ObjectId id = column_id(child, column);
      if (model_.find(id) != nullptr && std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
    }
  }
  return ids;
}

std::vector<ObjectId> Replay::altered_columns(const TableTarget &target, const std::string &column) const {
  if (target.only) return {column_id(target.name, column)};
  return column_and_inherited(target.name, column);
}

void Replay::doubt_views(const QualifiedName &table) {
  for (const ObjectId &id : model_.users_of(table)) {
    const auto *view = model_.find_as<View>(id);
    if (view != nullptr && view->certain) std::get<View>(model_.change(id)->definition).certain = false;
  }
}

void Replay::claim_relation(const QualifiedName &name, ObjectKind kind) const {
  if (model_.relation(name)) {
    refuse("42P07", "relation " + in_quotes(name.name) + " already exists", id_of(kind, name));
  }
  if (kind != ObjectKind::kIndex && model_.type(name)) {
    refuse("42710", "type " + in_quotes(name.name) + " already exists", id_of(kind, name));
  }
}

void Replay::claim_type(const QualifiedName &name, ObjectKind kind) const {
  if (model_.type(name)) {
    refuse("42710", "type " + in_quotes(name.name) + " already exists", id_of(kind, name));
  }
}

void Replay::operator()(const Opaque &effect) {
  if (!effect.object) return;
  if (Object *object = model_.change(*effect.object); object != nullptr) object->certain = false;
}

void Replay::operator()(const CreateSchema &effect) {
  const ObjectId id{ObjectKind::kSchema, {}, {}, effect.name};
  if (model_.find(id) != nullptr) {
    if (effect.if_not_exists) return;
    refuse("42P06", "schema " + in_quotes(effect.name) + " already exists", id);
  }
  model_.put(id, {SchemaDefinition{}, {}});
}

void Replay::operator()(const CreateExtension &effect) {
  const ObjectId id{ObjectKind::kExtension, {}, {}, effect.name};
  if (model_.find(id) != nullptr) {
    if (effect.if_not_exists) return;
    refuse("42710", "extension " + in_quotes(effect.name) + " already exists", id);
  }
  model_.put(id, {Extension{}, {}});
}

void Replay::operator()(const CreateFunction &effect) {
  const ObjectId id = id_of(ObjectKind::kFunction, effect.name);
  if (Object *object = model_.change(id); object != nullptr) {
    if (!effect.or_replace) {
      refuse("42723", "function " + in_quotes(effect.name.name) + " already exists with same argument types",
             id);
    }
    object->definition = effect.function;
    return;
  }
  model_.put(id, {effect.function, {}});
}

void Replay::operator()(const CreateTrigger &effect) {
  const auto there = model_.relation(effect.table);
  if (!there) {
    if (may_be_elsewhere(effect.table)) return;
    refuse_missing_relation(effect.table);
  }
  const ObjectId id{ObjectKind::kTrigger, effect.table.schema, effect.table.name, effect.name};
  if (Object *object = model_.change(id); object != nullptr) {
    if (!effect.or_replace) {
      refuse("42710",
             "trigger " + in_quotes(effect.name) + " for relation " + in_quotes(effect.table.name) +
                 " already exists",
             id);
    }
    object->definition = effect.trigger;
    return;
  }
  model_.put(id, {effect.trigger, {}});
}

void Replay::operator()(const CreateView &effect) {
  const ObjectId id = id_of(ObjectKind::kView, effect.name);
  if (const auto there = model_.relation(effect.name); there && (effect.or_replace || effect.if_not_exists)) {
    if (effect.if_not_exists) return;
    if (there->kind != ObjectKind::kView || model_.find_as<View>(id)->materialized) {
      refuse_wrong_kind(*there, ObjectKind::kView, effect.name.name);
    }
    model_.change(id)->definition = effect.view;
    doubt_views(effect.name);
    return;
  }
  claim_relation(effect.name, ObjectKind::kView);
  model_.put(id, {effect.view, {}});
}

void Replay::operator()(const SetComment &effect) {
  ObjectId id = effect.object;
  const bool on_part =
      id.kind == ObjectKind::kColumn || id.kind == ObjectKind::kConstraint || id.kind == ObjectKind::kTrigger;
  if (!on_part && id.kind != ObjectKind::kSchema && id.kind != ObjectKind::kExtension) {
    const auto there = resolved(id, false, true, false);
    if (!there || there->kind == ObjectKind::kConstraint || there->kind == ObjectKind::kColumn) return;
    id = *there;
  }
  if (Object *object = model_.change(id); object != nullptr) {
    object->comment = effect.comment;
    return;
  }
  if (!on_part || may_be_elsewhere(table_of(id))) return;
  const auto table = model_.relation(table_of(id));
  if (id.kind == ObjectKind::kColumn && table && table->kind != ObjectKind::kTable) return;  // not modelled
  if (id.kind == ObjectKind::kConstraint && model_.type(table_of(id)) && !table) return;     // of a domain
  if (!table) refuse_missing_relation(table_of(id));
  if (id.kind == ObjectKind::kColumn) column_of(table_of(id), id.name);
  refuse("42704",
         std::string(object_kind_name(id.kind)) + " " + in_quotes(id.name) + " for table " +
             in_quotes(id.table) + " does not exist",
         id);
}

}  // namespace migfix::core
