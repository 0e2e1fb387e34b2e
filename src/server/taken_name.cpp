#include "server/taken_name.hpp"

#include "server/rights.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/catalog.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "commands/dbcommands.h"
#include "nodes/value.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace migfix::server {

namespace {

// All in this namespace runs inside call().

// Where a CREATE puts what it makes; InvalidOid for temporary objects, and where the server would say more of
// it.
Oid creation_schema(const char *schema) {
  Oid oid = InvalidOid;
  if (schema != nullptr) {
    oid = get_namespace_oid(schema, true);
  } else {
    List *path = fetch_search_path(false);
    if (path != NIL) oid = linitial_oid(path);
  }
  return OidIsValid(oid) && !isAnyTempNamespace(oid) ? oid : InvalidOid;
}

Oid creation_schema(const RangeVar *name) {
  if (name->catalogname != nullptr || name->relpersistence == RELPERSISTENCE_TEMP) return InvalidOid;
  return creation_schema(name->schemaname);
}

// One or two Strings: [schema,] name.
const char *last_name(const List *names) {
  return list_length(names) <= 2 ? strVal(llast(names)) : nullptr;
}

Oid creation_schema(const List *names) {
  return creation_schema(list_length(names) == 2 ? strVal(linitial(names)) : nullptr);
}

bool relation_taken(Oid schema, const char *name, TakenName &taken) {
  taken.there = get_relname_relid(name, schema);
  taken.clash = core::Clash::kRelation;
  taken.schema = schema;
  taken.name = name;
  return OidIsValid(taken.there);
}

// Not by a type that the server moves out of the way, or fills in (moveArrayTypeName, pg_type.c).
bool type_taken(Oid schema, const char *name, TakenName &taken) {
  const Oid type =
      GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(name), ObjectIdGetDatum(schema));
  taken.there = type;
  taken.clash = core::Clash::kType;
  taken.schema = schema;
  taken.name = name;
  if (!OidIsValid(type) || !get_typisdefined(type)) return false;
  const Oid element = get_element_type(type);
  return !OidIsValid(element) || get_array_type(element) != type;
}

bool relation_or_type_taken(Oid schema, const char *name, TakenName &taken) {
  return OidIsValid(schema) && (relation_taken(schema, name, taken) || type_taken(schema, name, taken));
}

bool needs_index(const Constraint *constraint) {
  return constraint->contype == CONSTR_PRIMARY || constraint->contype == CONSTR_UNIQUE ||
         constraint->contype == CONSTR_EXCLUSION;
}

// The index of a constraint takes its name once the table is there.
bool index_of_constraint_taken(Oid schema, const List *constraints, const char *table, TakenName &taken) {
  ListCell *cell;
  foreach (cell, constraints) {
    const auto *item = static_cast<const Node *>(lfirst(cell));
    if (IsA(item, ColumnDef) &&
        index_of_constraint_taken(schema, reinterpret_cast<const ColumnDef *>(item)->constraints, table,
                                  taken))
      return true;
    if (!IsA(item, Constraint)) continue;
    const auto *constraint = reinterpret_cast<const Constraint *>(item);
    if (constraint->conname == nullptr || !needs_index(constraint) || strcmp(constraint->conname, table) == 0)
      continue;
    if (relation_taken(schema, constraint->conname, taken)) {
      taken.of_statement = false;
      return true;
    }
  }
  return false;
}

bool in_create_table(const CreateStmt *command, TakenName &taken) {
  if (command->if_not_exists) return false;
  const Oid schema = creation_schema(command->relation);
  if (!OidIsValid(schema)) return false;
  const char *name = command->relation->relname;
  return relation_or_type_taken(schema, name, taken) ||
         index_of_constraint_taken(schema, command->tableElts, name, taken);
}

bool in_create_index(const IndexStmt *command, TakenName &taken) {
  if (command->idxname == nullptr || command->if_not_exists) return false;
  taken.table = relation_meant(command->relation);
  if (!OidIsValid(taken.table) || get_rel_persistence(taken.table) == RELPERSISTENCE_TEMP) return false;
  const char kind = get_rel_relkind(taken.table);
  if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE && kind != RELKIND_MATVIEW) return false;
  return relation_taken(get_rel_namespace(taken.table), command->idxname, taken);
}

