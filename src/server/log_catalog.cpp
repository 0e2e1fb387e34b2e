#include "server/log_catalog.hpp"

#include <limits>

#include "core/finding.hpp"
#include "server/lockers.hpp"
#include "server/query.hpp"
#include "server/sql_array.hpp"
#include "server/version_log.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"
}

namespace migfix::server {

namespace {

constexpr int kMostEntries = 300;
constexpr int kFewEntries = 20;
constexpr std::size_t kManyTables = 500;
constexpr char kMostDrops[] = "1000";

struct NamedEntry {
  core::LogEntry entry;
  std::string former_name;
};

std::vector<NamedEntry> read_marks() {
  static constinit Statement statement{
      "SELECT " MIGFIX_LOG_ENTRY
      ", coalesce(former_name, '') FROM migfix.version_log"
      " WHERE operation IN ('rename', 'protect', 'unprotect') ORDER BY log_id",
      0};
  std::vector<NamedEntry> marks;
  RightsOf owner(log_owner());
  run(statement, {}, SnapshotKind::kActive, [&](const RowView &row) {
    marks.push_back({entry_from(row), row.string(15)});
  });
  return marks;
}

// Which table of today an entry of the log is about. An entry has the name of its time, which may since
// have passed to another table.
class FormerNames {
 public:
  FormerNames(const std::vector<CatalogTable> &tables, const std::vector<NamedEntry> &marks) {
    std::unordered_map<std::string, std::vector<const NamedEntry *>> renames;  // by either name, oldest first
    for (const NamedEntry &mark : marks) {
      if (mark.entry.operation != core::Operation::kRename) continue;
      renames[mark.former_name].push_back(&mark);
      renames[mark.entry.version_table].push_back(&mark);
    }
    for (std::size_t i = 0; i < tables.size(); ++i) follow(tables[i].facts.name, i, renames);
  }

  /// The index of the table; nothing where it is none of them.
  std::optional<std::size_t> table_of(const core::LogEntry &entry) const {
    const auto found = spans_.find(entry.version_table);
    if (found == spans_.end()) return std::nullopt;
    for (const Span &span : found->second) {
      if (entry.log_id >= span.from && entry.log_id <= span.to) return span.table;
    }
    return std::nullopt;
  }

  /// Every name that any of them had, with the tables that had it.
  template <typename Fn>
  void each_name(Fn fn) const {
    for (const auto &[name, spans] : spans_) {
      for (const Span &span : spans) fn(name, span.table);
    }
  }

 private:
  struct Span {
    std::int64_t from;  // log_id of the rename that gave the name, or 0
    std::int64_t to;
    std::size_t table;
  };

  void follow(std::string name, std::size_t table,
              const std::unordered_map<std::string, std::vector<const NamedEntry *>> &renames) {
    std::int64_t to = std::numeric_limits<std::int64_t>::max();
    for (;;) {
      const NamedEntry *latest = nullptr;
      if (const auto found = renames.find(name); found != renames.end()) {
        for (const NamedEntry *rename : found->second) {
          if (rename->entry.log_id < to) latest = rename;
        }
      }
      spans_[name].push_back({latest != nullptr ? latest->entry.log_id : 0, to, table});
      // A rename away from the name: what has it since is a table that began there.
      if (latest == nullptr || latest->entry.version_table != name) return;
      to = latest->entry.log_id;
      name = latest->former_name;
    }
  }

