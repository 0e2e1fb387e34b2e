#include "server/ddl_command.hpp"

#include "core/sql_text.hpp"
#include "server/guard_install.hpp"
#include "server/query.hpp"
#include "server/settings.hpp"
#include "server/version_relation.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace_d.h"
#include "nodes/makefuncs.h"
#include "nodes/pg_list.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
}

namespace migfix::server {

namespace {

bool permanent_table(Oid relation) {
  return call([&] {
    return get_rel_relkind(relation) == RELKIND_RELATION && get_rel_persistence(relation) != RELPERSISTENCE_TEMP;
  });
}

void add_if_table(Oid relation, std::vector<Oid> &tables) {
  if (OidIsValid(relation) && permanent_table(relation)) tables.push_back(relation);
}

// The schema that an unqualified CREATE uses: the first of the search_path, past pg_temp.
Oid creation_schema() {
  List *path = fetch_search_path(false);
  return path != NIL ? linitial_oid(path) : InvalidOid;
}

// The relation that CREATE made under that name: in the schema where it creates, not where it would look.
Oid created(const RangeVar *name) {
  if (!is_version_table_name(name->relname) || name->relpersistence == RELPERSISTENCE_TEMP) return InvalidOid;
  return call([&] {
    const Oid schema = name->schemaname != nullptr ? get_namespace_oid(name->schemaname, true)
                                                   : creation_schema();
    return OidIsValid(schema) ? get_relname_relid(name->relname, schema) : InvalidOid;
  });
}

Oid found_in(const char *schema, const char *table) {
  return call([&] {
    const Oid oid = get_namespace_oid(schema, true);
    return OidIsValid(oid) ? get_relname_relid(table, oid) : InvalidOid;
  });
}

// CREATE SCHEMA … CREATE TABLE …: its parts fire no event of their own.
void add_schema_elements(const CreateSchemaStmt *command, std::vector<Oid> &tables) {
  const char *schema = command->schemaname;
  if (schema == nullptr && command->authrole != nullptr)
    schema = call([&] { return get_rolespec_name(command->authrole); });
  if (schema == nullptr) return;
  ListCell *cell;
  foreach (cell, command->schemaElts) {
    const auto *element = static_cast<const Node *>(lfirst(cell));
    if (!IsA(element, CreateStmt)) continue;
    const char *name = reinterpret_cast<const CreateStmt *>(element)->relation->relname;
    if (is_version_table_name(name)) add_if_table(found_in(schema, name), tables);
  }
}

std::vector<Oid> guarded_in_schema(const char *schema) {
  static constinit Statement statement{
      "SELECT DISTINCT t.tgrelid FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
      " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE t.tgname = 'migfix_log_row' AND n.nspname = $1",
      1};
  std::vector<Oid> tables;
  run(statement, {std::string(schema)}, SnapshotKind::kActive,
      [&](const RowView &row) { tables.push_back(static_cast<Oid>(row.integer(0))); });
  return tables;
}

[[noreturn]] void refuse(Oid relation, const char *what) {
  throw core::Error(core::kInsufficientPrivilege,
                    fmt::format("must be allowed to set migfix.guard to {} the guard on {}", what, relation_name(relation)),
                    "The guard of migfix keeps the version rows of this table from being broken.",
                    "A superuser may, and a role that was granted SET ON PARAMETER \"migfix.guard\".");
}

bool disables(AlterTableType action) {
  return action == AT_DisableTrig || action == AT_DisableTrigAll || action == AT_DisableTrigUser ||
         action == AT_EnableReplicaTrig;
}

void refuse_disabling(const AlterTableStmt *command) {
  ListCell *cell;
  foreach (cell, command->cmds) {
    const auto *part = static_cast<const AlterTableCmd *>(lfirst(cell));
    if (!disables(part->subtype) || (part->name != nullptr && !is_guard_trigger_name(part->name))) continue;
    const Oid relation = relation_named(command->relation);
    if (OidIsValid(relation) && has_guard(relation) && !may_switch_guard(GetUserId())) refuse(relation, "disable");
  }
}

void refuse_replacing(const CreateTrigStmt *command) {
  if (!is_guard_trigger_name(command->trigname)) return;
  const Oid relation = relation_named(command->relation);
  if (!OidIsValid(relation) || !has_guard(relation)) return;
  if (creates_guard_trigger(command)) {
    make_room_for(relation, command->trigname);  // a dump puts back what an event trigger put on before it
  } else if (!may_switch_guard(GetUserId())) {
    refuse(relation, "replace");
  }
}

void refuse_renaming(const RenameStmt *command) {
  if (command->renameType != OBJECT_TRIGGER || !is_guard_trigger_name(command->subname)) return;
  const Oid relation = relation_named(command->relation);
  if (!OidIsValid(relation) || !has_guard(relation)) return;
  throw core::Error(core::kWrongObjectType,
                    fmt::format("cannot rename trigger {} on {}", core::in_quotes(command->subname), relation_name(relation)),
                    "It belongs to the guard of migfix, which is known by its name.");
}

}  // namespace

Oid relation_named(const RangeVar *name) {
  return call([&] {
    if (name->schemaname == nullptr) return RelnameGetRelid(name->relname);
    const Oid schema = get_namespace_oid(name->schemaname, true);
    return OidIsValid(schema) ? get_relname_relid(name->relname, schema) : InvalidOid;
  });
}

bool may_touch_version_tables(const Node *command) {
  switch (nodeTag(command)) {
    case T_CreateStmt:
      return is_version_table_name(reinterpret_cast<const CreateStmt *>(command)->relation->relname);
    case T_CreateTableAsStmt:
      return is_version_table_name(reinterpret_cast<const CreateTableAsStmt *>(command)->into->rel->relname);
    case T_AlterTableStmt:
      return is_version_table_name(reinterpret_cast<const AlterTableStmt *>(command)->relation->relname);
    case T_CreateSchemaStmt:
    case T_RenameStmt:
    case T_AlterObjectSchemaStmt:
      return true;
    default:
      return false;
  }
}

std::vector<Oid> version_tables_touched(const Node *command) {
  std::vector<Oid> tables;
  switch (nodeTag(command)) {
    case T_CreateStmt:
      add_if_table(created(reinterpret_cast<const CreateStmt *>(command)->relation), tables);
      break;
    case T_CreateTableAsStmt:
      add_if_table(created(reinterpret_cast<const CreateTableAsStmt *>(command)->into->rel), tables);
      break;
    case T_CreateSchemaStmt:
      add_schema_elements(reinterpret_cast<const CreateSchemaStmt *>(command), tables);
      break;
    case T_AlterTableStmt: {
      const RangeVar *name = reinterpret_cast<const AlterTableStmt *>(command)->relation;
      if (is_version_table_name(name->relname)) add_if_table(relation_named(name), tables);
      break;
    }
    case T_RenameStmt: {
      const auto *rename = reinterpret_cast<const RenameStmt *>(command);
      if (rename->renameType != OBJECT_TABLE || !is_version_table_name(rename->newname)) break;
      if (rename->relation->schemaname != nullptr) {
        add_if_table(found_in(rename->relation->schemaname, rename->newname), tables);
      } else {
        RangeVar *name = call([&] { return makeRangeVar(nullptr, pstrdup(rename->newname), -1); });
        add_if_table(relation_named(name), tables);
      }
      break;
    }
    case T_AlterObjectSchemaStmt: {
      const auto *move = reinterpret_cast<const AlterObjectSchemaStmt *>(command);
      if (move->objectType == OBJECT_TABLE && is_version_table_name(move->relation->relname))
        add_if_table(found_in(move->newschema, move->relation->relname), tables);
      break;
    }
    default:
      break;
  }
  return tables;
}

std::vector<Oid> guarded_tables_renamed(const Node *command) {
  const RangeVar *name = nullptr;
  if (IsA(command, RenameStmt)) {
    const auto *rename = reinterpret_cast<const RenameStmt *>(command);
    if (rename->renameType == OBJECT_SCHEMA) return guarded_in_schema(rename->subname);
    if (rename->renameType == OBJECT_TABLE) name = rename->relation;
  } else if (IsA(command, AlterObjectSchemaStmt)) {
    const auto *move = reinterpret_cast<const AlterObjectSchemaStmt *>(command);
    if (move->objectType == OBJECT_TABLE) name = move->relation;
  }
  if (name == nullptr) return {};
  const Oid relation = relation_named(name);
  if (!OidIsValid(relation) || !has_guard(relation)) return {};
  return {relation};
}

void refuse_switching_off(const Node *command) {
  switch (nodeTag(command)) {
    case T_AlterTableStmt:
      refuse_disabling(reinterpret_cast<const AlterTableStmt *>(command));
      break;
    case T_CreateTrigStmt:
      refuse_replacing(reinterpret_cast<const CreateTrigStmt *>(command));
      break;
    case T_RenameStmt:
      refuse_renaming(reinterpret_cast<const RenameStmt *>(command));
      break;
    default:
      break;
  }
}

bool adds_constraint(const Node *command) {
  if (!IsA(command, AlterTableStmt)) return false;
  ListCell *cell;
  foreach (cell, reinterpret_cast<const AlterTableStmt *>(command)->cmds) {
    const auto *part = static_cast<const AlterTableCmd *>(lfirst(cell));
    if (part->subtype == AT_AddConstraint || part->subtype == AT_AddIndexConstraint) return true;
  }
  return false;
}

}  // namespace migfix::server
