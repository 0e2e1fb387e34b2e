#include "server/made_objects.hpp"

#include "server/like_catalog.hpp"
#include "server/new_relations.hpp"
#include "server/query.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_type_d.h"
#include "nodes/pg_list.h"
#include "nodes/value.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace migfix::server {

namespace {

using core::ObjectType;

// Runs inside call(). The schema that a command creates in: the one that it names, or the first of the
// search_path; none where that is a temporary one.
Oid schema_of(const char *name) {
  if (name != nullptr) return get_namespace_oid(name, true);
  List *path = fetch_search_path(false);
  return path != NIL ? linitial_oid(path) : InvalidOid;
}

void add(ObjectType type, Oid oid, std::vector<MadeObject> &made) {
  if (OidIsValid(oid)) made.push_back({type, oid, true, true});
}

Oid created_table(const RangeVar *name) {
  if (name->relpersistence == RELPERSISTENCE_TEMP) return InvalidOid;
  return call([&] {
    const Oid schema = schema_of(name->schemaname);
    return OidIsValid(schema) ? get_relname_relid(name->relname, schema) : InvalidOid;
  });
}

Oid created_enum(const List *name) {
  return call([&] {
    char *schema_name = nullptr;
    char *type_name = nullptr;
    DeconstructQualifiedName(const_cast<List *>(name), &schema_name, &type_name);
    const Oid schema = schema_of(schema_name);
    return OidIsValid(schema) ? GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(type_name),
                                                ObjectIdGetDatum(schema))
                              : InvalidOid;
  });
}

// What LIKE, a parent or a type brings is not in the command.
std::optional<std::string> columns_of(const CreateStmt *create) {
  if (create->inhRelations != NIL || create->ofTypename != nullptr) return std::nullopt;
  std::string columns;
  ListCell *cell;
  foreach (cell, create->tableElts) {
    const auto *element = static_cast<const Node *>(lfirst(cell));
    if (IsA(element, ColumnDef)) {
      ColumnReader::add_name(reinterpret_cast<const ColumnDef *>(element)->colname, columns);
    } else if (!IsA(element, Constraint)) {
      return std::nullopt;
    }
  }
  return columns;
}

// One command makes one table; whatever else it makes is for that.
void add_appendages(MadeObject &table) {
  table.appendages = take_new_relations();
  std::erase(table.appendages, table.oid);
}

// What the server itself has noted of the command. Names would not do: a CREATE SCHEMA makes several objects,
// IF NOT EXISTS may make none, and a renamed object may be hidden by another of its new name.
std::vector<MadeObject> noted_objects(bool is_new, bool created) {
  static constinit Statement statement{
      "SELECT DISTINCT c.classid = 'pg_class'::regclass, c.objid FROM pg_event_trigger_ddl_commands() AS c"
      " WHERE (c.classid = 'pg_class'::regclass AND c.object_type = 'table'"
      "  OR c.classid = 'pg_type'::regclass AND c.object_type = 'type') AND c.objsubid = 0 ORDER BY 2",
      0};
  std::vector<MadeObject> made;
  run(statement, {}, SnapshotKind::kNew, [&](const RowView &row) {
    made.push_back({row.flag(0) ? ObjectType::kTable : ObjectType::kEnum, static_cast<Oid>(row.integer(1)),
                    is_new, created});
  });
  return made;
}

bool holds_objects(::ObjectType kind) {
  return kind == OBJECT_TABLE || kind == OBJECT_TYPE;
}

}  // namespace

bool may_make_objects(const Node *command) {
  switch (nodeTag(command)) {
    case T_CreateStmt:
    case T_CreateEnumStmt:
      return true;
    case T_CreateTableAsStmt:
      return reinterpret_cast<const CreateTableAsStmt *>(command)->objtype == OBJECT_TABLE;
    case T_CreateSchemaStmt:
      return reinterpret_cast<const CreateSchemaStmt *>(command)->schemaElts != NIL;
    case T_RenameStmt:
      return holds_objects(reinterpret_cast<const RenameStmt *>(command)->renameType);
    case T_AlterObjectSchemaStmt:
      return holds_objects(reinterpret_cast<const AlterObjectSchemaStmt *>(command)->objectType);
    default:
      return false;
  }
}

std::vector<MadeObject> made_objects(const Node *command) {
  std::vector<MadeObject> made;
  switch (nodeTag(command)) {
    case T_CreateStmt: {
      const auto *create = reinterpret_cast<const CreateStmt *>(command);
      if (create->if_not_exists) return noted_objects(true, true);
      if (create->partbound != nullptr) return made;
      add(ObjectType::kTable, created_table(create->relation), made);
      for (MadeObject &table : made) {
        table.columns = columns_of(create);
        add_appendages(table);
      }
      return made;
    }
    case T_CreateTableAsStmt: {
      const auto *create = reinterpret_cast<const CreateTableAsStmt *>(command);
      if (create->if_not_exists) return noted_objects(true, true);
      add(ObjectType::kTable, created_table(create->into->rel), made);
      return made;
    }
    case T_CreateEnumStmt:
      add(ObjectType::kEnum, created_enum(reinterpret_cast<const CreateEnumStmt *>(command)->typeName), made);
      return made;
    case T_CreateSchemaStmt:
      return noted_objects(true, true);
    case T_RenameStmt:
      return noted_objects(false, false);
    case T_AlterObjectSchemaStmt:
      return noted_objects(true, false);
    default:
      return made;
  }
}

}  // namespace migfix::server
