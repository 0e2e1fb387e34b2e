#include "server/observation_names.hpp"

#include "server/observation_memory.hpp"
#include "server/observation_objects.hpp"
#include "server/observation_reader.hpp"
#include "server/observed_identity.hpp"
#include "server/subtransaction.hpp"

extern "C" {
#include "access/relation.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "nodes/parsenodes.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace migfix::server {

namespace {

using core::ObjectKind;

// As the command will find them; but where it will raise, these find nothing. Temporary objects are of no
// interest.
Oid relation_of(const RangeVar *name) {
  if (name == nullptr) return InvalidOid;
  return call([&] {
    if (name->schemaname == nullptr) return RelnameGetRelid(name->relname);
    const Oid schema = get_namespace_oid(name->schemaname, true);
    return OidIsValid(schema) ? get_relname_relid(name->relname, schema) : InvalidOid;
  });
}

Oid type_of(const List *names) {
  return call([&]() -> Oid {
    const char *name = strVal(llast(names));
    if (list_length(names) == 1) return TypenameGetTypid(name);
    const Oid schema =
        list_length(names) == 2 ? get_namespace_oid(strVal(linitial(names)), true) : InvalidOid;
    return OidIsValid(schema) ? GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(name),
                                                ObjectIdGetDatum(schema))
                              : InvalidOid;
  });
}

// What the first `count` statements left, while it can still be seen.
void settle(std::size_t count) {
  SessionMemory &memory = session_memory();
  const bool read = attempt("migfix could not see what a statement did",
                            [&] { read_objects(session_memory().statements, count); });
  if (read) return;
  memory.is_whole = false;
  for (std::size_t i = 0; i < count; ++i) memory.statements[i].is_read = true;
}

// Names are about to change: what was done before is read under those that it was done to.
void settle_earlier() {
  const std::size_t count = session_memory().statements.size();
  const RunningStatement *running = running_statement();
  settle(running != nullptr && running->kept > 0 ? static_cast<std::size_t>(running->kept) - 1 : count);
}

std::optional<core::ObjectId> renamed_object(const RenameStmt &rename) {
  switch (rename.renameType) {
    case OBJECT_TABLE:
    case OBJECT_VIEW:
    case OBJECT_MATVIEW:
    case OBJECT_SEQUENCE:
    case OBJECT_INDEX:
    case OBJECT_COLUMN:
    case OBJECT_TABCONSTRAINT:
    case OBJECT_TRIGGER: {
      const Oid relation = relation_of(rename.relation);
      auto id = OidIsValid(relation) ? object_id_of(RelationRelationId, relation, 0) : std::nullopt;
      if (!id || rename.renameType == OBJECT_TABLE || rename.subname == nullptr) return id;
      const bool is_part = rename.renameType == OBJECT_COLUMN || rename.renameType == OBJECT_TABCONSTRAINT ||
                           rename.renameType == OBJECT_TRIGGER;
      if (!is_part) return id;
      const ObjectKind kind = rename.renameType == OBJECT_COLUMN          ? ObjectKind::kColumn
                              : rename.renameType == OBJECT_TABCONSTRAINT ? ObjectKind::kConstraint
                                                                          : ObjectKind::kTrigger;
      return core::ObjectId{kind, id->schema, id->name, rename.subname};
    }
    case OBJECT_TYPE:
    case OBJECT_DOMAIN: {
      const Oid type = type_of(reinterpret_cast<const List *>(rename.object));
      return OidIsValid(type) ? object_id_of(TypeRelationId, type, 0) : std::nullopt;
    }
    case OBJECT_SCHEMA:
      return core::ObjectId{ObjectKind::kSchema, {}, {}, rename.subname};
    default:
      return std::nullopt;
  }
}

bool is_new_in(const SeenStatement &statement, const core::ObjectId &id) {
  return std::any_of(statement.touched.begin(), statement.touched.end(), [&](const auto &touched) {
    return touched.what.is_new &&
           object_id_of(touched.what.catalog, touched.what.oid, touched.what.part) == id;
  });
}

// A statement that makes an object, or the table that it is a part of, and renames it has made it under the
// new name.
bool has_made(const SeenStatement &statement, const core::ObjectId &id) {
  return is_new_in(statement, id) ||
         (!id.table.empty() && is_new_in(statement, {ObjectKind::kTable, id.schema, {}, id.table}));
}

}  // namespace

void see_names_before(Node *command) {
  if (IsA(command, RenameStmt)) {
    const auto &rename = *reinterpret_cast<RenameStmt *>(command);
    const auto id = renamed_object(rename);
    if (!id) return;
    settle_earlier();
    SeenStatement *statement = keep_running();
    if (statement != nullptr && !has_made(*statement, *id))
      statement->renamed.push_back(
          {GetCurrentTransactionNestLevel(), {*id, rename.newname, false, false, false}});
  } else if (IsA(command, AlterObjectSchemaStmt)) {
    const Oid relation = relation_of(reinterpret_cast<AlterObjectSchemaStmt *>(command)->relation);
    const auto id = OidIsValid(relation) ? object_id_of(RelationRelationId, relation, 0) : std::nullopt;
    if (!id) return;
    settle_earlier();
    SeenStatement *statement = keep_running();
    if (statement == nullptr) return;
    // It leaves with all its parts, and they arrive with it.
    statement->gone.push_back({GetCurrentTransactionNestLevel(), *id});
    note_touch(RelationRelationId, relation, 0, true);
  }
}

// The command has found the object a moment ago, in the same way.
void see_comments_after(Node *command) {
  if (!IsA(command, CommentStmt)) return;
  auto *comment = reinterpret_cast<CommentStmt *>(command);
  ObjectAddress address{};
  const bool found = call([&] {
    Relation relation = nullptr;
    address = get_object_address(comment->objtype, comment->object, &relation, AccessShareLock, true);
    if (relation != nullptr) relation_close(relation, NoLock);
    return OidIsValid(address.objectId);
  });
  if (found) note_touch(address.classId, address.objectId, address.objectSubId, false);
}

void settle_open_statement() {
  const std::vector<SeenStatement> &statements = session_memory().statements;
  if (!statements.empty() && !statements.back().is_plain && !statements.back().is_read)
    settle(statements.size());
}

}  // namespace migfix::server
