// migfix_lock: the runner lock for who wants it by hand.
#include "core/sql_text.hpp"
#include "server/named_version_table.hpp"
#include "server/query.hpp"
#include "server/rights.hpp"
#include "server/runner_watch.hpp"
#include "server/version_relation.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
}

namespace migfix::server {

namespace {

void require_create(Oid schema, const std::string &name) {
  const bool may = call([&] { return may_create_in(schema); });
  if (!may) {
    throw core::Error(core::kInsufficientPrivilege,
                      fmt::format("permission denied to lock version table {}", name),
                      "It is not there, and this role may not create it.");
  }
}

void require_write(Oid relation) {
  const bool may = call([&] {
    return pg_class_aclcheck(relation, GetUserId(), ACL_INSERT | ACL_UPDATE | ACL_DELETE) == ACLCHECK_OK;
  });
  if (!may) {
    throw core::Error(core::kInsufficientPrivilege,
                      fmt::format("permission denied to lock version table {}", relation_name(relation)),
                      "Who may not write its rows is no runner, and must not keep runners waiting.");
  }
}

RunnerKey key_to_create(const NamedVersionTable &named) {
  const char *schema = named.schema.c_str();
  const RunnerKey key{call([&] { return get_namespace_oid(schema, false); }), named.table};
  require_create(key.schema, named.name);
  return key;
}

RunnerKey key_of(Oid relation) {
  require_version_table(relation);
  require_write(relation);
  const char *table = call([&] { return get_rel_name(relation); });
  return {call([&] { return get_rel_namespace(relation); }), table};
}

}  // namespace

MIGFIX_FUNCTION(migfix_lock) {
  require_writable("migfix_lock()");
  if (!PG_ARGISNULL(0)) {
    lock_as_runner(key_of(PG_GETARG_OID(0)));
    PG_RETURN_VOID();
  }
  const NamedVersionTable named = named_version_table(std::nullopt);
  lock_as_runner(OidIsValid(named.relation) ? key_of(named.relation) : key_to_create(named));
  PG_RETURN_VOID();
}

}  // namespace migfix::server
