#include <algorithm>
#include <utility>

#include "core/default_name.hpp"
#include "core/schema_replay_steps.hpp"
#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

const std::string kBuiltIn = "pg_catalog";

bool is_identity_type(const DataType &type) {
  return type.name.schema == kBuiltIn && !type.array &&
         (type.name.name == "int2" || type.name.name == "int4" || type.name.name == "int8");
}

}  // namespace

void Replay::put_column(const QualifiedName &table, const NewColumn &given, std::uint32_t position) {
  const ObjectId id = column_id(table, given.name);
  Column column = given.column;
  column.position = position;
  if (given.serial) {
    if (!column.default_value.empty() || column.nextval) {
      refuse("42601",
             "multiple default values specified for column " + in_quotes(given.name) + " of table " +
                 in_quotes(table.name),
             id);
    }
    const QualifiedName name{table.schema, default_sequence_name(model_, table, given.name)};
    Sequence sequence;
    sequence.options = completed({}, column.type.name.name);
    sequence.owner = table;
    sequence.owner_column = given.name;
    model_.put(id_of(ObjectKind::kSequence, name), {std::move(sequence), {}});
    column.nextval = name;
    column.not_null = true;
  }
  if (column.identity != Identity::kNone) {
    if (!is_identity_type(column.type)) {
      refuse("22023", "identity column type must be smallint, integer, or bigint", id);
    }
    column.not_null = true;
    column.identity_options = completed(column.identity_options, column.type.name.name);
    column.identity_options.type = column.type.name.name;
    check_sequence(column.identity_options, id);
    column.identity_sequence = default_sequence_name(model_, table, given.name);
  }
  model_.put(id, {std::move(column), {}});
}

void Replay::inherit_columns(const QualifiedName &table, const QualifiedName &parent, bool partition) {
  std::uint32_t position = 0;
  for (const ObjectId &id : model_.columns_of(table)) position = std::max(position, column_at(id).position);
  for (const ObjectId &from : model_.columns_of(parent)) {
    const ObjectId to = column_id(table, from.name);
    Column inherited = column_at(from);
    if (const auto *there = model_.find_as<Column>(to)) {  // merged
      if (inherited.not_null && !there->not_null) change_column(to).not_null = true;
      continue;
    }
    inherited.position = ++position;
    inherited.identity_sequence.clear();
    if (inherited.identity != Identity::kNone) {  // is not inherited
      inherited.identity = Identity::kNone;
      inherited.identity_options = {};
    }
    model_.put(to, {std::move(inherited), {}});
  }
  for (const ObjectId &from : model_.constraints_of(parent)) {
    const Constraint constraint = *model_.find_as<Constraint>(from);
    const auto *check = std::get_if<Check>(&constraint.what);
    if (check == nullptr || check->no_inherit) continue;
    const ObjectId to = constraint_id(table, from.name);
    if (model_.find(to) == nullptr) model_.put(to, {constraint, {}});
  }
  if (partition) copy_indexes(table, parent);
}

void Replay::operator()(const CreateTable &effect) {
  const QualifiedName &table = effect.name;
  if (effect.if_not_exists && model_.relation(table)) return;
  claim_relation(table, ObjectKind::kTable);
  const ObjectId id = id_of(ObjectKind::kTable, table);
  for (const QualifiedName &parent : effect.table.parents) {
    const auto there = model_.relation(parent);
    if (!there && !may_be_elsewhere(parent)) refuse_missing_relation(parent);
    if (there && there->kind != ObjectKind::kTable) {
      refuse("42809", "inherited relation " + in_quotes(parent.name) + " is not a table or foreign table",
             *there);
    }
  }
  // The sequences of serial columns are made first, so their names do not heed the table's own.
  std::set<std::string> names;
  std::uint32_t position = 0;
  const bool partition = !effect.table.partition_bound.empty();
  std::vector<NamedConstraint> constraints;
  if (!partition && !effect.table.parents.empty()) {
    for (const QualifiedName &parent : effect.table.parents) inherit_columns(table, parent, false);
    position = static_cast<std::uint32_t>(model_.columns_of(table).size());
  }
  if (partition) {  // columns that are written for a partition only add to the parent's
    inherit_columns(table, effect.table.parents.front(), false);
  }
  for (const NewColumn &column : effect.columns) {
    if (!names.insert(column.name).second) {
      refuse("42701", "column " + in_quotes(column.name) + " specified more than once",
             column_id(table, column.name));
    }
    if (const auto *inherited = model_.find_as<Column>(column_id(table, column.name))) {
      NewColumn merged = column;
      if (merged.column.type.name.empty()) merged.column.type = inherited->type;
      merged.column.not_null = merged.column.not_null || inherited->not_null;
      if (merged.column.default_value.empty() && !merged.column.nextval) {
        merged.column.default_value = inherited->default_value;
        merged.column.nextval = inherited->nextval;
      }
      put_column(table, merged, inherited->position);
    } else {
      put_column(table, column, ++position);
    }
    constraints.insert(constraints.end(), column.constraints.begin(), column.constraints.end());
  }
  claim_relation(table, ObjectKind::kTable);
  model_.put(id, {effect.table, {}});
  constraints.insert(constraints.end(), effect.constraints.begin(), effect.constraints.end());
  add_constraints(table, std::move(constraints), true);
  if (partition) copy_indexes(table, effect.table.parents.front());
}

