#include "server/drop_watch.hpp"

#include "server/guard_install.hpp"
#include "server/subtransaction.hpp"
#include "server/version_relation.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/objectaccess.h"
#include "catalog/pg_trigger.h"
#include "nodes/pg_list.h"
#include "utils/memutils.h"
}

namespace migfix::server {

namespace {

// In TopTransactionContext, as everything that outlives a call.
struct Kept {
  Oid relation;
  char *name;
  char *trigger;
  int count;
  char **versions;  // NULL where the row was
  Kept *next;
};

Kept *kept = nullptr;
object_access_hook_type next_hook = nullptr;

void forget_at_end(XactEvent, void *) { kept = nullptr; }

void forget_at_abort(SubXactEvent event, SubTransactionId, SubTransactionId, void *) {
  if (event == SUBXACT_EVENT_ABORT_SUB) kept = nullptr;
}

bool is_kept(Oid relation) {
  for (const Kept *each = kept; each != nullptr; each = each->next) {
    if (each->relation == relation) return true;
  }
  return false;
}

void keep(Oid relation, Oid trigger) {
  std::vector<std::optional<std::string>> versions;
  const bool read = attempt("migfix could not read a version table that is being dropped", [&] {
    OpenRelation table(relation, AccessShareLock);
    versions = latest_versions(table);
  });
  if (!read) return;
  const std::string name = relation_name(relation);
  const std::string trigger_label = trigger_name(trigger);
  call([&] {
    MemoryContext caller = MemoryContextSwitchTo(TopTransactionContext);
    auto *entry = static_cast<Kept *>(palloc0(sizeof(Kept)));
    entry->relation = relation;
    entry->name = pstrdup(name.c_str());
    entry->trigger = pstrdup(trigger_label.c_str());
    entry->count = static_cast<int>(versions.size());
    entry->versions = static_cast<char **>(palloc0(sizeof(char *) * (versions.size() + 1)));
    for (int i = 0; i < entry->count; ++i)
      entry->versions[i] = versions[i].has_value() ? pstrdup(versions[i]->c_str()) : nullptr;
    entry->next = kept;
    kept = entry;
    MemoryContextSwitchTo(caller);
  });
}

void at_object_access(ObjectAccessType access, Oid class_id, Oid object, int sub_object, void *argument) {
  if (next_hook != nullptr) next_hook(access, class_id, object, sub_object, argument);
  if (access != OAT_DROP || class_id != TriggerRelationId || IsBinaryUpgrade) return;
  const auto *drop = static_cast<const ObjectAccessDrop *>(argument);
  if (drop != nullptr && (drop->dropflags & PERFORM_DELETION_INTERNAL) != 0) return;  // migfix's own doing
  enter<int>([&] {
    const Oid relation = guarded_by(object);
    if (OidIsValid(relation) && !is_kept(relation)) keep(relation, object);
    return 0;
  });
}

}  // namespace

void watch_drops() {
  call([] {
    RegisterXactCallback(forget_at_end, nullptr);
    RegisterSubXactCallback(forget_at_abort, nullptr);
  });
  next_hook = object_access_hook;
  object_access_hook = at_object_access;
}

std::vector<DroppedGuard> take_dropped_guards() {
  std::vector<DroppedGuard> taken;
  for (const Kept *entry = kept; entry != nullptr; entry = entry->next) {
    DroppedGuard guard{entry->relation, entry->name, entry->trigger, {}};
    for (int i = 0; i < entry->count; ++i) {
      guard.versions.push_back(entry->versions[i] != nullptr ? std::optional<std::string>(entry->versions[i])
                                                             : std::nullopt);
    }
    taken.push_back(std::move(guard));
  }
  kept = nullptr;
  return taken;
}

}  // namespace migfix::server
