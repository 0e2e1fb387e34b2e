#include "core/diagnosis.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "core/graph_row_findings.hpp"
#include "core/lineage_findings.hpp"
#include "core/remedy.hpp"
#include "core/schema_findings.hpp"
#include "core/schema_words.hpp"
#include "core/sql_text.hpp"
#include "core/version_history.hpp"
#include "core/version_id.hpp"
#include "core/version_shape_findings.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kMostUndos = 50;

constexpr char kStartsFromBase[] =
    "The next `alembic upgrade` starts from base and fails on the first CREATE of what is there already "
    "(42710 for an enum, 42P07 for a table).";

bool takes_versions_away(const LogEntry &entry) {
  return changes_rows(entry.operation) && entry.operation != Operation::kInsert &&
         entry.operation != Operation::kUpdate && entry.old_version.has_value();
}

// Objects by schema: what a version table without rows is judged by.
struct SchemaContents {
  ObjectCount count;
  std::vector<const SchemaObject *> first;  // the first few

  void add(const SchemaObject &object) {
    count.add(object);
    if (first.size() < 5) first.push_back(&object);
  }
  std::string names(const SchemaFacts &schema) const {
    std::vector<std::string> names;
    for (const SchemaObject *object : first) names.push_back(object_text(schema, *object));
    for (std::size_t i = names.size(); i < count.total(); ++i) names.emplace_back();  // counted, not named
    return list_of(names, first.size());
  }
};

// Distinct versions that could be revisions, in physical order.
std::vector<std::string> real_versions(const VersionTable &table) {
  std::vector<std::string> versions;
  for (const auto &version : versions_of(table)) {
    if (!version || why_never_a_revision(*version)) continue;
    if (std::find(versions.begin(), versions.end(), *version) == versions.end()) versions.push_back(*version);
  }
  return versions;
}

// Where the statements of the revisions are known, the schema says where it is.
std::optional<std::string> known_way(const Facts &facts, const std::string &version_table) {
  const SchemaStanding *standing = standing_of(facts, version_table);
  if (standing == nullptr) return std::nullopt;
  switch (standing->mending) {
    case SchemaStanding::Mending::kSafe:
      return repair_call(facts.installation, {standing->version_table});
    case SchemaStanding::Mending::kNeedsDecision:
      return no_fix("what would mend it needs a decision:\n" +
                    plan_call(facts.installation, standing->version_table));
    case SchemaStanding::Mending::kNothing:
      return no_fix(
          "nothing of what stands there is made by the revisions that are loaded: alembic upgrade starts "
          "from base, and does not stumble over it");
  }
  return std::nullopt;
}

// --- MF101

void judge_no_version_table(const Facts &facts, std::vector<Finding> &findings) {
  if (!facts.whole_database || !facts.version_tables.empty() || facts.schema.objects.empty()) return;
  SchemaContents contents;
  std::set<std::uint32_t> schemas;
  for (const SchemaObject &object : facts.schema.objects) {
    contents.add(object);
    schemas.insert(object.schema);
  }
  std::vector<std::string> schema_names;
  for (const std::uint32_t schema : schemas) schema_names.push_back(facts.schema.schemas[schema].sql_name);

  Finding finding{"MF101", Severity::kError, "", "", "", "", ""};
  finding.message = fmt::format("{} {} in {} {}, but no version table records a revision",
                                contents.count.text(), contents.count.stand(),
                                schemas.size() == 1 ? "schema" : "schemas", list_of(schema_names, 3));
  finding.detail = fmt::format("There {} {}. {}", contents.count.total() == 1 ? "is" : "are",
                               contents.names(facts.schema), kStartsFromBase);

  // One undo restores all that one change took away.
  std::vector<const LogEntry *> drops;
  std::unordered_set<std::int64_t> changes;
  for (const LogEntry &entry : facts.dropped) {
    if (entry.old_version && changes.insert(entry.change_id).second) drops.push_back(&entry);
  }
  if (drops.empty()) {
    finding.detail +=
        " That is what is left where a program created the tables itself (create_all), or where a dump was "
        "restored without its version table.";
    finding.fix = known_way(facts, "").value_or(find_revision_first(facts.installation, false, ""));
  } else {
    finding.detail += fmt::format(" {} was dropped with version {} at {}.", drops[0]->version_table,
                                  in_quotes(*drops[0]->old_version), who_and_when(*drops[0]));
    if (drops.size() > 1)
      finding.detail += fmt::format(" {} before it dropped others.", count_of(drops.size() - 1, "change"));
    for (std::size_t i = 0; i < drops.size() && i < kMostUndos; ++i) {
      if (i > 0) finding.fix += '\n';
      finding.fix += undo_call(facts.installation, drops[i]->log_id);
    }
  }
  findings.push_back(std::move(finding));
}

