// migfix_protect, migfix_unprotect.
#include "core/sql_text.hpp"
#include "server/guard_install.hpp"
#include "server/query.hpp"
#include "server/settings.hpp"
#include "server/transaction_state.hpp"
#include "server/version_log.hpp"
#include "server/version_relation.hpp"

extern "C" {
#include "access/xact.h"
#include "commands/extension.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
}

namespace migfix::server {

namespace {

void log_by_hand(Oid table, core::Operation operation) {
  if (creating_extension) return;  // the install script's doing, not somebody's
  close_change(table);
  append({table, relation_name(table), operation, {}, {}, {}});
  close_change(table);
}

}  // namespace

}  // namespace migfix::server

using namespace migfix;
using namespace migfix::server;

MIGFIX_FUNCTION(migfix_protect) {
  const Oid table = PG_GETARG_OID(0);
  require_writable("migfix_protect()");
  require_version_table(table);
  if (!call([&] { return pg_class_ownercheck(table, GetUserId()); })) {
    throw core::Error(core::kInsufficientPrivilege, fmt::format("must be owner of table {}", relation_name(table)));
  }
  const bool missing = put_guard(table);
  log_by_hand(table, core::Operation::kProtect);
  PG_RETURN_BOOL(missing);
}

MIGFIX_FUNCTION(migfix_unprotect) {
  const Oid table = PG_GETARG_OID(0);
  require_writable("migfix_unprotect()");
  require_version_table(table);
  if (!may_switch_guard(GetUserId())) {
    throw core::Error(core::kInsufficientPrivilege,
                      fmt::format("must be allowed to set migfix.guard to take the guard off {}", relation_name(table)),
                      {}, "A superuser may, and a role that was granted SET ON PARAMETER \"migfix.guard\".");
  }
  const bool there = remove_guard(table);
  log_by_hand(table, core::Operation::kUnprotect);
  PG_RETURN_BOOL(there);
}
