#include "server/new_relations.hpp"

#include "server/changed_rows.hpp"

extern "C" {
#include "catalog/objectaccess.h"
#include "catalog/pg_class_d.h"
}

namespace migfix::server {

namespace {

object_access_hook_type next_hook = nullptr;
constinit ChangedRows created;

void at_object_access(ObjectAccessType access, Oid class_id, Oid object, int part, void *argument) {
  if (next_hook != nullptr) next_hook(access, class_id, object, part, argument);
  if (access == OAT_POST_CREATE && class_id == RelationRelationId && part == 0) created.add(object);
}

}  // namespace

void watch_new_relations() {
  next_hook = object_access_hook;
  object_access_hook = at_object_access;
}

void forget_new_relations() noexcept {
  created.clear();
}

std::vector<Oid> take_new_relations() {
  const bool all = created.all();
  std::vector<Oid> relations = created.take();
  if (all) relations.clear();
  return relations;
}

}  // namespace migfix::server
