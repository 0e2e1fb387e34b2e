// Definitions in short, for tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/schema_model.hpp"

namespace migfix::core::samples {

inline DataType built_in(std::string name, std::string modifiers = {}, bool array = false) {
  return {{"pg_catalog", std::move(name)}, std::move(modifiers), array, {}};
}

inline DataType own_type(std::string name, bool array = false) {
  return {{"", std::move(name)}, {}, array, {}};
}

/// As a revision writes it, and the server.
inline Expression expression(std::string text, std::string normal) {
  return {std::move(text), {}, std::move(normal)};
}

/// In the server's form on both sides.
inline Expression expression(std::string text) {
  Expression same;
  same.text = text;
  same.normal = std::move(text);
  return same;
}

inline Column column(DataType type, bool not_null = false) {
  Column made;
  made.type = std::move(type);
  made.not_null = not_null;
  return made;
}

inline Column with_default(Column made, Expression value) {
  made.default_value = std::move(value);
  return made;
}

inline Key key(bool primary, std::vector<std::string> columns) {
  Key made;
  made.primary = primary;
  made.columns = std::move(columns);
  return made;
}

inline ForeignKey foreign_key(std::vector<std::string> columns, QualifiedName table,
                              std::vector<std::string> referenced) {
  ForeignKey made;
  made.columns = std::move(columns);
  made.references = std::move(table);
  made.referenced = std::move(referenced);
  return made;
}

inline Check check(Expression condition) {
  Check made;
  made.expression = std::move(condition);
  return made;
}

inline IndexElement element(std::string column) {
  IndexElement made;
  made.column = std::move(column);
  return made;
}

inline IndexElement element(Expression computed) {
  IndexElement made;
  made.expression = std::move(computed);
  return made;
}

inline Index index(std::string table, std::vector<IndexElement> elements) {
  Index made;
  made.table = {"", std::move(table)};
  made.elements = std::move(elements);
  return made;
}

inline View view(std::string query, bool materialized = false) {
  View made;
  made.materialized = materialized;
  made.query = expression(std::move(query));
  return made;
}

inline Object object(Definition definition, std::string comment = {}) {
  return {std::move(definition), std::move(comment)};
}

/// A model that takes objects of the own schema by their names; columns in the order in which they are put.
class Model {
 public:
  Model &put(ObjectKind kind, const std::string &name, Definition definition, std::string comment = {}) {
    return put({kind, {}, {}, name}, std::move(definition), std::move(comment));
  }

  Model &column(const std::string &table, const std::string &name, Column made, std::string comment = {}) {
    made.position = ++position_;
    return put({ObjectKind::kColumn, {}, table, name}, std::move(made), std::move(comment));
  }

  template <class Kind>
  Model &constraint(const std::string &table, const std::string &name, Kind kind, std::string comment = {}) {
    return put({ObjectKind::kConstraint, {}, table, name}, Constraint{std::move(kind)}, std::move(comment));
  }

  Model &put(const ObjectId &id, Definition definition, std::string comment = {}) {
    model.put(id, object(std::move(definition), std::move(comment)));
    return *this;
  }

  SchemaModel model;

 private:
  std::uint32_t position_ = 0;
};

}  // namespace migfix::core::samples