void Replay::add_column(const QualifiedName &table, const AddColumn &effect, bool inherited) {
  const NewColumn &column = effect.column;
  const ObjectId id = column_id(table, column.name);
  if (model_.find(id) != nullptr) {
    if (effect.if_not_exists || inherited) return;
    refuse("42701",
           "column " + in_quotes(column.name) + " of relation " + in_quotes(table.name) + " already exists",
           id);
  }
  std::uint32_t position = 0;
  for (const ObjectId &other : model_.columns_of(table))
    position = std::max(position, column_at(other).position);
  if (inherited) {
    // The parent's column as it stands now: a serial's children share its sequence.
    const auto *definition = model_.find_as<Table>(id_of(ObjectKind::kTable, table));
    for (const QualifiedName &parent : definition->parents) {
      const auto *from = model_.find_as<Column>(column_id(parent, column.name));
      if (from == nullptr) continue;
      Column copy = *from;
      copy.position = position + 1;
      model_.put(id, {std::move(copy), {}});
      break;
    }
  } else {
    put_column(table, column, position + 1);
  }
  for (const QualifiedName &child : children_of(table)) add_column(child, effect, true);
  if (!inherited) add_constraints(table, column.constraints, false);
}

void Replay::operator()(const AddColumn &effect) {
  if (!has_table(effect.table, "ADD COLUMN")) return;
  const auto *table = model_.find_as<Table>(id_of(ObjectKind::kTable, effect.table.name));
  if (!table->partition_bound.empty()) {
    refuse("42809", "cannot add column to a partition", id_of(ObjectKind::kTable, effect.table.name));
  }
  add_column(effect.table.name, effect, false);
}

void Replay::change_parent(const AlterTable &effect) {
  const QualifiedName &table = effect.table.name;
  const ObjectId id = id_of(ObjectKind::kTable, table);
  const auto parent = model_.relation(effect.parent);
  if (!parent && !may_be_elsewhere(effect.parent)) refuse_missing_relation(effect.parent);
  const std::vector<QualifiedName> parents = model_.find_as<Table>(id)->parents;
  const auto found = std::find(parents.begin(), parents.end(), effect.parent);
  if (effect.change == AlterTable::Change::kDropParent) {
    if (found == parents.end()) {
      refuse("42P01",
             "relation " + in_quotes(effect.parent.name) + " is not a parent of relation " +
                 in_quotes(table.name),
             id);
    }
    auto &definition = std::get<Table>(model_.change(id)->definition);
    definition.parents.erase(definition.parents.begin() + (found - parents.begin()));
    definition.partition_bound.clear();
    return;
  }
  if (found != parents.end()) {
    if (!effect.partition_bound.empty()) {
      refuse("42809", in_quotes(table.name) + " is already a partition", id);
    }
    refuse("42P07", "relation " + in_quotes(effect.parent.name) + " would be inherited from more than once",
           id);
  }
  for (const ObjectId &column : model_.columns_of(effect.parent)) {
    if (model_.find(column_id(table, column.name)) == nullptr) {
      refuse("42804", "child table is missing column " + in_quotes(column.name),
             column_id(table, column.name));
    }
  }
  for (const ObjectId &constraint : model_.constraints_of(effect.parent)) {
    const auto *check = std::get_if<Check>(&model_.find_as<Constraint>(constraint)->what);
    if (check == nullptr || check->no_inherit) continue;
    if (model_.find(constraint_id(table, constraint.name)) == nullptr) {
      refuse("42804", "child table is missing constraint " + in_quotes(constraint.name),
             constraint_id(table, constraint.name));
    }
  }
  auto &definition = std::get<Table>(model_.change(id)->definition);
  definition.parents.push_back(effect.parent);
  definition.partition_bound = effect.partition_bound;
  if (!effect.partition_bound.empty()) copy_indexes(table, effect.parent);
}

void Replay::operator()(const AlterTable &effect) {
  using Change = AlterTable::Change;
  const bool sets_logging = effect.change == Change::kSetLogged || effect.change == Change::kSetUnlogged;
  if (!has_table(effect.table, sets_logging ? "SET LOGGED" : "INHERIT")) return;
  if (!sets_logging) {
    change_parent(effect);
    return;
  }
  auto &table = std::get<Table>(model_.change(id_of(ObjectKind::kTable, effect.table.name))->definition);
  table.unlogged = effect.change == Change::kSetUnlogged;
}

}  // namespace migfix::core
