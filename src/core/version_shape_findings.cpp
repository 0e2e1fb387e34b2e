#include "core/version_shape_findings.hpp"

#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

#include "core/remedy.hpp"
#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

bool is_padded(const VersionTable &table) {
  return table.column_type.starts_with("character(");
}

std::string change_type(const VersionTable &table) {
  return fmt::format("ALTER TABLE {} ALTER COLUMN {} TYPE character varying({});", table.name, kVersionColumn,
                     std::max(table.column_width.value_or(kAlembicWidth), kAlembicWidth));
}

Finding wrong_kind(const VersionTable &table) {
  Finding finding{"MF112", Severity::kWarning, table.name, "", "", "", ""};
  finding.message =
      fmt::format("{} is a {}, which the guard cannot cover", table.name, relation_kind_name(table.kind));
  if (table.kind == RelationKind::kMaterializedView) {
    finding.severity = Severity::kError;
    finding.message = fmt::format("{} is a materialized view, which cannot be written", table.name);
    finding.detail =
        "Alembic takes it for its version table, runs the body of the first migration and fails when it "
        "records the version (42809).";
    finding.fix = no_fix(
        "which table should hold the versions only the environment's owner knows; rename this one, or set "
        "version_table and version_table_schema in env.py");
  } else {
    finding.detail =
        "Alembic works with it as with a table, but triggers that judge version rows can stand on a table "
        "only: changes are neither checked nor logged here.";
    finding.fix = no_fix("none needed if the table that it stands for is guarded: protect that one");
  }
  return finding;
}

Finding no_column(const VersionTable &table) {
  return {
      "MF112",
      Severity::kError,
      table.name,
      "",
      fmt::format("{} has no column {}", table.name, kVersionColumn),
      fmt::format("Alembic takes every relation of that name for its version table, and each of its commands "
                  "fails with \"column {}.{} does not exist\" (42703).",
                  name_in_sql(table.table), kVersionColumn),
      no_fix("it may be another program's table; rename it, or set version_table in env.py to another "
             "name")};
}

Finding wrong_type(const VersionTable &table) {
  Finding finding{"MF112", Severity::kError, table.name, "", "", "", ""};
  finding.message = fmt::format("{} has a column {} of type {}, not of a text type", table.name,
                                kVersionColumn, table.column_type);
  finding.detail =
      "Alembic reads and writes revision ids as text, and cannot find a revision by anything else.";
  const bool empty = table.not_checked.empty() && table.rows.empty();
  if (empty && is_plain_table(table)) {
    finding.fix = fmt::format("ALTER TABLE {0} ALTER COLUMN {1} TYPE character varying({2}) USING {1}::text;",
                              table.name, kVersionColumn, kAlembicWidth);
  } else {
    finding.fix = no_fix(
        "the ids cannot be read back from the values with certainty (001 kept as a number is 1); change the "
        "type, then stamp the revision that the schema is at");
  }
  return finding;
}

Finding no_key(const VersionTable &table) {
  Finding finding{"MF107", Severity::kWarning, table.name, "", "", "", ""};
  finding.message = fmt::format("{} has no primary key or unique index on {}", table.name, kVersionColumn);
  finding.detail =
      "Nothing but the guard keeps a version from being recorded twice, and Alembic stops at a version that "
      "is (\"expected to match one row\"). Alembic creates its table with a primary key, unless "
      "version_table_pk is off.";
  const std::string add_key = fmt::format("ALTER TABLE {} ADD CONSTRAINT {} PRIMARY KEY ({});", table.name,
                                          name_in_sql(table.table + "_pkc"), kVersionColumn);
  if (!table.not_checked.empty()) {
    finding.fix = add_key;
    return finding;
  }
  std::unordered_set<std::string> seen;
  bool duplicates = false;
  bool nulls = false;
  for (const auto &version : versions_of(table)) {
    if (!version) {
      nulls = true;
    } else if (!seen.insert(*version).second) {
      duplicates = true;
    }
  }
  if (nulls && seen.empty()) {
    finding.fix = no_fix("put the real revision in place of NULL first (MF111), then:\n" + add_key);
    return finding;
  }
  if (nulls || duplicates) {
    finding.detail +=
        fmt::format(" The {} must go first.", nulls && duplicates ? "rows with NULL and the duplicates"
                                              : nulls             ? "rows with NULL"
                                                                  : "duplicates");
  }
  if (nulls) finding.fix += fmt::format("DELETE FROM {} WHERE {} IS NULL;\n", table.name, kVersionColumn);
  if (duplicates) finding.fix += delete_duplicates(table) + "\n";
  finding.fix += add_key;
  return finding;
}

Finding unfit_column(const VersionTable &table) {
  Finding finding{"MF109", Severity::kWarning, table.name, "", "", "", change_type(table)};
  if (is_padded(table)) {
    finding.message = fmt::format("{}.{} is {}, which pads versions with blanks", table.name, kVersionColumn,
                                  table.column_type);
    finding.detail =
        "Alembic reads the blanks as part of the id and fails with \"Can't locate revision identified by "
        "'...   '\" for every id that is shorter than the column.";
  } else {
    finding.message = fmt::format("{}.{} is {}, narrower than Alembic's character varying({})", table.name,
                                  kVersionColumn, table.column_type, kAlembicWidth);
    finding.detail =
        "The body of a migration with a longer id runs, then recording it fails with \"value too long\" "
        "(22001), and everything is rolled back.";
  }
  return finding;
}

}  // namespace

bool is_plain_table(const VersionTable &table) {
  return table.kind == RelationKind::kTable || table.kind == RelationKind::kPartitionedTable;
}

bool holds_versions(const VersionTable &table) {
  return table.has_column && table.is_text;
}

std::vector<std::optional<std::string>> versions_of(const VersionTable &table) {
  std::vector<std::optional<std::string>> versions = table.rows;
  if (!is_padded(table)) return versions;
  for (auto &version : versions) {
    if (version) version->erase(version->find_last_not_of(' ') + 1);
  }
  return versions;
}

std::string delete_duplicates(const VersionTable &table) {
  // A ctid is unique within one partition only.
  const char *const key =
      table.kind == RelationKind::kPartitionedTable ? "({0}.tableoid, {0}.ctid)" : "{0}.ctid";
  return fmt::format("DELETE FROM {0} a USING {0} b WHERE a.{1} = b.{1} AND {2} > {3};", table.name,
                     kVersionColumn, fmt::format(fmt::runtime(key), "a"),
                     fmt::format(fmt::runtime(key), "b"));
}

std::vector<Finding> judge_version_shape(const VersionTable &table) {
  std::vector<Finding> findings;
  if (!table.has_column) {
    findings.push_back(no_column(table));
    return findings;
  }
  if (!table.is_text) {
    findings.push_back(wrong_type(table));
    return findings;
  }
  if (table.kind != RelationKind::kTable) findings.push_back(wrong_kind(table));
  if (!is_plain_table(table)) return findings;
  if (!table.has_key) findings.push_back(no_key(table));
  if (is_padded(table) || (table.column_width && *table.column_width < kAlembicWidth)) {
    findings.push_back(unfit_column(table));
  }
  return findings;
}

}  // namespace migfix::core
