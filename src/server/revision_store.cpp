#include "server/revision_store.hpp"

#include "core/joined.hpp"
#include "core/md5.hpp"
#include "core/revision_change.hpp"
#include "core/sql_text.hpp"
#include "core/utf8.hpp"
#include "server/environment_cache.hpp"
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

constexpr std::size_t kBatchBytes = 4 << 20;  // of statements written at once
// Of a name, in bytes: one of an environment and one of a revision must fit into an entry of the primary
// key's index, which holds 2704.
constexpr std::size_t kLongestName = 1000;

struct Known {
  core::Revision revision;
  std::string source;
  std::string statements_source;  // empty: none are known
  std::string statements_digest;
  std::string file;
  std::int64_t position = 0;
  std::int64_t linked = 0;
  std::string former_parents;  // as SQL writes an array
};

// A row of migfix.revision to be written, as texts.
struct NewRow {
  const StoredRevision *stored;
  core::Revision revision;
  std::string source;
  std::string statements_source;
  std::string statements_digest;
  std::string file;
  std::int64_t position = 0;
  std::int64_t linked = 0;
  std::string former_parents = "{}";
  bool statements_changed = false;
};

using KnownRevisions = std::unordered_map<std::string, Known>;

// Loads wait for each other, readers for none of them.
void lock_revisions() {
  call([] {
    const Oid table = get_relname_relid("revision", get_namespace_oid("migfix", false));
    LockRelationOid(table, ShareRowExclusiveLock);
  });
}

KnownRevisions known_revisions(const std::string &environment) {
  static constinit Statement statement{
      "SELECT revision, array_to_string(down_revision, chr(1)), array_to_string(depends_on, chr(1)),"
      " array_to_string(branch_labels, chr(1)), coalesce(message, ''), source, coalesce(statements_source, "
      "''),"
      " coalesce(statements_digest, ''), coalesce(file, ''), position, linked, former_parents"
      " FROM migfix.revision WHERE environment = $1",
      1};
  KnownRevisions known;
  run(statement, {environment}, SnapshotKind::kLatest, [&](const RowView &row) {
    Known entry;
    entry.revision = {row.string(0), joined_items(row.text(1)), joined_items(row.text(2)),
                      joined_items(row.text(3)), row.string(4)};
    entry.source = row.string(5);
    entry.statements_source = row.string(6);
    entry.statements_digest = row.string(7);
    entry.file = row.string(8);
    entry.position = row.integer(9);
    entry.linked = row.integer(10);
    entry.former_parents = row.string(11);
    known.emplace(row.string(0), std::move(entry));
  });
  return known;
}

std::string digest_of(const std::vector<StoredStatement> &statements) {
  std::string text;
  for (const StoredStatement &statement : statements) {
    for (const std::string *part : {&statement.operation, &statement.object, &statement.statement,
                                    &statement.once, &statement.opaque}) {
      text += *part;
      text += '\0';
    }
    text += statement.check_first ? 't' : 'f';
    text += std::to_string(statement.line) + '\n';
  }
  return core::md5_hex(text);
}

NewRow merged(const StoredRevision &stored, RevisionSource source, const Known &known,
              const core::RevisionGraph &graph, std::vector<std::string> &clauses) {
  NewRow row;
  row.stored = &stored;
  row.file = stored.file.empty() ? known.file : stored.file;
  row.source = source_name(source);
  row.revision = stored.revision;
  if ((source == RevisionSource::kRegistered || source == RevisionSource::kObserved) && row.revision.message.empty())
    row.revision.message = known.revision.message;
  if (source == RevisionSource::kSql) {
    row.revision = core::with_sql(known.revision, stored.revision, graph);
    if (core::same_parents(row.revision, known.revision)) row.source = known.source;
  }
  row.statements_source = known.statements_source;
  row.statements_digest = known.statements_digest;
  if (source == RevisionSource::kSql ||
      (source == RevisionSource::kScripts && known.statements_source != "sql")) {
    const std::string digest = digest_of(stored.statements);
    row.statements_changed = digest != known.statements_digest || known.statements_source.empty();
    row.statements_source = source_name(source);
    row.statements_digest = digest;
    if (row.statements_changed)
      clauses.emplace_back(known.statements_source.empty()
                               ? "its statements are known now"
                               : "its statements, or the lines that they stand on, changed");
  } else if (source == RevisionSource::kScripts) {
    clauses.emplace_back("its statements stay those of the loaded SQL");
  }
  if (row.source != known.source) clauses.push_back(fmt::format("it was known from {}", known.source));
  if (row.file != known.file) clauses.push_back(fmt::format("its file is {}", row.file));
  row.position = known.position;
  row.linked = known.linked;
  row.former_parents = known.former_parents;
  return row;
}

std::string joined_clauses(const std::vector<std::string> &clauses) {
  return core::joined(clauses, "; ");
}