bool in_create_schema(const CreateSchemaStmt *command, TakenName &taken) {
  if (command->if_not_exists) return false;
  const char *name = command->schemaname;
  if (name == nullptr && command->authrole != nullptr) {
    const Oid role = get_rolespec_oid(command->authrole, true);
    if (OidIsValid(role)) name = GetUserNameFromId(role, true);
  }
  if (name == nullptr || IsReservedName(name)) return false;
  taken.clash = core::Clash::kSchema;
  taken.name = name;
  taken.there = taken.schema = get_namespace_oid(name, true);
  return OidIsValid(taken.there);
}

// What ALTER TABLE does no earlier than it adds columns and constraints.
bool comes_later(const AlterTableCmd *part) {
  switch (part->subtype) {
    case AT_AddColumn:
    case AT_AddConstraint:
    case AT_SetNotNull:
      return true;
    case AT_ColumnDefault:
      return part->def != nullptr;
    default:
      return false;
  }
}

// Partitions and typed tables get no column of their own, and the server says that first.
bool may_have_own_columns(Oid table) {
  HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
  if (!HeapTupleIsValid(tuple)) return false;
  const auto *form = reinterpret_cast<const FormData_pg_class *>(GETSTRUCT(tuple));
  const bool may = !form->relispartition && !OidIsValid(form->reloftype);
  ReleaseSysCache(tuple);
  return may;
}

// A check that the table has from a parent alone: one that is the same is merged with it
// (MergeWithExistingConstraint, heap.c), and of another, and on a partition, the server says all there is to
// say.
bool is_inherited_check(const Constraint *constraint, Oid table) {
  if (constraint->contype != CONSTR_CHECK) return false;
  const Oid there = get_relation_constraint_oid(table, constraint->conname, true);
  HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(there));
  if (!HeapTupleIsValid(tuple)) return false;
  const auto *form = reinterpret_cast<const FormData_pg_constraint *>(GETSTRUCT(tuple));
  const bool inherited = form->contype == CONSTRAINT_CHECK && !form->conislocal;
  ReleaseSysCache(tuple);
  return inherited;
}

bool constraint_taken(const Constraint *constraint, TakenName &taken) {
  if (constraint->conname == nullptr || constraint->indexname != nullptr) return false;
  // From 18 on it may have a name, and to add it again changes nothing.
  if (constraint->contype == CONSTR_NOTNULL || is_inherited_check(constraint, taken.table)) return false;
  if (needs_index(constraint) && relation_taken(get_rel_namespace(taken.table), constraint->conname, taken))
    return true;
  taken.clash = core::Clash::kConstraint;
  taken.there = taken.table;
  taken.schema = get_rel_namespace(taken.table);
  taken.name = constraint->conname;
  return ConstraintNameIsUsed(CONSTRAINT_RELATION, taken.table, constraint->conname);
}

// Columns come first, then what needs an index, then other constraints (AlterTablePass, tablecmds.c).
bool in_alter_table(const AlterTableStmt *command, TakenName &taken) {
  if (command->objtype != OBJECT_TABLE) return false;
  enum Turn { kColumns, kIndexes, kOthers, kTurns };
  bool adds = false;
  ListCell *cell;
  foreach (cell, command->cmds) {
    const auto *part = lfirst_node(AlterTableCmd, cell);
    if (!comes_later(part)) return false;
    adds = adds || part->subtype == AT_AddColumn || part->subtype == AT_AddConstraint;
  }
  if (!adds) return false;
  taken.table = relation_meant(command->relation);
  if (!OidIsValid(taken.table) || get_rel_persistence(taken.table) == RELPERSISTENCE_TEMP) return false;
  const char kind = get_rel_relkind(taken.table);
  if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE) return false;
  const bool takes_columns = may_have_own_columns(taken.table);
  for (int turn = kColumns; turn < kTurns; ++turn) {
    foreach (cell, command->cmds) {
      const auto *part = lfirst_node(AlterTableCmd, cell);
      taken.part = foreach_current_index(cell);
      if (part->subtype == AT_AddColumn && turn == kColumns) {
        const char *name = castNode(ColumnDef, part->def)->colname;
        if (!takes_columns) return false;
        if (part->missing_ok || get_attnum(taken.table, name) <= 0) continue;
        taken.clash = core::Clash::kColumn;
        taken.there = taken.table;
        taken.schema = get_rel_namespace(taken.table);
        taken.name = name;
        return true;
      }
      if (part->subtype != AT_AddConstraint || turn == kColumns) continue;
      const auto *constraint = castNode(Constraint, part->def);
      if (needs_index(constraint) == (turn == kIndexes) && constraint_taken(constraint, taken)) return true;
    }
  }
  return false;
}