// --- MF102

void judge_empty(const Facts &facts, const VersionTable &table, const SchemaContents &contents,
                 std::vector<Finding> &findings) {
  Finding finding{"MF102", Severity::kError, table.name, "", "", "", ""};
  finding.message = fmt::format("{} is empty, although {} {} in schema {}", table.name, contents.count.text(),
                                contents.count.stand(), table.schema_name);
  finding.detail = fmt::format("There {} {}. {}", contents.count.total() == 1 ? "is" : "are",
                               contents.names(facts.schema), kStartsFromBase);
  const LogEntry *last = last_change(table.log);
  if (last != nullptr && takes_versions_away(*last)) {
    finding.detail += fmt::format(" It was emptied by {} at {}.", what(*last), who_and_when(*last));
    finding.fix = undo_call(facts.installation, last->log_id);
  } else {
    finding.fix =
        known_way(facts, table.name).value_or(find_revision_first(facts.installation, false, table.name));
  }
  findings.push_back(std::move(finding));
}

// --- MF108

void judge_duplicates_of_rows(const VersionTable &table, std::vector<Finding> &findings) {
  std::map<std::string, int> counts;
  for (const auto &version : versions_of(table)) {
    if (version) ++counts[*version];
  }
  std::vector<std::string> twice;
  int most = 0;
  for (const auto &[version, count] : counts) {
    if (count < 2) continue;
    twice.push_back(fmt::format("{} {} times", in_quotes(version), count));
    most = std::max(most, count);
  }
  if (twice.empty()) return;
  Finding finding{"MF108", Severity::kError, table.name, "", "", "", ""};
  finding.message = fmt::format("{} records {}", table.name, list_of(twice));
  finding.detail = fmt::format(
      "The next migration from there stops with \"Online migration expected to match one row when updating "
      "...; {} "
      "found\".",
      most);
  finding.fix = is_plain_table(table)
                    ? delete_duplicates(table)
                    : no_fix(fmt::format(
                          "rows of a {} cannot be told apart here; delete all but one where they come from",
                          relation_kind_name(table.kind)));
  findings.push_back(std::move(finding));
}

// --- MF111

// The statement that goes back to the version before, where the log knows it and nothing moved since.
std::string undo_of(const Facts &facts, const VersionTable &table,
                    const std::optional<std::string> &version) {
  const LogEntry *last = last_change(table.log);
  if (last == nullptr || last->operation != Operation::kUpdate || last->new_version != version) return {};
  if (!last->old_version || why_never_a_revision(*last->old_version)) return {};
  return undo_call(facts.installation, last->log_id);
}

void judge_never_revisions(const Facts &facts, const VersionTable &table, bool others,
                           std::vector<Finding> &findings) {
  std::set<std::optional<std::string>> judged;
  const auto versions = versions_of(table);
  for (const auto &version : versions) {
    const std::optional<std::string> why =
        version ? why_never_a_revision(*version) : "NULL is not a revision";
    if (!why || !judged.insert(version).second) continue;
    Finding finding{"MF111", Severity::kError, table.name, "", "", "", ""};
    finding.message = fmt::format("{} holds a row that can never be a revision: {}", table.name, *why);
    finding.detail = version
                         ? what_alembic_does_with(*version)
                         : "Alembic takes it for base, starts from the first migration, which fails on what "
                           "is there already, and leaves the row behind.";
    const auto entry = std::find_if(table.log.rbegin(), table.log.rend(), [&](const LogEntry &logged) {
      return (logged.operation == Operation::kInsert || logged.operation == Operation::kUpdate) &&
             logged.new_version == version;
    });
    if (entry != table.log.rend()) {
      finding.detail += fmt::format(" It came by {} at {}.", what(*entry), who_and_when(*entry));
    }
    if (others) {
      finding.fix = version ? fmt::format("DELETE FROM {} WHERE {} = {};", table.name, kVersionColumn,
                                          quote_literal(*version))
                            : fmt::format("DELETE FROM {} WHERE {} IS NULL;", table.name, kVersionColumn);
    } else {
      if (versions.size() == 1) finding.fix = undo_of(facts, table, version);
      if (finding.fix.empty()) finding.fix = find_revision_first(facts.installation, true, table.name);
    }
    findings.push_back(std::move(finding));
  }
}

// --- MF110

struct Hidden {
  std::vector<std::string> by;                     // names of the tables in front of it
  std::unordered_set<const VersionTable *> known;  // the same
  std::vector<std::string> owners;                 // of the paths
};

