#include "server/statement_names.hpp"

#include "server/query.hpp"
#include "server/rights.hpp"
#include "server/server_forms_query.hpp"
#include "server/taken_name.hpp"
#include "server/tree_walk.hpp"

extern "C" {
#include "access/amapi.h"
#include "access/htup_details.h"
#include "access/reloptions.h"
#include "catalog/namespace.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_namespace_d.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "commands/tablespace.h"
#include "nodes/makefuncs.h"
#include "miscadmin.h"
#include "nodes/value.h"
#include "parser/parse_coerce.h"
#include "parser/parse_type.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/syscache.h"
#include "utils/varlena.h"
}

namespace migfix::server {

namespace {

// What qualifying needs to know and finds on the way. A name that leads nowhere makes `good` false.
struct Names {
  char *schema;
  List *read = NIL;
  bool good = true;
};

List *qualified(Oid schema, const char *name) {
  return list_make2(makeString(get_namespace_name(schema)), makeString(pstrdup(name)));
}

bool is_serial(const TypeName *type) {
  if (list_length(type->names) != 1 || type->pct_type) return false;
  const char *name = strVal(linitial(type->names));
  for (const char *serial : {"smallserial", "serial2", "serial", "serial4", "bigserial", "serial8"}) {
    if (strcmp(name, serial) == 0) return true;
  }
  return false;
}

// Answers the type that is meant.
Oid qualify(TypeName *type, Names &names) {
  if (type == nullptr || type->names == NIL || type->pct_type || type->setof) {
    names.good = false;
    return InvalidOid;
  }
  Oid oid = InvalidOid;
  int32 modifiers = -1;
  typenameTypeIdAndMod(nullptr, type, &oid, &modifiers);
  const Oid whole = oid;
  HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(oid));
  if (!HeapTupleIsValid(tuple)) {
    names.good = false;
    return InvalidOid;
  }
  const auto *form = reinterpret_cast<const FormData_pg_type *>(GETSTRUCT(tuple));
  names.good = names.good && form->typtype != TYPTYPE_PSEUDO && may_use_type(oid);
  const Oid element = IsTrueArrayType(form) ? form->typelem : InvalidOid;
  ReleaseSysCache(tuple);
  if (OidIsValid(element)) {
    oid = element;
    if (type->arrayBounds == NIL) type->arrayBounds = list_make1(makeInteger(-1));
  }
  HeapTuple found = SearchSysCache1(TYPEOID, ObjectIdGetDatum(oid));
  if (!HeapTupleIsValid(found)) {
    names.good = false;
    return InvalidOid;
  }
  form = reinterpret_cast<const FormData_pg_type *>(GETSTRUCT(found));
  type->names = qualified(form->typnamespace, NameStr(form->typname));
  ReleaseSysCache(found);
  return whole;
}

void qualify_collation(List **collation, Names &names) {
  if (*collation == NIL) return;
  const Oid oid = get_collation_oid(*collation, true);
  HeapTuple tuple = OidIsValid(oid) ? SearchSysCache1(COLLOID, ObjectIdGetDatum(oid)) : nullptr;
  if (!HeapTupleIsValid(tuple)) {
    names.good = false;
    return;
  }
  const auto *form = reinterpret_cast<const FormData_pg_collation *>(GETSTRUCT(tuple));
  *collation = qualified(form->collnamespace, NameStr(form->collname));
  ReleaseSysCache(tuple);
}

void qualify_class(List **operator_class, const char *method, Names &names) {
  if (*operator_class == NIL) return;
  const Oid access_method = get_index_am_oid(method, true);
  const Oid oid =
      OidIsValid(access_method) ? get_opclass_oid(access_method, *operator_class, true) : InvalidOid;
  HeapTuple tuple = OidIsValid(oid) ? SearchSysCache1(CLAOID, ObjectIdGetDatum(oid)) : nullptr;
  if (!HeapTupleIsValid(tuple)) {
    names.good = false;
    return;
  }
  const auto *form = reinterpret_cast<const FormData_pg_opclass *>(GETSTRUCT(tuple));
  *operator_class = qualified(form->opcnamespace, NameStr(form->opcname));
  ReleaseSysCache(tuple);
}

// A table that is read, or that a constraint refers to.
Oid qualify_read(RangeVar *relation, Names &names) {
  const Oid oid = relation_meant(relation);
  if (!OidIsValid(oid)) {
    names.good = false;
    return InvalidOid;
  }
  relation->schemaname = get_namespace_name(get_rel_namespace(oid));
  names.read = list_append_unique_oid(names.read, oid);
  return oid;
}

// The table of a foreign key is looked for after the new table's own name was; it may be that table.
void qualify_referenced(RangeVar *relation, Names &names) {
  const Oid oid = relation_meant(relation);
  if (!OidIsValid(oid)) {
    if (relation->schemaname == nullptr) relation->schemaname = names.schema;
    return;
  }
  relation->schemaname = get_namespace_name(get_rel_namespace(oid));
  names.read = list_append_unique_oid(names.read, oid);
}

void qualify_parent(RangeVar *relation, Names &names) {
  const Oid oid = qualify_read(relation, names);
  if (OidIsValid(oid)) names.good = names.good && owns_relation(oid);
}

// The sequence in nextval('...').
void qualify_default(Node *expression) {
  if (expression == nullptr || !IsA(expression, FuncCall)) return;
  auto *call = reinterpret_cast<FuncCall *>(expression);
  if (strcmp(strVal(llast(call->funcname)), "nextval") != 0 || list_length(call->args) != 1) return;
  auto *argument = static_cast<Node *>(linitial(call->args));
  if (IsA(argument, TypeCast)) argument = reinterpret_cast<TypeCast *>(argument)->arg;
  if (!IsA(argument, A_Const)) return;
  auto *constant = reinterpret_cast<A_Const *>(argument);
  if (constant->isnull || !IsA(&constant->val, String)) return;
  List *parts = NIL;
  if (!SplitIdentifierString(pstrdup(strVal(&constant->val)), '.', &parts) || list_length(parts) != 1) return;
  const Oid oid = RelnameGetRelid(static_cast<char *>(linitial(parts)));
  if (!OidIsValid(oid)) return;
  constant->val.sval.sval =
      quote_qualified_identifier(get_namespace_name(get_rel_namespace(oid)), get_rel_name(oid));
}

void qualify(Constraint *constraint, Names &names) {
  if (constraint->pktable != nullptr) qualify_referenced(constraint->pktable, names);
  if (constraint->contype == CONSTR_DEFAULT) qualify_default(constraint->raw_expr);
  const char *method = constraint->access_method == nullptr ? "btree" : constraint->access_method;
  ListCell *cell;
  foreach (cell, constraint->exclusions) {
    auto *element = linitial_node(IndexElem, static_cast<List *>(lfirst(cell)));
    qualify_collation(&element->collation, names);
    qualify_class(&element->opclass, method, names);
  }
}

void qualify(List *constraints, Names &names) {
  ListCell *cell;
  foreach (cell, constraints) qualify(lfirst_node(Constraint, cell), names);
}

// More than one value, or NULL against NOT NULL.
bool contradicts_itself(const ColumnDef *column, bool serial) {
  int values = serial ? 1 : 0;
  bool null = false;
  bool not_null = serial;
  ListCell *cell;
  foreach (cell, column->constraints) {
    const ConstrType type = lfirst_node(Constraint, cell)->contype;
    if (type == CONSTR_DEFAULT || type == CONSTR_IDENTITY || type == CONSTR_GENERATED) ++values;
    null = null || type == CONSTR_NULL;
    not_null = not_null || type == CONSTR_NOTNULL || type == CONSTR_IDENTITY;
  }
  return values > 1 || (null && not_null);
}

void qualify(ColumnDef *column, Names &names) {
  // A partition's column is the parent's.
  const bool serial = column->typeName != nullptr && is_serial(column->typeName);
  if (serial) names.good = names.good && column->typeName->arrayBounds == NIL;
  names.good = names.good && !contradicts_itself(column, serial);
  Oid type = InvalidOid;
  if (column->typeName != nullptr && !serial) type = qualify(column->typeName, names);
  if (column->collClause != nullptr) {
    qualify_collation(&column->collClause->collname, names);
    names.good = names.good && (!OidIsValid(type) || OidIsValid(get_typcollation(type)));
  }
  qualify(column->constraints, names);
}

// Raises what the server would for a parameter that it does not know.
void check_options(const CreateStmt *statement, Names &names) {
  static const char *const namespaces[] = HEAP_RELOPT_NAMESPACES;
  if (statement->options != NIL) {
    const Datum options = transformRelOptions(static_cast<Datum>(0), statement->options, nullptr,
                                              const_cast<char **>(namespaces), true, false);
    heap_reloptions(statement->partspec != nullptr ? RELKIND_PARTITIONED_TABLE : RELKIND_RELATION, options,
                    true);
  }
  if (statement->tablespacename != nullptr)
    names.good = names.good && superuser() && OidIsValid(get_tablespace_oid(statement->tablespacename, true));
  if (statement->accessMethod != nullptr)
    names.good = names.good && OidIsValid(get_table_am_oid(statement->accessMethod, true));
}

// Can the column be indexed like that?
bool has_class(Oid table, const char *column, Oid access_method, const List *given) {
  const AttrNumber number = get_attnum(table, column);
  if (number == InvalidAttrNumber) return false;
  const Oid type = getBaseType(get_atttype(table, number));
  if (given == NIL) return OidIsValid(GetDefaultOpClass(type, access_method));
  const Oid chosen = get_opclass_oid(access_method, const_cast<List *>(given), true);
  return OidIsValid(chosen) && IsBinaryCoercible(type, get_opclass_input_type(chosen));
}

// What the access method cannot do is said before the name (DefineIndex, indexcmds.c).
bool can_make(const IndexStmt *statement, Oid table, Oid access_method) {
  const IndexAmRoutine *method = GetIndexAmRoutineByAmId(access_method, true);
  const bool can = method != nullptr && (!statement->unique || method->amcanunique) &&
                   (statement->indexIncludingParams == NIL || method->amcaninclude) &&
                   (list_length(statement->indexParams) == 1 || method->amcanmulticol);
  if (!can || (statement->unique && get_rel_relkind(table) == RELKIND_PARTITIONED_TABLE)) return false;
  if (statement->options != NIL)
    index_reloptions(
        method->amoptions,
        transformRelOptions(static_cast<Datum>(0), statement->options, nullptr, nullptr, false, false), true);
  if (statement->tableSpace != nullptr &&
      !(superuser() && OidIsValid(get_tablespace_oid(statement->tableSpace, true))))
    return false;
  ListCell *cell;
  foreach (cell, statement->indexParams) {
    const auto *element = lfirst_node(IndexElem, cell);
    const bool ordered =
        element->ordering != SORTBY_DEFAULT || element->nulls_ordering != SORTBY_NULLS_DEFAULT;
    if (ordered && !method->amcanorder) return false;
    if (element->name != nullptr && !has_class(table, element->name, access_method, element->opclass))
      return false;
  }
  return true;
}

// The columns of a key need to be such that a btree can have them.
bool can_make_key(const Constraint *constraint, Oid table) {
  if (constraint->contype != CONSTR_PRIMARY && constraint->contype != CONSTR_UNIQUE) return true;
  if (get_rel_relkind(table) == RELKIND_PARTITIONED_TABLE) return false;
  ListCell *cell;
  foreach (cell, constraint->keys) {
    // One that is not there is added by the same statement, or missed by the replay of it.
    const char *column = strVal(lfirst(cell));
    if (get_attnum(table, column) != InvalidAttrNumber && !has_class(table, column, BTREE_AM_OID, NIL))
      return false;
  }
  return true;
}

void qualify(CreateStmt *statement, Names &names) {
  statement->relation->schemaname = names.schema;
  check_options(statement, names);
  if (statement->ofTypename != nullptr) qualify(statement->ofTypename, names);
  ListCell *cell;
  foreach (cell, statement->inhRelations) qualify_parent(lfirst_node(RangeVar, cell), names);
  foreach (cell, statement->tableElts) {
    auto *element = static_cast<Node *>(lfirst(cell));
    if (IsA(element, ColumnDef)) {
      qualify(reinterpret_cast<ColumnDef *>(element), names);
    } else if (IsA(element, Constraint)) {
      qualify(reinterpret_cast<Constraint *>(element), names);
    } else if (IsA(element, TableLikeClause)) {
      qualify_parent(reinterpret_cast<TableLikeClause *>(element)->relation, names);
    } else {
      names.good = false;
    }
  }
}

void qualify(AlterTableStmt *statement, Names &names) {
  const Oid table = qualify_read(statement->relation, names);
  if (!OidIsValid(table)) return;
  ListCell *cell;
  foreach (cell, statement->cmds) {
    const auto *part = lfirst_node(AlterTableCmd, cell);
    if (part->subtype == AT_AddColumn) qualify(castNode(ColumnDef, part->def), names);
    if (part->subtype != AT_AddConstraint) continue;
    qualify(castNode(Constraint, part->def), names);
    names.good = names.good && can_make_key(castNode(Constraint, part->def), table);
  }
}

void qualify(IndexStmt *statement, Names &names) {
  const Oid table = qualify_read(statement->relation, names);
  const Oid access_method = get_index_am_oid(statement->accessMethod, true);
  if (!OidIsValid(table) || !OidIsValid(access_method) || !can_make(statement, table, access_method)) {
    names.good = false;
    return;
  }
  ListCell *cell;
  foreach (cell, statement->indexParams) {
    auto *element = lfirst_node(IndexElem, cell);
    qualify_collation(&element->collation, names);
    qualify_class(&element->opclass, statement->accessMethod, names);
  }
}

void qualify(CreateSeqStmt *statement, Names &names) {
  statement->sequence->schemaname = names.schema;
  ListCell *cell;
  foreach (cell, statement->options) {
    auto *option = lfirst_node(DefElem, cell);
    if (strcmp(option->defname, "as") == 0) {
      qualify(castNode(TypeName, option->arg), names);
    } else if (strcmp(option->defname, "owned_by") == 0) {
      auto *owner = castNode(List, option->arg);
      if (list_length(owner) != 2) continue;  // NONE, or a schema is given
      const Oid table = RelnameGetRelid(strVal(linitial(owner)));
      if (!OidIsValid(table)) continue;
      names.read = list_append_unique_oid(names.read, table);
      option->arg =
          reinterpret_cast<Node *>(lcons(makeString(get_namespace_name(get_rel_namespace(table))), owner));
    }
  }
}

// A view that reads a temporary table is temporary itself.
bool reads_temporary(Node *node, void *state) {
  if (node == nullptr) return false;
  if (!IsA(node, RangeVar)) return walk_parsed(node, reads_temporary, state);
  const Oid relation = relation_meant(reinterpret_cast<RangeVar *>(node));
  return OidIsValid(relation) && get_rel_persistence(relation) == RELPERSISTENCE_TEMP;
}

void qualify(ViewStmt *statement, Names &names) {
  statement->view->schemaname = names.schema;
  // Too many names, and a view that cannot be updated, are complained of before the view's own name.
  names.good = statement->aliases == NIL && statement->withCheckOption == NO_CHECK_OPTION &&
               !reads_temporary(statement->query, nullptr);
  if (statement->options != NIL)
    view_reloptions(
        transformRelOptions(static_cast<Datum>(0), statement->options, nullptr, nullptr, false, false), true);
}

void qualify(CompositeTypeStmt *statement, Names &names) {
  statement->typevar->schemaname = names.schema;
  ListCell *cell;
  foreach (cell, statement->coldeflist) qualify(lfirst_node(ColumnDef, cell), names);
}

void qualify(CreateDomainStmt *statement, Names &names) {
  statement->domainname = list_make2(makeString(names.schema), llast(statement->domainname));
  // The server looks at the name first.
  qualify(statement->typeName, names);
  if (statement->collClause != nullptr) qualify_collation(&statement->collClause->collname, names);
  qualify(statement->constraints, names);
}

}  // namespace

