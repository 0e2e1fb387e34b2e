// migfix_protect, migfix_unprotect.
#include "core/sql_text.hpp"
#include "server/extension.hpp"
#include "server/guard_install.hpp"
#include "server/query.hpp"
#include "server/rights.hpp"
#include "server/row_changes.hpp"
#include "server/settings.hpp"
#include "server/sql_array.hpp"
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

// So many tables can be locked by one transaction under PostgreSQL's own default settings, and leave room.
constexpr int kMostAtOnce = 1000;

// Version tables by name that lack a part of the guard, and were not taken off by hand.
std::vector<Oid> unguarded_tables() {
  static constinit Statement statement{
      "SELECT c.oid FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
      " WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND c.relname IN (SELECT unnest($1::name[]))"
      " AND a.attname = 'version_num' AND a.atttypid IN ('varchar'::regtype, 'text'::regtype, "
      "'bpchar'::regtype)"
      " AND pg_has_role(c.relowner, 'USAGE')"
      " AND (SELECT count(*) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid = c.oid"
      "  AND t.tgname = p.proname AND t.tgname IN (SELECT unnest($2::name[]))) < cardinality($2::name[])"
      " ORDER BY c.oid",
      2};
  std::vector<std::string> triggers(std::begin(kGuardTriggers), std::end(kGuardTriggers));
  std::vector<Oid> tables;
  run(statement, {sql_array(version_table_names()), sql_array(triggers)}, SnapshotKind::kNew,
      [&](const RowView &row) { tables.push_back(static_cast<Oid>(row.integer(0))); });
  std::erase_if(tables, [](Oid table) {
    const auto last = last_protection(relation_name(table));
    return last && last->operation == core::Operation::kUnprotect;
  });
  return tables;
}

}  // namespace

}  // namespace migfix::server

using namespace migfix;
using namespace migfix::server;

MIGFIX_FUNCTION(migfix_protect) {
  const Oid table = PG_GETARG_OID(0);
  require_writable("migfix_protect()");
  require_version_table(table);
  if (!call([&] { return owns_relation(table); })) {
    throw core::Error(core::kInsufficientPrivilege,
                      fmt::format("must be owner of table {}", relation_name(table)));
  }
  const std::string name = relation_name(table);
  call([&] { LockRelationOid(table, ShareRowExclusiveLock); });
  if (relation_name(table) != name) require_same_table(InvalidOid, table, name);
  require_version_table(table);  // what it is after the wait
  const bool missing = put_guard(table);
  log_by_hand(table, core::Operation::kProtect);
  PG_RETURN_BOOL(missing);
}

MIGFIX_FUNCTION(migfix_protect_all) {
  require_writable("migfix_protect()");
  std::vector<Oid> tables = unguarded_tables();
  const std::size_t left = tables.size() > kMostAtOnce ? tables.size() - kMostAtOnce : 0;
  tables.resize(tables.size() - left);
  for (const Oid table : tables) {
    check_for_interrupts();
    put_guard(table);
    log_by_hand(table, core::Operation::kProtect);
  }
  if (left > 0) {
    report(WARNING, fmt::format("{} have no guard yet", core::count_of(left, "version table")),
           "One transaction cannot lock them all.",
           fmt::format("Again, until it answers 0:\nSELECT {}migfix_protect();", functions_prefix()));
  }
  PG_RETURN_INT32(static_cast<std::int32_t>(tables.size()));
}

MIGFIX_FUNCTION(migfix_unprotect) {
  const Oid table = PG_GETARG_OID(0);
  require_writable("migfix_unprotect()");
  require_version_table(table);
  if (!may_switch_guard(GetUserId())) {
    throw core::Error(
        core::kInsufficientPrivilege,
        fmt::format("must be allowed to set migfix.guard to take the guard off {}", relation_name(table)), {},
        "A superuser may, and a role that was granted SET ON PARAMETER \"migfix.guard\".");
  }
  const bool there = remove_guard(table);
  log_by_hand(table, core::Operation::kUnprotect);
  PG_RETURN_BOOL(there);
}
