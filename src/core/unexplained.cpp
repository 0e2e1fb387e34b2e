#include "core/unexplained.hpp"

namespace migfix::core {

std::optional<ObjectId> table_with(const ObjectId &id, const Object &object) {
  if (!id.table.empty()) return id_of(ObjectKind::kTable, table_of(id));
  if (const auto *index = std::get_if<Index>(&object.definition))
    return id_of(ObjectKind::kTable, index->table);
  if (const auto *sequence = std::get_if<Sequence>(&object.definition);
      sequence != nullptr && !sequence->owner.empty())
    return id_of(ObjectKind::kTable, sequence->owner);
  return std::nullopt;
}

std::vector<ObjectId> unexplained_objects(const SchemaHistory &history, const SchemaModel &real) {
  std::vector<ObjectId> unexplained;
  for (const auto &[id, object] : real.objects()) {
    if (id.kind == ObjectKind::kSchema || id.kind == ObjectKind::kExtension) continue;
    if (history.chain(id) != nullptr) continue;
    if (const auto table = table_with(id, object); table && history.chain(*table) == nullptr) continue;
    unexplained.push_back(id);
  }
  return unexplained;
}

}  // namespace migfix::core