bool find(const Node *command, TakenName &taken) {
  switch (nodeTag(command)) {
    case T_CreateStmt:
      return in_create_table(reinterpret_cast<const CreateStmt *>(command), taken);
    case T_CreateTableAsStmt: {
      const auto *create = reinterpret_cast<const CreateTableAsStmt *>(command);
      if (create->if_not_exists) return false;
      return relation_or_type_taken(creation_schema(create->into->rel), create->into->rel->relname, taken);
    }
    case T_ViewStmt: {
      const auto *create = reinterpret_cast<const ViewStmt *>(command);
      if (create->replace) return false;
      return relation_or_type_taken(creation_schema(create->view), create->view->relname, taken);
    }
    case T_CreateSeqStmt: {
      const auto *create = reinterpret_cast<const CreateSeqStmt *>(command);
      if (create->if_not_exists) return false;
      return relation_or_type_taken(creation_schema(create->sequence), create->sequence->relname, taken);
    }
    case T_CompositeTypeStmt: {
      const RangeVar *name = reinterpret_cast<const CompositeTypeStmt *>(command)->typevar;
      const Oid schema = creation_schema(name);
      return OidIsValid(schema) &&
             (type_taken(schema, name->relname, taken) || relation_taken(schema, name->relname, taken));
    }
    case T_CreateEnumStmt:
    case T_CreateDomainStmt: {
      const List *names = IsA(command, CreateEnumStmt)
                              ? reinterpret_cast<const CreateEnumStmt *>(command)->typeName
                              : reinterpret_cast<const CreateDomainStmt *>(command)->domainname;
      const char *name = last_name(names);
      if (name == nullptr) return false;
      const Oid schema = creation_schema(names);
      return OidIsValid(schema) && type_taken(schema, name, taken);
    }
    case T_CreateSchemaStmt:
      return in_create_schema(reinterpret_cast<const CreateSchemaStmt *>(command), taken);
    case T_IndexStmt:
      return in_create_index(reinterpret_cast<const IndexStmt *>(command), taken);
    case T_AlterTableStmt:
      return in_alter_table(reinterpret_cast<const AlterTableStmt *>(command), taken);
    default:
      return false;
  }
}

bool owner_may_be(const CreateSchemaStmt *command) {
  if (command->authrole == nullptr) return true;
  const Oid role = get_rolespec_oid(command->authrole, true);
  return OidIsValid(role) && (superuser() || role == GetUserId());
}

Oid owner_of(const TakenName &taken) {
  const bool is_relation = taken.clash != core::Clash::kType && taken.clash != core::Clash::kSchema;
  const int cache = is_relation ? RELOID : taken.clash == core::Clash::kType ? TYPEOID : NAMESPACEOID;
  HeapTuple tuple = SearchSysCache1(cache, ObjectIdGetDatum(taken.there));
  if (!HeapTupleIsValid(tuple)) return InvalidOid;
  const void *form = GETSTRUCT(tuple);
  const Oid owner = is_relation ? static_cast<const FormData_pg_class *>(form)->relowner
                    : taken.clash == core::Clash::kType
                        ? static_cast<const FormData_pg_type *>(form)->typowner
                        : static_cast<const FormData_pg_namespace *>(form)->nspowner;
  ReleaseSysCache(tuple);
  return owner;
}

