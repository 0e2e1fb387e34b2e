#include "core/unexplained.hpp"

#include "core/dependence.hpp"

namespace migfix::core {

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
