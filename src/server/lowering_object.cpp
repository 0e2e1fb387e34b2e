#include "server/lowering_parts.hpp"

extern "C" {
#include "nodes/value.h"
}

namespace migfix::server {

namespace {

using core::ObjectId;
using core::ObjectKind;

// The kind of an object that is named by itself, or within its table; nothing where it is not modelled.
std::optional<ObjectKind> kind_of(ObjectType type) {
  switch (type) {
    case OBJECT_TABLE:
      return ObjectKind::kTable;
    case OBJECT_INDEX:
      return ObjectKind::kIndex;
    case OBJECT_SEQUENCE:
      return ObjectKind::kSequence;
    case OBJECT_VIEW:
    case OBJECT_MATVIEW:
      return ObjectKind::kView;
    case OBJECT_TYPE:
      return ObjectKind::kEnum;
    case OBJECT_DOMAIN:
      return ObjectKind::kDomain;
    case OBJECT_SCHEMA:
      return ObjectKind::kSchema;
    case OBJECT_EXTENSION:
      return ObjectKind::kExtension;
    case OBJECT_FUNCTION:
    case OBJECT_PROCEDURE:
    case OBJECT_ROUTINE:
      return ObjectKind::kFunction;
    case OBJECT_TRIGGER:
      return ObjectKind::kTrigger;
    case OBJECT_COLUMN:
      return ObjectKind::kColumn;
    case OBJECT_TABCONSTRAINT:
    case OBJECT_DOMCONSTRAINT:
      return ObjectKind::kConstraint;
    default:
      return std::nullopt;
  }
}

ObjectId within(ObjectKind kind, const core::QualifiedName &table, const char *name) {
  return {kind, table.schema, table.name, name};
}

ObjectId by_name(ObjectKind kind, const core::QualifiedName &name) {
  return {kind, name.schema, {}, name.name};
}

// The object that a node of the grammar names: a list of names, a type, a function with its arguments, or one
// name.
ObjectId object_of(const Lowering &lowering, ObjectKind kind, ObjectType type, const Node *object) {
  if (IsA(object, String)) return {kind, {}, {}, strVal(object)};
  if (IsA(object, TypeName))
    return by_name(kind, lowering.name(reinterpret_cast<const TypeName *>(object)->names));
  if (IsA(object, ObjectWithArgs))
    return by_name(kind, lowering.name(reinterpret_cast<const ObjectWithArgs *>(object)->objname));
  const auto *names = castNode(List, const_cast<Node *>(object));
  if (type == OBJECT_DOMCONSTRAINT && IsA(linitial(names), TypeName))
    return within(kind, lowering.name(linitial_node(TypeName, names)->names), strVal(llast(names)));
  if (type == OBJECT_TRIGGER || type == OBJECT_COLUMN || type == OBJECT_TABCONSTRAINT)
    return within(kind, lowering.name(names, 1), strVal(llast(names)));
  return by_name(kind, lowering.name(names));
}

// By the name of the command, which the server gives: "DROP POLICY is not modelled".
NotModelled not_modelled(const void *statement, const char *form) {
  auto *node = static_cast<Node *>(const_cast<void *>(statement));
  return {fmt::format("{}{} is not modelled", command_name(node), form)};
}

bool is_temporary_schema(const std::string &schema) {
  return schema == "pg_temp";
}

}  // namespace

void lower_drop(Lowering &lowering, const DropStmt *statement) {
  if (statement->concurrent) lowering.alone();
  const auto kind = kind_of(statement->removeType);
  if (!kind) throw not_modelled(statement, "");
  ListCell *cell;
  foreach (cell, statement->objects) {
    core::DropObject effect;
    effect.object =
        object_of(lowering, *kind, statement->removeType, static_cast<const Node *>(lfirst(cell)));
    effect.if_exists = statement->missing_ok;
    effect.cascade = statement->behavior == DROP_CASCADE;
    effect.any_type = statement->removeType == OBJECT_TYPE;
    if (is_temporary_schema(effect.object.schema))
      lowering.no_change();
    else
      lowering.add(std::move(effect));
  }
}

void lower_rename(Lowering &lowering, const RenameStmt *statement) {
  // Of a table, a view or, as an attribute, a composite type.
  const bool is_column = statement->renameType == OBJECT_COLUMN || statement->renameType == OBJECT_ATTRIBUTE;
  const auto kind = is_column ? ObjectKind::kColumn : kind_of(statement->renameType);
  if (!kind || (is_column && statement->relationType == OBJECT_FOREIGN_TABLE))
    throw not_modelled(statement, " ... RENAME");
  core::RenameObject effect;
  switch (statement->renameType) {
    case OBJECT_COLUMN:
    case OBJECT_ATTRIBUTE:
    case OBJECT_TABCONSTRAINT:
    case OBJECT_TRIGGER:
      effect.object = within(*kind, lowering.name(statement->relation), statement->subname);
      break;
    case OBJECT_DOMCONSTRAINT:
      effect.object = within(*kind, lowering.name(castNode(List, statement->object)), statement->subname);
      break;
    case OBJECT_SCHEMA:
      effect.object = {*kind, {}, {}, statement->subname};
      break;
    default:
      effect.object = statement->relation != nullptr
                          ? by_name(*kind, lowering.name(statement->relation))
                          : object_of(lowering, *kind, statement->renameType, statement->object);
  }
  effect.to = statement->newname;
  effect.if_exists = statement->missing_ok;
  effect.any_relation = statement->renameType == OBJECT_TABLE;
  effect.any_type = statement->renameType == OBJECT_TYPE;
  lowering.add(std::move(effect));
}

void lower_set_schema(Lowering &lowering, const AlterObjectSchemaStmt *statement) {
  const auto kind = kind_of(statement->objectType);
  if (!kind || *kind == ObjectKind::kExtension) throw not_modelled(statement, " ... SET SCHEMA");
  core::SetSchema effect;
  effect.object = statement->relation != nullptr
                      ? by_name(*kind, lowering.name(statement->relation))
                      : object_of(lowering, *kind, statement->objectType, statement->object);
  effect.to = lowering.schema(statement->newschema);
  effect.if_exists = statement->missing_ok;
  effect.any_type = statement->objectType == OBJECT_TYPE;
  lowering.add(std::move(effect));
}

void lower_comment(Lowering &lowering, const CommentStmt *statement) {
  switch (statement->objtype) {
    case OBJECT_DATABASE:
    case OBJECT_ROLE:
    case OBJECT_TABLESPACE:
    case OBJECT_LARGEOBJECT:
      return lowering.no_change(core::NoChange::What::kProperty);
    default:
      break;
  }
  const auto kind = kind_of(statement->objtype);
  if (!kind) throw NotModelled{"COMMENT on this kind of object is not modelled"};
  core::SetComment effect;
  effect.object = object_of(lowering, *kind, statement->objtype, statement->object);
  effect.comment = text_of(statement->comment);
  lowering.add(std::move(effect));
}

}  // namespace migfix::server