// pg_class.relkind of a relation that is no such thing; else 0.
char other_relation(const Node *command, const TakenName &taken) {
  const char kind = get_rel_relkind(taken.there);
  const auto is = [&](const char *kinds) { return strchr(kinds, kind) != nullptr; };
  switch (nodeTag(command)) {
    case T_CreateStmt:
      return taken.of_statement && is("rp") ? '\0' : kind;
    case T_CreateTableAsStmt:
      return is(reinterpret_cast<const CreateTableAsStmt *>(command)->objtype == OBJECT_MATVIEW ? "m" : "r")
                 ? '\0'
                 : kind;
    case T_ViewStmt:
      return is("v") ? '\0' : kind;
    case T_CreateSeqStmt:
      return is("S") ? '\0' : kind;
    case T_CompositeTypeStmt:
      return is("c") ? '\0' : kind;
    case T_IndexStmt:
      return is("iI") && !OidIsValid(get_index_constraint(taken.there)) ? '\0' : kind;
    case T_AlterTableStmt: {
      if (!is("iI")) return kind;
      const Oid constraint = get_index_constraint(taken.there);
      return OidIsValid(constraint) &&
                     get_relation_constraint_oid(taken.table, taken.name, true) == constraint
                 ? '\0'
                 : kind;
    }
    default:
      return kind;
  }
}

struct OtherThing {
  char kind;  // 0: none
  bool is_type;
  bool is_row_type;
  bool of_constraint;
};

OtherThing other(const Node *command, const TakenName &taken) {
  OtherThing thing = {};
  if (taken.clash == core::Clash::kRelation) {
    thing.kind = other_relation(command, taken);
    thing.of_constraint =
        (thing.kind == 'i' || thing.kind == 'I') && OidIsValid(get_index_constraint(taken.there));
  }
  if (taken.clash != core::Clash::kType) return thing;
  const char kind = get_typtype(taken.there);
  const Oid row = get_typ_typrelid(taken.there);
  const char wanted = IsA(command, CreateEnumStmt) ? 'e' : IsA(command, CreateDomainStmt) ? 'd' : 'c';
  const bool is_composite = kind == 'c' && get_rel_relkind(row) == 'c';
  if (kind == wanted && (kind != 'c' || (is_composite && IsA(command, CompositeTypeStmt)))) return thing;
  thing.is_row_type = kind == 'c' && !is_composite;
  thing.is_type = !thing.is_row_type;
  thing.kind = thing.is_row_type ? get_rel_relkind(row) : kind;
  return thing;
}

}  // namespace

Oid relation_meant(const RangeVar *name) {
  if (name->catalogname != nullptr) return InvalidOid;
  if (name->schemaname == nullptr) return RelnameGetRelid(name->relname);
  const Oid schema = get_namespace_oid(name->schemaname, true);
  return OidIsValid(schema) ? get_relname_relid(name->relname, schema) : InvalidOid;
}

bool find_taken_name(const Node *command, TakenName &taken) {
  return call([&] {
    taken = {};
    taken.of_statement = true;
    return find(command, taken);
  });
}

bool may_create(const Node *command, const TakenName &taken) {
  return call([&] {
    if (taken.clash == core::Clash::kSchema)
      return may_create_schemas() && owner_may_be(reinterpret_cast<const CreateSchemaStmt *>(command));
    if (OidIsValid(taken.table) && !owns_relation(taken.table)) return false;
    const bool in_schema = taken.clash == core::Clash::kRelation || taken.clash == core::Clash::kType;
    return !in_schema || may_create_in(taken.schema);
  });
}

bool has_owners_rights(const TakenName &taken, std::string &owner) {
  const Oid role = call([&] { return owner_of(taken); });
  if (!OidIsValid(role) || role == GetUserId()) return OidIsValid(role);
  const char *name = call([&] { return GetUserNameFromId(role, true); });
  if (name != nullptr) owner = name;
  return call([&] { return has_privs_of_role(GetUserId(), role); });
}

std::string other_thing(const Node *command, const TakenName &taken) {
  const OtherThing thing = call([&] { return other(command, taken); });
  if (thing.kind == '\0') return {};
  const std::string words = core::thing_in_words(thing.kind, thing.is_type);
  if (thing.is_row_type) return "the row type of " + words;
  return thing.of_constraint ? "the index of a constraint" : words;
}

}  // namespace migfix::server