bool qualify_names(Node *statement, Oid schema, List **read) {
  Names names{get_namespace_name(schema)};
  if (names.schema == nullptr) return false;
  switch (nodeTag(statement)) {
    case T_CreateStmt:
      qualify(reinterpret_cast<CreateStmt *>(statement), names);
      break;
    case T_AlterTableStmt:
      qualify(reinterpret_cast<AlterTableStmt *>(statement), names);
      break;
    case T_IndexStmt:
      qualify(reinterpret_cast<IndexStmt *>(statement), names);
      break;
    case T_CreateSeqStmt:
      qualify(reinterpret_cast<CreateSeqStmt *>(statement), names);
      break;
    case T_ViewStmt:
      qualify(reinterpret_cast<ViewStmt *>(statement), names);
      break;
    case T_CompositeTypeStmt:
      qualify(reinterpret_cast<CompositeTypeStmt *>(statement), names);
      break;
    case T_CreateDomainStmt:
      qualify(reinterpret_cast<CreateDomainStmt *>(statement), names);
      break;
    case T_CreateEnumStmt: {
      auto *create = reinterpret_cast<CreateEnumStmt *>(statement);
      create->typeName = list_make2(makeString(names.schema), llast(create->typeName));
      break;
    }
    case T_CreateTableAsStmt:
      reinterpret_cast<CreateTableAsStmt *>(statement)->into->rel->schemaname = names.schema;
      break;
    default:
      break;
  }
  *read = names.read;
  return names.good;
}

std::string search_path_now() {
  std::string path;
  List *schemas = call([] { return fetch_search_path(true); });
  for (int i = 0; i < list_length(schemas); ++i) {
    const char *name = call([&] { return get_namespace_name(list_nth_oid(schemas, i)); });
    if (name != nullptr) path += (path.empty() ? "" : ", ") + quote_name(name);
  }
  return path;
}

}  // namespace migfix::server
