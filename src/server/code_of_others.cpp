#include "server/code_of_others.hpp"

#include "server/boundary.hpp"
#include "server/migration_statement.hpp"

extern "C" {
#include "access/htup_details.h"
#include "access/transam.h"
#include "catalog/pg_language_d.h"
#include "catalog/pg_proc.h"
#include "utils/builtins.h"
#include "utils/regproc.h"
#include "utils/syscache.h"
}

namespace migfix::server {

namespace {

needs_fmgr_hook_type next_needs = nullptr;
fmgr_hook_type next_hook = nullptr;
int lives = 0;
bool in_place = false;

// The owner of the function, where it is one that no superuser has made; called by the server, so nothing
// here throws.
Oid lesser_owner(Oid function) {
  if (function < FirstNormalObjectId) return InvalidOid;
  HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
  if (!HeapTupleIsValid(tuple)) return InvalidOid;
  const auto *row = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple));
  const Oid owner = row->proowner;
  const bool in_c = row->prolang == ClanguageId || row->prolang == INTERNALlanguageId;
  ReleaseSysCache(tuple);
  return in_c || superuser_arg(owner) ? InvalidOid : owner;
}

// Also keeps a function in SQL from being written into what calls it, where nobody would see it any more.
bool needs(Oid function) {
  if (next_needs != nullptr && next_needs(function)) return true;
  return lives > 0 && OidIsValid(lesser_owner(function));
}

void at_function(FmgrHookEventType event, FmgrInfo *function, Datum *own) {
  if (event == FHET_START && lives > 0 && superuser()) {
    const Oid owner = lesser_owner(function->fn_oid);
    if (OidIsValid(owner)) {
      const char *role = quote_identifier(GetUserNameFromId(owner, false));
      ereport(
          ERROR,
          (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
           errmsg("function %s belongs to role %s and is not called with a superuser's rights",
                  format_procedure_qualified(function->fn_oid), role),
           errdetail("What a superuser has migfix run must not run functions of roles that are none."),
           errhint("Do it with the rights of that role:\nSET ROLE %s;\nOr, if the function can be trusted, "
                   "let a superuser own it.",
                   role)));
    }
  }
  if (next_hook != nullptr) next_hook(event, function, own);
}

}  // namespace

NoCodeOfOthers::NoCodeOfOthers() noexcept {
  if (lives++ > 0 || in_place) return;
  next_needs = std::exchange(needs_fmgr_hook, needs);
  next_hook = std::exchange(fmgr_hook, at_function);
  in_place = true;
}

NoCodeOfOthers::~NoCodeOfOthers() {
  // A module that was loaded meanwhile may have put its own in front of ours: then ours stay, and let all
  // pass.
  if (--lives > 0 || needs_fmgr_hook != needs || fmgr_hook != at_function) return;
  needs_fmgr_hook = next_needs;
  fmgr_hook = next_hook;
  in_place = false;
}

void NoCodeOfOthers::fire_deferred() const {
  if (call([] { return superuser(); })) run_migration_statement("SET CONSTRAINTS ALL IMMEDIATE");
}

}  // namespace migfix::server
