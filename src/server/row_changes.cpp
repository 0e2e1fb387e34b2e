#include "server/row_changes.hpp"

#include "core/sql_text.hpp"
#include "core/version_table.hpp"
#include "server/guard_install.hpp"
#include "server/query.hpp"
#include "server/rights.hpp"
#include "server/transaction_state.hpp"
#include "server/version_log.hpp"
#include "server/version_relation.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/namespace.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/rls.h"
}

namespace migfix::server {

namespace {

void apply(const std::string &table, const core::RowStep &step) {
  std::uint64_t rows = 1;
  switch (step.kind) {
    case core::RowStep::Kind::kKeep:
      return;
    case core::RowStep::Kind::kInsert:
      rows = run_once(fmt::format("INSERT INTO {} (version_num) VALUES ($1)", table), {step.new_version},
                      SnapshotKind::kNew);
      break;
    case core::RowStep::Kind::kUpdate:
      rows = run_once(fmt::format("UPDATE {0} SET version_num = $2 WHERE ctid = (SELECT ctid FROM {0}"
                                  " WHERE version_num IS NOT DISTINCT FROM $1 LIMIT 1)",
                                  table),
                      {step.old_version, step.new_version}, SnapshotKind::kNew);
      break;
    case core::RowStep::Kind::kDelete:
      rows = run_once(fmt::format("DELETE FROM {0} WHERE ctid = (SELECT ctid FROM {0}"
                                  " WHERE version_num IS NOT DISTINCT FROM $1 LIMIT 1)",
                                  table),
                      {step.old_version}, SnapshotKind::kNew);
      break;
  }
  if (rows != 1) {
    throw core::Error("27000",
                      fmt::format("{} of one row in {} changed {} rows", core::step_name(step.kind), table, rows),
                      "A trigger or a rule of that table stands in the way.");
  }
}

// The guard's triggers log by themselves; where they do not (guard off, or not on this table), the change
// is logged here.
void log_step(Oid table, const std::string &name, const core::RowStep &step) {
  switch (step.kind) {
    case core::RowStep::Kind::kKeep:
      return;
    case core::RowStep::Kind::kInsert:
      append({table, name, core::Operation::kInsert, {}, step.new_version, {}});
      return;
    case core::RowStep::Kind::kUpdate:
      append({table, name, core::Operation::kUpdate, step.old_version, step.new_version, {}});
      return;
    case core::RowStep::Kind::kDelete:
      append({table, name, core::Operation::kDelete, step.old_version, {}, {}});
      return;
  }
}

int width_for(const core::Rows &rows) {
  std::size_t width = core::kAlembicWidth;
  for (const auto &row : rows) width = std::max(width, row ? row->size() : 0);
  return static_cast<int>(width);
}

Oid owner_of(Oid relation) {
  return call([&] {
    Relation open = RelationIdGetRelation(relation);
    const Oid owner = open->rd_rel->relowner;
    RelationClose(open);
    return owner;
  });
}

}  // namespace

void require_row_privileges(Oid version_table, Oid role) {
  static constexpr std::pair<AclMode, const char *> kNeeded[] = {
      {ACL_SELECT, "SELECT"}, {ACL_INSERT, "INSERT"}, {ACL_UPDATE, "UPDATE"}, {ACL_DELETE, "DELETE"}};
  std::vector<std::string> missing;
  for (const auto &[mode, name] : kNeeded) {
    const AclMode wanted = mode;
    if (call([&] { return pg_class_aclcheck(version_table, role, wanted); }) != ACLCHECK_OK) missing.emplace_back(name);
  }
  if (missing.empty() && call([&] { return check_enable_rls(version_table, role, true); }) != RLS_ENABLED) return;
  const std::string table = relation_name(version_table);
  const std::string role_name = quote_name(call([&] { return GetUserNameFromId(role, false); }));
  if (missing.empty()) {
    throw core::Error(core::kInsufficientPrivilege, fmt::format("permission denied for version table {}", table),
                      fmt::format("Row security keeps rows of it from role {}.", role_name));
  }
  throw core::Error(core::kInsufficientPrivilege, fmt::format("permission denied for version table {}", table),
                    fmt::format("Role {} lacks {}.", role_name, core::list_of(missing)),
                    fmt::format("GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO {}; lets it.", table, role_name));
}

void require_create_privilege(const std::string &schema, const std::string &version_table) {
  const char *name = schema.c_str();
  const bool may = call([&] {
    const Oid oid = get_namespace_oid(name, true);
    return OidIsValid(oid) && may_create_in(oid);
  });
  if (!may)
    throw core::Error(core::kInsufficientPrivilege, fmt::format("permission denied to create {}", version_table),
                      fmt::format("The role has no CREATE privilege on schema {}.", schema));
}

void require_same_table(Oid now, Oid version_table, const std::string &name) {
  if (now == version_table) return;
  throw core::Error(core::kObjectNotInPrerequisiteState,
                    fmt::format("{} is not the table any more that it was when its lock was asked for", name),
                    "It was dropped, renamed, moved or replaced meanwhile. Nothing was changed.", "Look, and call again.");
}

void lock_against_writers(Oid version_table) {
  const std::string name = relation_name(version_table);
  call([&] { LockRelationOid(version_table, ShareRowExclusiveLock); });
  // Whoever had it may have dropped the table, made it a view, given it away or put another in its place.
  if (relation_name(version_table) != name) require_same_table(InvalidOid, version_table, name);
  require_version_table(version_table);
  require_row_privileges(version_table, GetUserId());
}

std::int64_t apply_steps(Oid version_table, const std::vector<core::RowStep> &steps,
                         const std::optional<std::string> &reason) {
  const std::string name = relation_name(version_table);
  const Oid owner = owner_of(version_table);
  close_change(version_table);
  {
    const ActingFor caller(GetUserId(), reason ? reason->c_str() : nullptr);
    const RightsOf rights(owner);
    for (const core::RowStep &step : steps) {
      const std::int64_t logged = last_log_id(version_table);
      apply(name, step);
      if (last_log_id(version_table) == logged) log_step(version_table, name, step);
    }
  }
  const std::int64_t change = open_change(version_table);
  close_change(version_table);
  forget_rows_changed(version_table);  // an emptied table is what was asked for
  return change;
}

Oid create_version_table(const std::string &schema, const std::string &table, const core::Rows &rows) {
  const std::string name = quote_name(schema.c_str()) + "." + quote_name(table.c_str());
  run_once(fmt::format("CREATE TABLE {} (version_num VARCHAR({}) NOT NULL, CONSTRAINT {} PRIMARY KEY (version_num))",
                       name, width_for(rows), quote_name((table + "_pkc").c_str())),
           {}, SnapshotKind::kNew);
  const char *schema_text = schema.c_str();
  const char *table_text = table.c_str();
  const Oid relation = call([&] {
    CommandCounterIncrement();
    return get_relname_relid(table_text, get_namespace_oid(schema_text, false));
  });
  put_guard(relation);
  return relation;
}

}  // namespace migfix::server
