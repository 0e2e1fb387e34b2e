// Short ways to write effects in tests.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/schema_replay.hpp"

namespace migfix::core::test {

inline QualifiedName own(const std::string &name) {
  return {"", name};
}
inline DataType builtin(const std::string &name, const std::string &shown = {}) {
  return {{"pg_catalog", name}, {}, false, shown.empty() ? name : shown};
}
inline DataType int4() {
  return builtin("int4", "integer");
}
inline ObjectId table_id(const std::string &name) {
  return id_of(ObjectKind::kTable, own(name));
}
inline ObjectId col(const std::string &table, const std::string &name) {
  return column_id(own(table), name);
}
inline ObjectId con(const std::string &table, const std::string &name) {
  return constraint_id(own(table), name);
}
inline ObjectId idx(const std::string &name) {
  return id_of(ObjectKind::kIndex, own(name));
}
inline ObjectId seq(const std::string &name) {
  return id_of(ObjectKind::kSequence, own(name));
}
inline ObjectId enum_id(const std::string &name) {
  return id_of(ObjectKind::kEnum, own(name));
}
inline ObjectId view_id(const std::string &name) {
  return id_of(ObjectKind::kView, own(name));
}

/// The text, with a use of each named column (it may be qualified) at its first place.
inline Expression expr(const std::string &text, const std::vector<std::string> &columns = {}) {
  Expression expression;
  expression.text = text;
  expression.normal = "(" + text + ")";
  for (const std::string &written : columns) {
    expression.columns.push_back({static_cast<std::uint32_t>(text.find(written)),
                                  static_cast<std::uint32_t>(written.size()),
                                  written.substr(written.find('.') + 1)});
  }
  return expression;
}

inline NamedConstraint primary(std::vector<std::string> columns, std::string name = {}) {
  Key key;
  key.primary = true;
  key.columns = std::move(columns);
  return {std::move(name), Constraint{key}, {}};
}
inline NamedConstraint unique(std::vector<std::string> columns, std::string name = {}) {
  Key key;
  key.columns = std::move(columns);
  return {std::move(name), Constraint{key}, {}};
}
inline NamedConstraint check(Expression expression, std::string name = {}) {
  return {std::move(name), Constraint{Check{std::move(expression)}}, {}};
}
inline NamedConstraint references(std::vector<std::string> columns, const std::string &table,
                                  std::vector<std::string> referenced = {}, std::string name = {}) {
  ForeignKey key;
  key.columns = std::move(columns);
  key.references = own(table);
  key.referenced = std::move(referenced);
  return {std::move(name), Constraint{key}, {}};
}

inline NewColumn column(const std::string &name, DataType type = int4(),
                        std::vector<NamedConstraint> constraints = {}) {
  NewColumn column;
  column.name = name;
  column.column.type = std::move(type);
  column.constraints = std::move(constraints);
  return column;
}
inline NewColumn serial(const std::string &name) {
  NewColumn made = column(name);
  made.serial = true;
  return made;
}

inline CreateTable create_table(const std::string &name, std::vector<NewColumn> columns,
                                std::vector<NamedConstraint> constraints = {}) {
  CreateTable effect;
  effect.name = own(name);
  effect.columns = std::move(columns);
  effect.constraints = std::move(constraints);
  return effect;
}
inline AddConstraint add(const std::string &table, NamedConstraint constraint) {
  return {{own(table)}, std::move(constraint)};
}
inline AddColumn add_column(const std::string &table, NewColumn column, bool if_not_exists = false) {
  return {{own(table)}, if_not_exists, std::move(column)};
}
inline CreateIndex create_index(const std::string &name, const std::string &table,
                                std::vector<std::string> columns) {
  CreateIndex effect;
  effect.name = own(name);
  effect.index.table = own(table);
  for (const std::string &name_of_column : columns)
    effect.index.elements.emplace_back().column = name_of_column;
  return effect;
}
inline DropObject drop(const ObjectId &id, bool cascade = false, bool if_exists = false) {
  DropObject effect;
  effect.object = id;
  effect.cascade = cascade;
  effect.if_exists = if_exists;
  effect.any_type = id.kind == ObjectKind::kEnum;
  return effect;
}
inline RenameObject rename(const ObjectId &id, const std::string &to) {
  RenameObject effect;
  effect.object = id;
  effect.to = to;
  effect.any_relation = id.kind == ObjectKind::kTable;
  effect.any_type = id.kind == ObjectKind::kEnum;
  return effect;
}
inline CreateView create_view(const std::string &name, std::vector<std::string> tables) {
  CreateView effect;
  effect.name = own(name);
  for (const std::string &table : tables) effect.view.reads.push_back(own(table));
  return effect;
}

/// "42P07 relation \"t\" already exists"; empty where it goes through.
inline std::string outcome(SchemaModel &model, const Effect &effect) {
  const auto refusal = apply(model, effect);
  return refusal ? refusal->sqlstate + " " + refusal->message : "";
}
inline void run(SchemaModel &model, const std::vector<Effect> &effects) {
  for (const Effect &effect : effects) EXPECT_EQ(outcome(model, effect), "");
}
inline std::vector<std::string> names(const std::vector<ObjectId> &ids) {
  std::vector<std::string> names;
  for (const ObjectId &id : ids) names.push_back(id.name);
  return names;
}

}  // namespace migfix::core::test