  std::unordered_map<std::string, std::vector<Span>> spans_;
};

// May the current role read the log? Says so in `not_checked` where not.
bool may_read_log(std::vector<core::NotChecked> &not_checked) {
  static constinit Statement statement{
      "SELECT has_schema_privilege(n.oid, 'USAGE'), has_table_privilege(c.oid, 'SELECT'), current_user,"
      " quote_ident(current_user)"
      " FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
      " WHERE n.nspname = 'migfix' AND c.relname = 'version_log'",
      0};
  const std::vector<Row> rows = select(statement);
  if (rows.empty()) {
    not_checked.push_back(
        {"the log of version rows", "migfix.version_log is not there", "migfix.version_log", ""});
    return false;
  }
  const bool usage = rows[0][0] == "t";
  const bool privilege = rows[0][1] == "t";
  if (usage && privilege) return true;
  core::NotChecked missing{"who changed version rows", "", "migfix.version_log", ""};
  missing.why = fmt::format("role {} has no {} privilege on {}", *rows[0][2], privilege ? "USAGE" : "SELECT",
                            privilege ? "schema migfix" : "migfix.version_log");
  if (!usage) missing.fix = fmt::format("GRANT USAGE ON SCHEMA migfix TO {};", *rows[0][3]);
  if (!usage && !privilege) missing.fix += '\n';
  if (!privilege) missing.fix += fmt::format("GRANT SELECT ON migfix.version_log TO {};", *rows[0][3]);
  not_checked.push_back(std::move(missing));
  return false;
}

void read_entries(std::vector<CatalogTable> &tables, const FormerNames &names) {
  // By the index on (version_table, log_id), from its end, name by name.
  static constinit Statement statement{
      "SELECT e.* FROM unnest($1::text[], $2::int[]) AS asked(name, most)"
      " CROSS JOIN LATERAL (SELECT " MIGFIX_LOG_ENTRY
      " FROM migfix.version_log AS l WHERE l.version_table = asked.name"
      " ORDER BY l.log_id DESC LIMIT asked.most) AS e ORDER BY e.log_id",
      2};
  std::map<std::string, int> asked;
  names.each_name([&](const std::string &name, std::size_t table) {
    // Several versions in one table are judged by how they moved; of others the end of the log is enough.
    const bool few = tables.size() > kManyTables && tables[table].facts.rows.size() < 2;
    int &most = asked[name];
    most = std::max(most, few ? kFewEntries : kMostEntries);
  });
  std::vector<std::string> asked_names;
  std::vector<std::string> most;
  for (const auto &[name, count] : asked) {
    asked_names.push_back(name);
    most.push_back(std::to_string(count));
  }
  for (CatalogTable &table : tables) table.facts.log_is_whole = true;
  std::unordered_map<std::string, int> read;  // entries under each name
  run(statement, {sql_array(asked_names), sql_array(most)}, SnapshotKind::kActive, [&](const RowView &row) {
    core::LogEntry entry = entry_from(row);
    ++read[entry.version_table];
    if (const auto table = names.table_of(entry)) tables[*table].facts.log.push_back(std::move(entry));
  });
  names.each_name([&](const std::string &name, std::size_t table) {
    if (read[name] >= asked[name]) tables[table].facts.log_is_whole = false;
  });
}

std::vector<core::LogEntry> read_drops(const FormerNames &names) {
  static constinit Statement statement{
      "SELECT " MIGFIX_LOG_ENTRY
      " FROM migfix.version_log WHERE operation = 'drop' ORDER BY log_id DESC LIMIT $1::bigint",
      1};
  std::vector<core::LogEntry> drops;
  run(statement, {kMostDrops}, SnapshotKind::kActive, [&](const RowView &row) {
    core::LogEntry entry = entry_from(row);
    if (!names.table_of(entry)) drops.push_back(std::move(entry));
  });
  return drops;
}

}  // namespace

bool lock_log(std::vector<core::NotChecked> &not_checked) {
  const Oid log = call([] {
    const Oid schema = get_namespace_oid("migfix", true);
    return OidIsValid(schema) ? get_relname_relid("version_log", schema) : InvalidOid;
  });
  core::NotChecked missing{"the log of version rows", "", "migfix.version_log", ""};
  if (!OidIsValid(log)) {
    missing.why = "migfix.version_log is not there";
  } else if (call([&] { return ConditionalLockRelationOid(log, AccessShareLock); })) {
    return true;
  } else {
    const auto lockers = lockers_of({log});
    missing.why = lockers.empty() ? "another session has locked it" : lockers.begin()->second;
    missing.fix = core::no_fix("ask again when the transaction that has locked it has ended");
  }
  not_checked.push_back(std::move(missing));
  return false;
}

void mark_taken_off(std::vector<CatalogTable> &tables) {
  const bool any = std::any_of(tables.begin(), tables.end(), [](const CatalogTable &table) {
    return table.facts.guard == core::GuardState::kMissing;
  });
  if (!any) return;
  const std::vector<NamedEntry> marks = read_marks();
  const FormerNames names(tables, marks);
  std::unordered_map<std::size_t, const core::LogEntry *> last;
  for (const NamedEntry &mark : marks) {
    if (mark.entry.operation == core::Operation::kRename) continue;
    if (const auto table = names.table_of(mark.entry)) last[*table] = &mark.entry;
  }
  for (const auto &[index, entry] : last) {
    core::VersionTable &table = tables[index].facts;
    if (table.guard != core::GuardState::kMissing || entry->operation != core::Operation::kUnprotect)
      continue;
    table.guard = core::GuardState::kTakenOff;
    table.taken_off = *entry;
  }
}

std::vector<core::LogEntry> read_log(std::vector<CatalogTable> &tables,
                                     std::vector<core::NotChecked> &not_checked) {
  if (!may_read_log(not_checked)) return {};
  const FormerNames names(tables, read_marks());
  read_entries(tables, names);
  return read_drops(names);
}

}  // namespace migfix::server
