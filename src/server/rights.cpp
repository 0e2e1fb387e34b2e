#include "server/rights.hpp"

extern "C" {
#include "catalog/pg_class_d.h"
#include "catalog/pg_database_d.h"
#include "catalog/pg_namespace_d.h"
#include "catalog/pg_type_d.h"
#include "utils/acl.h"
}

namespace migfix::server {

#if PG_VERSION_NUM >= 160000

bool may_create_in(Oid schema) {
  return object_aclcheck(NamespaceRelationId, schema, GetUserId(), ACL_CREATE) == ACLCHECK_OK;
}

bool may_create_schemas() {
  return object_aclcheck(DatabaseRelationId, MyDatabaseId, GetUserId(), ACL_CREATE) == ACLCHECK_OK;
}

bool may_use_type(Oid type) {
  return object_aclcheck(TypeRelationId, type, GetUserId(), ACL_USAGE) == ACLCHECK_OK;
}

bool owns_relation(Oid relation) {
  return object_ownercheck(RelationRelationId, relation, GetUserId());
}

#else

bool may_create_in(Oid schema) {
  return pg_namespace_aclcheck(schema, GetUserId(), ACL_CREATE) == ACLCHECK_OK;
}

bool may_create_schemas() {
  return pg_database_aclcheck(MyDatabaseId, GetUserId(), ACL_CREATE) == ACLCHECK_OK;
}

bool may_use_type(Oid type) {
  return pg_type_aclcheck(type, GetUserId(), ACL_USAGE) == ACLCHECK_OK;
}

bool owns_relation(Oid relation) {
  return pg_class_ownercheck(relation, GetUserId());
}

#endif

}  // namespace migfix::server