void judge_search_paths(const Facts &facts, std::vector<Finding> &findings) {
  std::unordered_map<std::string, std::uint32_t> schema_index;
  for (std::uint32_t i = 0; i < facts.schema.schemas.size(); ++i)
    schema_index[facts.schema.schemas[i].name] = i;
  std::unordered_map<std::uint32_t, std::vector<const VersionTable *>> in_schema;
  for (const VersionTable &table : facts.version_tables) {
    const auto found = schema_index.find(table.schema);
    if (found != schema_index.end()) in_schema[found->second].push_back(&table);
  }
  std::map<const VersionTable *, Hidden> hidden;
  std::unordered_set<const VersionTable *> first_somewhere;
  for (const SearchPath &path : facts.schema.search_paths) {
    std::unordered_map<std::string, const VersionTable *> first;
    for (const std::uint32_t schema : path.schemas) {
      const auto found = in_schema.find(schema);
      if (found == in_schema.end()) continue;
      for (const VersionTable *table : found->second) {
        const auto [winner, is_first] = first.emplace(table->table, table);
        if (is_first) {
          first_somewhere.insert(table);
        } else if (winner->second != table) {
          Hidden &of = hidden[table];
          if (of.known.insert(winner->second).second) of.by.push_back(winner->second->name);
          of.owners.push_back(path.owner);
        }
      }
    }
  }
  for (const auto &[table, of] : hidden) {
    const bool unused = !first_somewhere.contains(table) && is_plain_table(*table) &&
                        table->not_checked.empty() && table->rows.empty() && table->log.empty() &&
                        holds_versions(*table);
    Finding finding{"MF110", Severity::kWarning, table->name, "", "", "", ""};
    finding.message = fmt::format("{} stands behind {} on the search_path of {}", table->name,
                                  list_of(of.by, 3), list_of(of.owners, 3));
    finding.detail = fmt::format(
        "There Alembic means {} when it says {}: it reads and writes that one alone and never sees {}{}.",
        of.by.size() == 1 ? of.by[0] : "the first", name_in_sql(table->table), table->name,
        table->not_checked.empty() && holds_versions(*table)
            ? fmt::format(", which has {}", count_of(table->rows.size(), "row"))
            : "");
    finding.fix = unused
                      ? fmt::format("DROP TABLE {};", table->name)
                      : no_fix(
                            "which of them is right depends on where the migrations should run: set "
                            "version_table_schema in env.py, or the search_path of the role that migrates; "
                            "drop a version table only when its schema is no longer migrated");
    if (unused) finding.detail += " It is empty, and first on no search_path.";
    findings.push_back(std::move(finding));
  }
}

// A column that is too narrow for the ids that are known (MF116) is not mended by the width of Alembic's own
// (MF109).
void add_graph_findings(const Facts &facts, std::vector<Finding> &findings) {
  std::vector<Finding> by_graph = judge_rows_by_graph(facts);
  std::unordered_set<std::string> too_narrow;
  for (const Finding &finding : by_graph)
    if (finding.code == "MF116") too_narrow.insert(finding.version_table);
  std::erase_if(findings, [&](const Finding &finding) {
    return finding.code == "MF109" && too_narrow.contains(finding.version_table);
  });
  for (Finding &finding : by_graph) findings.push_back(std::move(finding));
}

}  // namespace

std::vector<Finding> judge_version_rows(const Facts &facts) {
  std::vector<Finding> findings;
  judge_no_version_table(facts, findings);

  std::unordered_map<std::string, SchemaContents> contents;  // by raw schema name
  for (const SchemaObject &object : facts.schema.objects) {
    contents[facts.schema.schemas[object.schema].name].add(object);
  }
  for (const VersionTable &table : facts.version_tables) {
    for (Finding &finding : judge_version_shape(table)) findings.push_back(std::move(finding));
    if (!holds_versions(table) || !table.not_checked.empty()) continue;
    if (table.rows.empty()) {
      const auto found = contents.find(table.schema);
      if (found != contents.end()) judge_empty(facts, table, found->second, findings);
      continue;
    }
    const std::vector<std::string> versions = real_versions(table);
    if (!table.environment) {
      for (Finding &finding : judge_several_by_log(facts, table, versions))
        findings.push_back(std::move(finding));
    }
    judge_duplicates_of_rows(table, findings);
    judge_never_revisions(facts, table, !versions.empty(), findings);
  }
  judge_search_paths(facts, findings);
  add_graph_findings(facts, findings);
  return findings;
}

}  // namespace migfix::core
