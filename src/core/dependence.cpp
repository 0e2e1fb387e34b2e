#include "core/dependence.hpp"

#include "core/schema_model.hpp"

namespace migfix::core {

namespace {

// The columns under an index or a constraint; empty names stand for expressions.
struct Columns {
  std::vector<std::string> operator()(const Key &key) const { return key.columns; }
  std::vector<std::string> operator()(const ForeignKey &key) const { return key.columns; }
  std::vector<std::string> operator()(const Check &) const { return {}; }
  std::vector<std::string> operator()(const Exclusion &) const { return {}; }
  std::vector<std::string> operator()(const Constraint &constraint) const {
    return std::visit(*this, constraint.what);
  }
  std::vector<std::string> operator()(const Index &index) const {
    std::vector<std::string> columns;
    for (const IndexElement &element : index.elements) columns.push_back(element.column);
    return columns;
  }
  template <class Other>
  std::vector<std::string> operator()(const Other &) const {
    return {};
  }
};

}  // namespace

std::optional<ObjectId> table_with(const ObjectId &id, const Object &object) {
  if (!id.table.empty()) return id_of(ObjectKind::kTable, table_of(id));
  if (const auto *index = std::get_if<Index>(&object.definition))
    return id_of(ObjectKind::kTable, index->table);
  if (const auto *sequence = std::get_if<Sequence>(&object.definition);
      sequence != nullptr && !sequence->owner.empty())
    return id_of(ObjectKind::kTable, sequence->owner);
  return std::nullopt;
}

std::vector<ObjectId> stands_on(const ObjectId &id, const Object &object) {
  std::vector<ObjectId> ids;
  const auto table = table_with(id, object);
  if (table) {
    ids.push_back(*table);
    for (const std::string &column : std::visit(Columns(), object.definition))
      ids.push_back(column_id(name_of(*table), column));
  }
  if (const auto *view = std::get_if<View>(&object.definition))
    for (const QualifiedName &name : view->reads)
      for (const ObjectKind kind : {ObjectKind::kTable, ObjectKind::kView}) ids.push_back(id_of(kind, name));
  if (const auto *constraint = std::get_if<Constraint>(&object.definition))
    if (const auto *key = std::get_if<ForeignKey>(&constraint->what))
      ids.push_back(id_of(ObjectKind::kTable, key->references));
  if (const auto *column = std::get_if<Column>(&object.definition))
    for (const ObjectKind kind : {ObjectKind::kEnum, ObjectKind::kDomain, ObjectKind::kComposite})
      ids.push_back(id_of(kind, column->type.name));
  return ids;
}

}  // namespace migfix::core
