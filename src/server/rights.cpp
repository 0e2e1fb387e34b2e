#include "server/rights.hpp"

#include "server/extension.hpp"
#include "server/server_version.hpp"
#include "server/transaction_state.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

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

bool may_teach() {
  const std::string schema = functions_raw_schema();
  return call([&] {
    const Oid types[] = {TEXTOID, TEXTOID};
    const Oid function = GetSysCacheOid3(
        PROCNAMEARGSNSP, Anum_pg_proc_oid, CStringGetDatum("migfix_load_sql"),
        PointerGetDatum(buildoidvector(types, 2)), ObjectIdGetDatum(get_namespace_oid(schema.c_str(), true)));
    return OidIsValid(function) && may_call(function, GetSessionUserId()) &&
           may_call(function, acting_role());
  });
}

}  // namespace migfix::server
