#include "server/guard_install.hpp"

#include "server/extension.hpp"

extern "C" {
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "commands/extension.h"
#include "commands/trigger.h"
#include "nodes/makefuncs.h"
#include "parser/parse_func.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
}

namespace migfix::server {

namespace {

struct TriggerShape {
  const char *name;
  bool row;
  std::int16_t timing;
  std::int16_t events;
};

constexpr TriggerShape kShapes[] = {
    {kGuardTriggers[0], true, TRIGGER_TYPE_BEFORE, TRIGGER_TYPE_INSERT | TRIGGER_TYPE_UPDATE},
    {kGuardTriggers[1], true, TRIGGER_TYPE_AFTER,
     TRIGGER_TYPE_INSERT | TRIGGER_TYPE_UPDATE | TRIGGER_TYPE_DELETE},
    {kGuardTriggers[2], false, TRIGGER_TYPE_BEFORE, TRIGGER_TYPE_TRUNCATE},
};

const TriggerShape *shape_of(const char *name) {
  for (const TriggerShape &shape : kShapes) {
    if (strcmp(shape.name, name) == 0) return &shape;
  }
  return nullptr;
}

bool is_own_function(Oid function, const char *name) {
  const char *found = OidIsValid(function) ? get_func_name(function) : nullptr;
  return found != nullptr && strcmp(found, name) == 0 &&
         getExtensionOfObject(ProcedureRelationId, function) == get_extension_oid("migfix", true);
}

// Creates the trigger by the server's own function rather than by SQL: no other event trigger sees a
// statement that nobody has sent, and the rights of the session do not matter.
void create_trigger(Oid relation, const TriggerShape &shape, const char *schema) {
  CreateTrigStmt *statement = makeNode(CreateTrigStmt);
  statement->trigname = pstrdup(shape.name);
  statement->relation = makeRangeVar(get_namespace_name(get_rel_namespace(relation)), get_rel_name(relation), -1);
  statement->funcname = list_make2(makeString(pstrdup(schema)), makeString(pstrdup(shape.name)));
  statement->row = shape.row;
  statement->timing = shape.timing;
  statement->events = shape.events;
  const Oid function = LookupFuncName(statement->funcname, 0, nullptr, false);
  const ObjectAddress trigger = CreateTrigger(statement, nullptr, relation, InvalidOid, InvalidOid, InvalidOid,
                                              function, InvalidOid, nullptr, false, false);
  // So that DROP EXTENSION takes the trigger along instead of being stopped by it.
  ObjectAddress extension;
  ObjectAddressSet(extension, ExtensionRelationId, get_extension_oid("migfix", false));
  recordDependencyOn(&trigger, &extension, DEPENDENCY_AUTO_EXTENSION);
}

void drop_trigger(Oid trigger) {
  ObjectAddress address;
  ObjectAddressSet(address, TriggerRelationId, trigger);
  performDeletion(&address, DROP_RESTRICT, PERFORM_DELETION_INTERNAL);
}

// With a condition, for fewer events or columns it would look like the guard and let rows pass.
bool has_shape(Relation triggers, HeapTuple tuple, const TriggerShape &shape) {
  const auto *form = reinterpret_cast<Form_pg_trigger>(GETSTRUCT(tuple));
  const int type = (shape.row ? TRIGGER_TYPE_ROW : 0) | shape.timing | shape.events;
  return form->tgtype == type && !OidIsValid(form->tgconstraint) && form->tgnargs == 0 && form->tgattr.dim1 == 0 &&
         heap_attisnull(tuple, Anum_pg_trigger_tgqual, RelationGetDescr(triggers));
}

// Reads a trigger; says whether it is the guard's: one of its names, in its shape, executing migfix's
// function of that name.
bool read_trigger(Oid trigger, NameData *name, Oid *relation) {
  Relation triggers = table_open(TriggerRelationId, AccessShareLock);
  ScanKeyData key;
  ScanKeyInit(&key, Anum_pg_trigger_oid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(trigger));
  SysScanDesc scan = systable_beginscan(triggers, TriggerOidIndexId, true, nullptr, 1, &key);
  bool ours = false;
  HeapTuple tuple = systable_getnext(scan);
  if (HeapTupleIsValid(tuple)) {
    auto *form = reinterpret_cast<Form_pg_trigger>(GETSTRUCT(tuple));
    *name = form->tgname;
    *relation = form->tgrelid;
    const TriggerShape *shape = shape_of(NameStr(form->tgname));
    ours = shape != nullptr && is_own_function(form->tgfoid, shape->name) && has_shape(triggers, tuple, *shape);
  }
  systable_endscan(scan);
  table_close(triggers, AccessShareLock);
  return ours;
}

// The guard's own trigger of that name on the relation.
Oid own_trigger(Oid relation, const char *name) {
  const Oid trigger = get_trigger_oid(relation, name, true);
  NameData found;
  Oid table;
  return OidIsValid(trigger) && read_trigger(trigger, &found, &table) ? trigger : InvalidOid;
}

}  // namespace

bool is_guard_trigger_name(const char *name) { return shape_of(name) != nullptr; }

bool creates_guard_trigger(const CreateTrigStmt *command) {
  const TriggerShape *shape = shape_of(command->trigname);
  if (shape == nullptr || command->row != shape->row || command->timing != shape->timing ||
      command->events != shape->events || command->isconstraint || command->args != NIL || command->columns != NIL || command->whenClause != nullptr)
    return false;
  return call([&] { return is_own_function(LookupFuncName(command->funcname, 0, nullptr, true), shape->name); });
}

bool has_guard(Oid relation) {
  return call([&] {
    for (const char *name : kGuardTriggers) {
      if (!OidIsValid(own_trigger(relation, name))) return false;
    }
    return true;
  });
}

bool put_guard(Oid relation) {
  const std::string schema = functions_raw_schema();
  const char *schema_name = schema.c_str();
  return call([&] {
    bool missing = false;
    // The same lock as CREATE TRIGGER takes.
    Relation table = table_open(relation, ShareRowExclusiveLock);
    for (const TriggerShape &shape : kShapes) {
      if (OidIsValid(own_trigger(relation, shape.name))) continue;
      const Oid impostor = get_trigger_oid(relation, shape.name, true);
      if (OidIsValid(impostor)) {
        drop_trigger(impostor);
        CommandCounterIncrement();
      }
      create_trigger(relation, shape, schema_name);
      CommandCounterIncrement();
      missing = true;
    }
    table_close(table, NoLock);
    return missing;
  });
}

bool remove_guard(Oid relation) {
  return call([&] {
    bool any = false;
    Relation table = table_open(relation, AccessExclusiveLock);
    for (const char *name : kGuardTriggers) {
      const Oid trigger = own_trigger(relation, name);
      if (!OidIsValid(trigger)) continue;
      drop_trigger(trigger);
      CommandCounterIncrement();
      any = true;
    }
    table_close(table, NoLock);
    return any;
  });
}

Oid guarded_by(Oid trigger) {
  return call([&] {
    NameData name;
    Oid relation;
    return read_trigger(trigger, &name, &relation) ? relation : InvalidOid;
  });
}

std::string trigger_name(Oid trigger) {
  NameData name{};
  call([&] {
    Oid relation;
    read_trigger(trigger, &name, &relation);
  });
  return NameStr(name);
}

void make_room_for(Oid relation, const char *trigger) {
  call([&] {
    const Oid there = own_trigger(relation, trigger);
    if (!OidIsValid(there)) return;
    drop_trigger(there);
    CommandCounterIncrement();
  });
}

}  // namespace migfix::server
