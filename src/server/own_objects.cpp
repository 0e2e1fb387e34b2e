#include "server/own_objects.hpp"

#include "server/ddl_command.hpp"
#include "server/subtransaction.hpp"

extern "C" {
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "commands/extension.h"
#include "commands/trigger.h"
#include "nodes/pg_list.h"
#include "parser/parse_func.h"
#include "replication/logicalworker.h"
#include "utils/lsyscache.h"
}

namespace migfix::server {

namespace {

bool is_own(const ObjectAddress &object) {
  if (!OidIsValid(object.objectId)) return false;
  return call([&] {
    const Oid extension = get_extension_oid("migfix", true);
    return OidIsValid(extension) && getExtensionOfObject(object.classId, object.objectId) == extension;
  });
}

ObjectAddress schema_named(const char *name) {
  return {NamespaceRelationId, call([&] { return get_namespace_oid(name, true); }), 0};
}

ObjectAddress relation_at(const RangeVar *name) {
  return {RelationRelationId, name != nullptr ? relation_named(name) : InvalidOid, 0};
}

ObjectAddress function_named(ObjectType type, const Node *node) {
  auto *name = reinterpret_cast<ObjectWithArgs *>(const_cast<Node *>(node));
  Oid function = InvalidOid;
  // Only names that can be its own are looked up, in a way that no lock or error is left of.
  if (strncmp(strVal(llast(name->objname)), "migfix_", 7) == 0)
    tried([&] { function = call([&] { return LookupFuncWithArgs(type, name, true); }); });
  return {ProcedureRelationId, function, 0};
}

ObjectAddress object_named(ObjectType type, const RangeVar *relation, const Node *object) {
  switch (type) {
    case OBJECT_TABLE:
    case OBJECT_SEQUENCE:
    case OBJECT_COLUMN:
      return relation_at(relation);
    case OBJECT_FUNCTION:
    case OBJECT_ROUTINE:
      return function_named(type, object);
    default:
      return InvalidObjectAddress;
  }
}

const char *what_is_taken(const AlterTableStmt *command) {
  ListCell *cell;
  foreach (cell, command->cmds) {
    switch (static_cast<const AlterTableCmd *>(lfirst(cell))->subtype) {
      case AT_DropColumn:
        return "drop a column of";
      case AT_AlterColumnType:
        return "change the type of a column of";
      case AT_DropConstraint:
        return "drop a constraint of";
      default:
        break;
    }
  }
  return nullptr;
}

[[noreturn]] void refuse(const std::string &message) {
  throw core::Error(
      "0A000", message, "The guard of this database and its logs would fail in every session.",
      "DROP EXTENSION migfix takes all of it away. For repair work on it, SET migfix.guard = off; "
      "lets the command pass.");
}

void refuse_if_own(const char *what, const ObjectAddress &object) {
  if (!is_own(object)) return;
  const char *name = call([&] { return getObjectDescription(&object, false); });
  refuse(fmt::format("cannot {} {} because extension migfix requires it", what, name));
}

}  // namespace

void refuse_taking_apart(const Node *command) {
  switch (nodeTag(command)) {
    case T_RenameStmt: {
      const auto *rename = reinterpret_cast<const RenameStmt *>(command);
      refuse_if_own(rename->renameType == OBJECT_COLUMN ? "rename a column of" : "rename",
                    rename->renameType == OBJECT_SCHEMA
                        ? schema_named(rename->subname)
                        : object_named(rename->renameType, rename->relation, rename->object));
      break;
    }
    case T_AlterObjectSchemaStmt: {
      const auto *move = reinterpret_cast<const AlterObjectSchemaStmt *>(command);
      refuse_if_own("move", object_named(move->objectType, move->relation, move->object));
      break;
    }
    case T_AlterTableStmt: {
      const auto *alter = reinterpret_cast<const AlterTableStmt *>(command);
      const char *what = what_is_taken(alter);
      if (what != nullptr) refuse_if_own(what, relation_at(alter->relation));
      break;
    }
    case T_AlterExtensionContentsStmt: {
      const auto *alter = reinterpret_cast<const AlterExtensionContentsStmt *>(command);
      if (alter->action < 0 && strcmp(alter->extname, "migfix") == 0)
        refuse("cannot take an object out of extension migfix");
      break;
    }
    default:
      break;
  }
}

// BEFORE INSERT OR UPDATE OR DELETE ... FOR EACH ROW, ENABLE REPLICA: what a publication sends of another
// database's log and revisions is passed over. Only for replication: a restore may run as replica, too.
MIGFIX_FUNCTION(migfix_keep_own) {
  if (!CALLED_AS_TRIGGER(fcinfo))
    throw core::Error("39P01", "migfix_keep_own can only be called as a trigger");
  const auto *trigger = reinterpret_cast<const TriggerData *>(fcinfo->context);
  if (!TRIGGER_FIRED_BEFORE(trigger->tg_event) || !TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
      call([] { return IsLogicalWorker(); }))
    return PointerGetDatum(nullptr);
  return PointerGetDatum(TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple
                                                                    : trigger->tg_trigtuple);
}

}  // namespace migfix::server
