// All that the supported versions of PostgreSQL, 15 to 18, do differently, each difference once. Nothing else
// asks for PG_VERSION_NUM. What raises errors runs inside call().
#pragma once

#include <cstddef>
#include <string>

#include "server/boundary.hpp"

extern "C" {
#include "catalog/pg_class_d.h"
#include "catalog/pg_database_d.h"
#include "catalog/pg_namespace_d.h"
#include "catalog/pg_proc_d.h"
#include "catalog/pg_type_d.h"
#include "common/jsonapi.h"
#include "nodes/parsenodes.h"
#include "parser/parse_type.h"
#include "storage/proc.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/json.h"
#include "utils/jsonfuncs.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#if PG_VERSION_NUM >= 160000
#include "nodes/queryjumble.h"  // CleanQuerytext()
#else
#include "utils/queryjumble.h"
#endif
#include "utils/regproc.h"
}

namespace migfix::server {

// Before 16 the walkers of trees take functions without a prototype.
using Visit = bool (*)(Node *, void *);
using Change = Node *(*)(Node *, void *);
#if PG_VERSION_NUM >= 160000
inline Visit as_walker(Visit visit) {
  return visit;
}
inline Change as_mutator(Change change) {
  return change;
}
#else
inline bool (*as_walker(Visit visit))() {
  return reinterpret_cast<bool (*)()>(reinterpret_cast<void (*)()>(visit));
}
inline Node *(*as_mutator(Change change))() {
  return reinterpret_cast<Node *(*)()>(reinterpret_cast<void (*)()>(change));
}
#endif

// Since 16 one function checks the rights on objects of each catalog.
#if PG_VERSION_NUM >= 160000
inline bool has_right(Oid catalog, Oid object, AclMode right) {
  return object_aclcheck(catalog, object, GetUserId(), right) == ACLCHECK_OK;
}
inline bool has_right_in_schema(Oid schema, AclMode right) {
  return has_right(NamespaceRelationId, schema, right);
}
inline bool has_right_on_database(Oid database, AclMode right) {
  return has_right(DatabaseRelationId, database, right);
}
inline bool has_right_on_type(Oid type, AclMode right) {
  return has_right(TypeRelationId, type, right);
}
inline bool may_call(Oid function, Oid role) {
  return object_aclcheck(ProcedureRelationId, function, role, ACL_EXECUTE) == ACLCHECK_OK;
}
inline bool is_owner_of_relation(Oid relation) {
  return object_ownercheck(RelationRelationId, relation, GetUserId());
}
#else
inline bool has_right_in_schema(Oid schema, AclMode right) {
  return pg_namespace_aclcheck(schema, GetUserId(), right) == ACLCHECK_OK;
}
inline bool has_right_on_database(Oid database, AclMode right) {
  return pg_database_aclcheck(database, GetUserId(), right) == ACLCHECK_OK;
}
inline bool has_right_on_type(Oid type, AclMode right) {
  return pg_type_aclcheck(type, GetUserId(), right) == ACLCHECK_OK;
}
inline bool may_call(Oid function, Oid role) {
  return pg_proc_aclcheck(function, role, ACL_EXECUTE) == ACLCHECK_OK;
}
inline bool is_owner_of_relation(Oid relation) {
  return pg_class_ownercheck(relation, GetUserId());
}
#endif

// Since 16 these can report an error softly.
#if PG_VERSION_NUM >= 160000
inline TypeName *parse_type_name(const char *sql) {
  return typeStringToTypeName(sql, nullptr);
}
inline List *parse_qualified_name(const char *text) {
  return stringToQualifiedNameList(text, nullptr);
}
#else
inline TypeName *parse_type_name(const char *sql) {
  return typeStringToTypeName(sql);
}
inline List *parse_qualified_name(const char *text) {
  return stringToQualifiedNameList(text);
}
#endif

// Since 18 a deferrable key is answered only where it is asked for; before, never.
inline Oid primary_key_index(Relation table) {
#if PG_VERSION_NUM >= 180000
  return RelationGetPrimaryKeyIndex(table, false);
#else
  return RelationGetPrimaryKeyIndex(table);
#endif
}

// Since 16 the callbacks of the parser of JSON say whether they have failed; since 17 it can use memory of
// the caller.
#if PG_VERSION_NUM >= 160000
using JsonNoted = JsonParseErrorType;
inline JsonNoted json_noted() {
  return JSON_SUCCESS;
}
#else
using JsonNoted = void;
inline JsonNoted json_noted() {}
#endif
inline JsonLexContext *json_lexer(text *json) {
#if PG_VERSION_NUM >= 170000
  return makeJsonLexContext(nullptr, json, true);
#else
  return makeJsonLexContext(json, true);
#endif
}

/// The number of the session's transaction among its own, also before it has an id.
inline LocalTransactionId local_transaction() {
#if PG_VERSION_NUM >= 170000
  return MyProc->vxid.lxid;
#else
  return MyProc->lxid;
#endif
}

/// The name that a list of libraries to preload needs, for the library that a function is loaded from. Since
/// 18 a function's "$libdir/migfix" is looked for as "migfix" along dynamic_library_path; a preloaded one is
/// not.
inline std::string preload_name(const std::string &library) {
#if PG_VERSION_NUM >= 180000
  const std::string prefix = "$libdir/";
  if (library.starts_with(prefix) && library.find('/', prefix.size()) == std::string::npos)
    return library.substr(prefix.size());
#endif
  return library;
}

/// Memory for the `extra` of a setting's check hook, which the server frees: nullptr where there is none. It
/// was malloc's up to 15.
inline void *setting_memory(std::size_t size) {
#if PG_VERSION_NUM >= 160000
  return guc_malloc(LOG, size);
#else
  return malloc(size);
#endif
}

/// RANGE, LIST, HASH: a name in 15, as it was written; a code since 16.
inline const char *partition_strategy(const PartitionSpec *specification) {
#if PG_VERSION_NUM >= 160000
  const char code = static_cast<char>(specification->strategy);
#else
  const char code =
      static_cast<char>(pg_ascii_tolower(static_cast<unsigned char>(specification->strategy[0])));
#endif
  return code == 'h' ? "HASH" : code == 'l' ? "LIST" : "RANGE";
}

/// Does the analysis take parts of this raw node for constants without a look? JSON_TABLE, since 17.
#if PG_VERSION_NUM >= 170000
inline bool asks_for_constants(const Node *node) {
  return IsA(node, JsonTable);
}
#else
inline bool asks_for_constants(const Node *) {
  return false;
}
#endif

/// Is the identity of a partition's column that of the whole table's, which comes and goes with it? Since 17.
/// Before, a partition has what it was given.
#if PG_VERSION_NUM >= 170000
inline constexpr bool kPartitionsShareIdentity = true;
#else
inline constexpr bool kPartitionsShareIdentity = false;
#endif

/// A STORAGE clause, which CREATE TABLE takes since 16.
inline bool has_storage_clause([[maybe_unused]] const ColumnDef *column) {
#if PG_VERSION_NUM >= 160000
  return column->storage_name != nullptr;
#else
  return false;
#endif
}

// What 18 has brought, and nothing before it has.
#if PG_VERSION_NUM >= 180000
using AlteredConstraint = ATAlterConstraint;
inline bool alters_deferral_alone(const AlteredConstraint *altered) {
  return altered->alterDeferrability && !altered->alterEnforceability && !altered->alterInheritability;
}
inline bool is_virtual(const Constraint *generated) {
  return generated->generated_kind == 'v';
}
inline bool is_without_overlaps(const Constraint *key) {
  return key->without_overlaps;
}
inline bool has_period(const Constraint *foreign_key) {
  return foreign_key->fk_with_period || foreign_key->pk_with_period;
}
inline bool is_not_enforced(const Constraint *constraint) {
  const bool may_be_enforced = constraint->contype == CONSTR_FOREIGN || constraint->contype == CONSTR_CHECK;
  return may_be_enforced && !constraint->is_enforced;
}
#else
using AlteredConstraint = Constraint;
inline bool alters_deferral_alone(const AlteredConstraint *) {
  return true;
}
inline bool is_virtual(const Constraint *) {
  return false;
}
inline bool is_without_overlaps(const Constraint *) {
  return false;
}
inline bool has_period(const Constraint *) {
  return false;
}
inline bool is_not_enforced(const Constraint *) {
  return false;
}
#endif

}  // namespace migfix::server
