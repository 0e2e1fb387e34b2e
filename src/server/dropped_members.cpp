#include "server/dropped_members.hpp"

#include "server/settings.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/objectaccess.h"
#include "utils/memutils.h"
}

namespace migfix::server {

namespace {

struct Member {
  Oid class_id;
  Oid object;
  Member *next;
};

Member *members = nullptr;  // in TopTransactionContext
object_access_hook_type next_hook = nullptr;

void forget_at_end(XactEvent, void *) {
  members = nullptr;
}

void at_object_access(ObjectAccessType access, Oid class_id, Oid object, int part, void *argument) {
  if (next_hook != nullptr) next_hook(access, class_id, object, part, argument);
  if (access != OAT_DROP || part != 0 || IsBinaryUpgrade || !logs_ddl()) return;
  enter<int>([&] {
    call([&] {
      if (!OidIsValid(getExtensionOfObject(class_id, object))) return;
      auto *member = static_cast<Member *>(MemoryContextAlloc(TopTransactionContext, sizeof(Member)));
      *member = {class_id, object, members};
      members = member;
    });
    return 0;
  });
}

}  // namespace

void watch_dropped_members() {
  call([] { RegisterXactCallback(forget_at_end, nullptr); });
  next_hook = object_access_hook;
  object_access_hook = at_object_access;
}

bool was_member(Oid class_id, Oid object) {
  for (const Member *member = members; member != nullptr; member = member->next)
    if (member->class_id == class_id && member->object == object) return true;
  return false;
}

void forget_dropped_members() {
  members = nullptr;
}

}  // namespace migfix::server
