#include "core/presence.hpp"

#include <algorithm>

#include "core/definition_line.hpp"
#include "core/dependence.hpp"

namespace migfix::core {

namespace {

constexpr char kCatalog[] = "pg_catalog";

bool is_foreign(const SchemaModel &model, const DataType &type) {
  return type.name.schema != kCatalog && !model.type(type.name);
}

bool uses_foreign(const std::vector<IndexElement> &elements) {
  return std::any_of(elements.begin(), elements.end(), [](const IndexElement &element) {
    return !element.operator_class.empty() && element.operator_class.schema != kCatalog;
  });
}

bool uses_foreign(const SchemaModel &model, const Definition &definition) {
  if (const auto *column = std::get_if<Column>(&definition)) return is_foreign(model, column->type);
  if (const auto *domain = std::get_if<Domain>(&definition)) return is_foreign(model, domain->type);
  if (const auto *index = std::get_if<Index>(&definition)) return uses_foreign(index->elements);
  if (const auto *constraint = std::get_if<Constraint>(&definition)) {
    const auto *exclusion = std::get_if<Exclusion>(&constraint->what);
    return exclusion != nullptr && uses_foreign(exclusion->elements);
  }
  return false;
}

// The definition without the table that it stands on, and without a comment.
std::string line_anywhere(const Object &object) {
  Object copy{object.definition, {}};
  if (auto *index = std::get_if<Index>(&copy.definition)) index->table = {};
  return definition_line(copy);
}

}  // namespace

bool comes_from_parent(const SchemaModel &model, const ObjectId &id) {
  if (id.kind != ObjectKind::kConstraint && id.kind != ObjectKind::kIndex) return false;
  const Object *object = model.find(id);
  const auto table = object != nullptr ? table_with(id, *object) : std::nullopt;
  const auto *definition = table ? model.find_as<Table>(*table) : nullptr;
  if (definition == nullptr) return false;
  const std::string line = line_anywhere(*object);
  for (const QualifiedName &parent : definition->parents)
    for (const ObjectId &other :
         id.kind == ObjectKind::kIndex ? model.indexes_of(parent) : model.constraints_of(parent))
      if (line_anywhere(*model.find(other)) == line) return true;
  return false;
}

std::vector<ObjectId> may_have_fallen(const SchemaModel &model, const RevisionStatement &statement) {
  std::vector<ObjectId> ids;
  const auto add = [&](const ObjectId &id) {
    const bool known = std::find(ids.begin(), ids.end(), id) != ids.end();
    if (!known && model.find(id)->certain) ids.push_back(id);
  };
  for (const Effect &effect : statement.effects) {
    const auto *drop = std::get_if<DropObject>(&effect);
    if (drop == nullptr || !drop->cascade) continue;
    if (drop->object.kind == ObjectKind::kExtension) {
      for (const auto &[id, object] : model.objects())
        if (uses_foreign(model, object.definition)) add(id);
    } else if (drop->object.table.empty() && !model.relation(name_of(drop->object))) {
      for (const ObjectId &id : model.users_of(name_of(drop->object))) add(id);
      for (std::size_t i = 0; i < ids.size(); ++i)
        if (ids[i].kind == ObjectKind::kView)
          for (const ObjectId &id : model.users_of(name_of(ids[i]))) add(id);
    }
  }
  return ids;
}

}  // namespace migfix::core
