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

namespace {

// Runs inside call().
Oid load_sql_function(const char *schema) {
  const Oid types[] = {TEXTOID, TEXTOID};
  return GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid, CStringGetDatum("migfix_load_sql"),
                         PointerGetDatum(buildoidvector(types, 2)),
                         ObjectIdGetDatum(get_namespace_oid(schema, true)));
}

}  // namespace

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
    const Oid function = load_sql_function(schema.c_str());
    return OidIsValid(function) && may_call(function, GetSessionUserId()) &&
           may_call(function, acting_role());
  });
}

bool may_know_statements() {
  const std::string schema = functions_raw_schema();
  return call([&] {
    const Oid table = get_relname_relid("revision_statement", get_namespace_oid("migfix", true));
    if (OidIsValid(table) && pg_class_aclcheck(table, GetUserId(), ACL_SELECT) == ACLCHECK_OK) return true;
    const Oid function = load_sql_function(schema.c_str());
    return OidIsValid(function) && may_call(function, GetUserId());
  });
}

std::string grant_to_know_statements() {
  const char *role = call([] { return quote_identifier(GetUserNameFromId(GetUserId(), false)); });
  return fmt::format("GRANT SELECT ON migfix.revision_statement TO {};", role);
}

}  // namespace migfix::server
