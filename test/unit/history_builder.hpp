// Histories for tests: a graph and what its revisions do.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/schema_histories.hpp"
#include "unit/graph_samples.hpp"
#include "unit/schema_builder.hpp"

namespace migfix::core::test {

/// Stands for the server: its normal form of a text is the bare text, and it finds every type in pg_catalog.
/// What has "no_such" in it, it cannot make sense of.
class BareForms : public NormalForms {
 public:
  DataType resolved(const DataType &type) override {
    DataType found = type;
    found.name.schema = "pg_catalog";
    return found;
  }
  std::optional<std::string> expression(const std::string &text, const Columns &, Purpose,
                                        const DataType &) override {
    return answer(text);
  }
  std::optional<std::string> query(const std::string &text) override { return answer(text); }

 private:
  static std::optional<std::string> answer(const std::string &text) {
    if (text.find("no_such") != std::string::npos) return std::nullopt;
    return text;
  }
};

inline RevisionStatement sql(std::string text, std::vector<Effect> effects) {
  RevisionStatement statement;
  statement.text = std::move(text);
  statement.effects = std::move(effects);
  return statement;
}
/// CREATE TABLE with one column, id.
inline RevisionStatement makes(const std::string &table) {
  return sql("CREATE TABLE " + table, {create_table(table, {column("id")})});
}
/// ALTER TABLE ... ADD COLUMN, an integer.
inline RevisionStatement adds(const std::string &table, const std::string &name) {
  return sql("ALTER TABLE " + table + " ADD " + name, {add_column(table, column(name))});
}
inline RevisionStatement drops(const std::string &table) {
  return sql("DROP TABLE " + table, {drop(table_id(table))});
}
inline RevisionStatement makes_enum(const std::string &name,
                                    std::vector<std::string> labels = {"on", "off"}) {
  return sql("CREATE TYPE " + name, {CreateEnum{own(name), std::move(labels)}});
}
inline RevisionStatement adds_label(const std::string &name, const std::string &label) {
  AddEnumValue effect;
  effect.name = own(name);
  effect.label = label;
  return sql("ALTER TYPE " + name + " ADD VALUE '" + label + "'", {effect});
}
inline RevisionStatement indexes(const std::string &name, const std::string &table,
                                 const std::string &column) {
  return sql("CREATE INDEX " + name, {create_index(name, table, {column})});
}
inline RevisionStatement changes_data(const std::string &text) {
  return sql(text, {NoChange{NoChange::What::kRows}});
}
inline RevisionStatement sets_property(const std::string &text) {
  return sql(text, {NoChange{NoChange::What::kProperty}});
}
inline RevisionStatement does_unknown(const std::string &text, const std::string &why = "a DO block") {
  return sql(text, {Opaque{why}});
}

class History {
 public:
  explicit History(std::initializer_list<Line> lines) : graph(revisions(lines)), statements(graph.size()) {}

  /// The statements of one more revision, which need not be given for those that do nothing.
  History &does(std::string_view revision, std::vector<RevisionStatement> what) {
    statements[graph.find(revision).value()] = std::move(what);
    return *this;
  }

  /// Those revisions, ids with blanks between, and all that is below them.
  NodeSet set(std::string_view ids) const { return graph.ancestors(nodes(graph, ids), Relation::kAll); }

  SchemaHistories &histories() {
    if (!histories_) histories_ = std::make_unique<SchemaHistories>(graph, statements, forms);
    return *histories_;
  }
  const SchemaHistory &all() { return histories().all(); }

  /// The schema that those revisions make, and nobody has touched.
  SchemaModel at(std::string_view ids) {
    SchemaModel model = histories().of(set(ids)).model();
    model.take_changes();
    return model;
  }

  RevisionGraph graph;
  StatementsOf statements;
  BareForms forms;

 private:
  std::unique_ptr<SchemaHistories> histories_;
};

/// The statement goes through on `real`, as somebody runs it by hand.
inline void by_hand(SchemaModel &real, const RevisionStatement &statement) {
  EXPECT_FALSE(apply(real, statement)) << statement.text;
  real.take_changes();
}

/// The catalogs' word for an enum that nothing has.
inline void unused(SchemaModel &real, const std::string &name) {
  std::get<Enum>(real.change(enum_id(name))->definition).used = false;
}

}  // namespace migfix::core::test