// Texts of many rows, one SQL array for each column.
class Columns {
 public:
  explicit Columns(std::size_t count) : columns_(count) {}
  void add(std::initializer_list<std::string> row) {
    std::size_t i = 0;
    for (const std::string &value : row) {
      bytes_ += value.size();
      columns_[i++].push_back(value);
    }
  }
  bool empty() const { return columns_[0].empty(); }
  std::size_t bytes() const { return bytes_; }
  void append_to(std::vector<Value> &parameters) const {
    for (const auto &column : columns_) parameters.emplace_back(sql_array(column));
  }
  void clear() {
    for (auto &column : columns_) column.clear();
    bytes_ = 0;
  }

 private:
  std::vector<std::vector<std::string>> columns_;
  std::size_t bytes_ = 0;
};

void write_rows(const std::string &environment, const std::string &role, std::int64_t load,
                const std::vector<NewRow> &rows) {
  static constinit Statement statement{
      "INSERT INTO migfix.revision (environment, revision, down_revision, depends_on, branch_labels, "
      "message, file,"
      " source, statements_source, statements_digest, position, added, linked, former_parents, loaded_by)"
      " SELECT $1, r, d::text[], n::text[], b::text[], nullif(m, ''), nullif(f, ''), s, nullif(t, ''), "
      "nullif(h, ''),"
      " p::bigint, $2::bigint, l::bigint, o::text[], $3::name"
      " FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], "
      "$11::text[],"
      " $12::text[], $13::text[], $14::text[], $15::text[]) AS u (r, d, n, b, m, f, s, t, h, p, l, o)"
      " ON CONFLICT (environment, revision) DO UPDATE SET down_revision = EXCLUDED.down_revision,"
      " depends_on = EXCLUDED.depends_on, branch_labels = EXCLUDED.branch_labels, message = EXCLUDED.message,"
      " file = EXCLUDED.file, source = EXCLUDED.source, statements_source = EXCLUDED.statements_source,"
      " statements_digest = EXCLUDED.statements_digest, linked = EXCLUDED.linked,"
      " former_parents = EXCLUDED.former_parents, loaded_by = EXCLUDED.loaded_by, loaded_at = "
      "EXCLUDED.loaded_at",
      15};
  Columns columns(12);
  for (const NewRow &row : rows) {
    const core::Revision &revision = row.revision;
    columns.add({revision.revision, sql_array(revision.down_revision), sql_array(revision.depends_on),
                 sql_array(revision.branch_labels), revision.message, row.file, row.source,
                 row.statements_source, row.statements_digest, std::to_string(row.position),
                 std::to_string(row.linked), row.former_parents});
  }
  std::vector<Value> parameters = {environment, std::to_string(load), role};
  columns.append_to(parameters);
  run(statement, parameters, SnapshotKind::kNew);
}

void write_statements(const std::string &environment, const Columns &columns) {
  static constinit Statement statement{
      "INSERT INTO migfix.revision_statement (environment, revision, position, operation, object, statement, "
      "once,"
      " check_first, opaque, line)"
      " SELECT $1, r, p::integer, nullif(k, ''), nullif(o, ''), nullif(s, ''), nullif(u, ''), c::boolean, "
      "nullif(q, ''),"
      " nullif(l, '0')::integer"
      " FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], "
      "$9::text[],"
      " $10::text[]) AS v (r, p, k, o, s, u, c, q, l)",
      10};
  if (columns.empty()) return;
  std::vector<Value> parameters = {environment};
  columns.append_to(parameters);
  run(statement, parameters, SnapshotKind::kNew);
}

void replace_statements(const std::string &environment, const std::vector<NewRow> &rows) {
  static constinit Statement clear{
      "DELETE FROM migfix.revision_statement WHERE environment = $1 AND revision = ANY ($2::text[])", 2};
  std::vector<std::string> ids;
  for (const NewRow &row : rows) {
    if (row.statements_changed) ids.push_back(row.revision.revision);
  }
  if (ids.empty()) return;
  run(clear, {environment, sql_array(ids)}, SnapshotKind::kNew);
  Columns columns(9);
  for (const NewRow &row : rows) {
    if (!row.statements_changed) continue;
    int position = 0;
    for (const StoredStatement &statement : row.stored->statements) {
      columns.add({row.revision.revision, std::to_string(++position), statement.operation, statement.object,
                   statement.statement, statement.once, statement.check_first ? "t" : "f", statement.opaque,
                   std::to_string(statement.line)});
    }
    if (columns.bytes() < kBatchBytes) continue;
    write_statements(environment, columns);
    columns.clear();
  }
  write_statements(environment, columns);
}

void require_kept(const core::Revision &revision) {
  const auto require = [&](const std::string &name) {
    if (const auto why = why_not_kept(name))
      throw core::Error(core::kInvalidParameterValue,
                        fmt::format("{} {}", core::in_quotes(core::clipped(name)), *why));
  };
  require(revision.revision);
  for (const auto *names : {&revision.down_revision, &revision.depends_on, &revision.branch_labels})
    for (const std::string &name : *names) require(name);
}

std::int64_t next_load_number() {
  static constinit Statement statement{"SELECT nextval('migfix.version_log_log_id_seq')", 0};
  std::int64_t number = 0;
  run(statement, {}, SnapshotKind::kNew, [&](const RowView &row) { number = row.integer(0); });
  return number;
}

}  // namespace

