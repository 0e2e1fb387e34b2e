#include "server/rights.hpp"

#include "server/server_version.hpp"

namespace migfix::server {

bool may_create_in(Oid schema) {
  return has_right_in_schema(schema, ACL_CREATE);
}

bool may_create_schemas() {
  return has_right_on_database(MyDatabaseId, ACL_CREATE);
}

bool may_use_type(Oid type) {
  return has_right_on_type(type, ACL_USAGE);
}

bool owns_relation(Oid relation) {
  return is_owner_of_relation(relation);
}

}  // namespace migfix::server