const char *source_name(RevisionSource source) {
  switch (source) {
    case RevisionSource::kSql:
      return "sql";
    case RevisionSource::kScripts:
      return "scripts";
    case RevisionSource::kObserved:
      return "observed";
    case RevisionSource::kRegistered:
      break;
  }
  return "registered";
}

const char *state_name(LoadedRevision::State state) {
  switch (state) {
    case LoadedRevision::State::kAdded:
      return "added";
    case LoadedRevision::State::kReplaced:
      return "replaced";
    case LoadedRevision::State::kUnchanged:
      break;
  }
  return "unchanged";
}

std::optional<std::string> why_not_kept(std::string_view name) {
  if (name.size() > kLongestName) return fmt::format("is longer than {} bytes", kLongestName);
  // One could not be told from another on a screen; and arrays are read joined by such a character.
  const auto is_control = [](unsigned char c) { return c < ' ' || c == 127; };
  if (std::any_of(name.begin(), name.end(), is_control)) return "has a control character";
  return std::nullopt;
}

std::vector<LoadedRevision> store_revisions(const std::string &environment, RevisionSource source,
                                            const std::vector<StoredRevision> &revisions) {
  for (const StoredRevision &stored : revisions) require_kept(stored.revision);
  const std::string role = call([] { return GetUserNameFromId(GetUserId(), false); });
  RightsOf owner(log_owner());
  lock_revisions();
  const KnownRevisions known = known_revisions(environment);
  const auto kept = environment_named(environment);
  const core::RevisionGraph none;
  const core::RevisionGraph &graph = kept ? kept->graph : none;
  std::int64_t position = 0;
  for (const auto &[id, entry] : known) position = std::max(position, entry.position);

  std::vector<LoadedRevision> answers(revisions.size());
  std::unordered_map<std::string, std::size_t> last;
  for (std::size_t i = 0; i < revisions.size(); ++i) last[revisions[i].revision.revision] = i;
  std::vector<NewRow> rows;
  for (std::size_t i = 0; i < revisions.size(); ++i) {
    check_for_interrupts();
    const StoredRevision &stored = revisions[i];
    LoadedRevision &answer = answers[i];
    if (last[stored.revision.revision] != i) {
      answer = {LoadedRevision::State::kUnchanged, "stands again further on, and the last one counts"};
      continue;
    }
    const auto found = known.find(stored.revision.revision);
    if (found == known.end()) {
      const bool has_statements = source == RevisionSource::kSql || source == RevisionSource::kScripts;
      rows.push_back({&stored, stored.revision, source_name(source),
                      has_statements ? source_name(source) : "",
                      has_statements ? digest_of(stored.statements) : "", stored.file, ++position, 0, "{}",
                      has_statements});
      continue;
    }
    const Known &before = found->second;
    std::vector<std::string> clauses;
    NewRow row = merged(stored, source, before, graph, clauses);
    for (std::string &clause : core::describe_change(before.revision, row.revision))
      clauses.push_back(std::move(clause));
    answer.detail = joined_clauses(clauses);
    const bool moved = !core::same_parents(before.revision, row.revision);
    if (!moved && !row.statements_changed && row.revision == before.revision && row.file == before.file &&
        row.source == before.source) {
      answer.state = LoadedRevision::State::kUnchanged;
      continue;
    }
    answer.state = LoadedRevision::State::kReplaced;
    if (moved) {
      std::vector<std::string> parents = before.revision.down_revision;
      parents.insert(parents.end(), before.revision.depends_on.begin(), before.revision.depends_on.end());
      row.former_parents = sql_array(parents);
      row.linked = 0;
    }
    rows.push_back(std::move(row));
  }
  if (rows.empty()) return answers;
  const std::int64_t load = next_load_number();
  for (NewRow &row : rows) {
    if (row.linked == 0) row.linked = load;
  }
  write_rows(environment, role, load, rows);
  replace_statements(environment, rows);
  return answers;
}

std::unordered_set<std::string> placed_by_observation(const std::string &environment) {
  static constinit Statement statement{
      "SELECT revision FROM migfix.revision WHERE environment = $1 AND source = 'observed'", 1};
  std::unordered_set<std::string> revisions;
  const RightsOf rights(log_owner());
  run(statement, {environment}, SnapshotKind::kLatest, [&](const RowView &row) { revisions.insert(row.string(0)); });
  return revisions;
}

bool remove_revision(const std::string &environment, const std::string &revision) {
  static constinit Statement statements{
      "DELETE FROM migfix.revision_statement WHERE environment = $1 AND revision = $2", 2};
  static constinit Statement statement{"DELETE FROM migfix.revision WHERE environment = $1 AND revision = $2",
                                       2};
  RightsOf owner(log_owner());
  lock_revisions();
  run(statements, {environment, revision}, SnapshotKind::kNew);
  return run(statement, {environment, revision}, SnapshotKind::kNew) > 0;
}

}  // namespace migfix::server
