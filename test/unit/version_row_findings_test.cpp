#include <gtest/gtest.h>

#include "core/diagnosis.hpp"
#include "unit/facts_builder.hpp"

namespace migfix::core {
namespace {

using test::Codes;
using test::codes;
using test::entry;
using test::FactsBuilder;
using test::version_table;

bool has(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

Finding only(const std::vector<Finding> &findings) {
  EXPECT_EQ(findings.size(), 1u) << testing::PrintToString(codes(findings));
  return findings.empty() ? Finding{} : findings[0];
}

// A version table whose log shows 001 -> a -> h in one run.
VersionTable upgraded(std::vector<std::optional<std::string>> rows) {
  VersionTable table = version_table("public", std::move(rows));
  table.log = {entry(1, Operation::kInsert, std::nullopt, "001", 1),
               entry(2, Operation::kUpdate, "001", "a", 1), entry(3, Operation::kUpdate, "a", "h", 1)};
  return table;
}

TEST(MF101, NoVersionTable) {
  FactsBuilder built;
  built.table("public", "audio_files");
  built.enumeration("public", "processingstatus");
  const Finding finding = only(judge_version_rows(built.facts));
  EXPECT_EQ(finding.code, "MF101");
  EXPECT_EQ(finding.severity, Severity::kError);
  EXPECT_EQ(finding.message,
            "1 table and 1 enum stand in schema public, but no version table records a revision");
  EXPECT_TRUE(has(finding.detail, "There are table public.\"audio_files\"") ||
              has(finding.detail, "There are table public.audio_files and enum public.\"processingstatus\"."))
      << finding.detail;
  EXPECT_TRUE(has(finding.fix, "\n-- 2. SELECT * FROM migfix_stamp('<its id>');\n")) << finding.fix;
}

TEST(MF101, DroppedVersionTableIsBroughtBack) {
  FactsBuilder built;
  built.table("public", "a");
  built.facts.dropped = {entry(9, Operation::kDrop, "h", std::nullopt, 8),
                         entry(8, Operation::kDrop, "g", std::nullopt, 8)};
  built.facts.installation.schema_name = "tools";
  const Finding finding = only(judge_version_rows(built.facts));
  EXPECT_EQ(finding.fix, "SELECT * FROM tools.migfix_undo(9);");
  EXPECT_TRUE(
      has(finding.detail,
          "public.alembic_version was dropped with version \"h\" at 2026-11-21 10:03:07+00 by role appuser "
          "(application \"alembic\", pid 4711)."))
      << finding.detail;
  EXPECT_EQ(finding.message, "1 table stands in schema public, but no version table records a revision");
}

TEST(MF101, EmptyTableThatWasDroppedCannotBeUndone) {
  FactsBuilder built;
  built.table("public", "a");
  built.facts.dropped = {entry(9, Operation::kDrop, std::nullopt, std::nullopt)};
  EXPECT_TRUE(only(judge_version_rows(built.facts)).fix.starts_with("-- "));
}

TEST(MF101, NotWithAVersionTableNorAnEmptyDatabaseNorAskedForOne) {
  FactsBuilder built;
  EXPECT_TRUE(judge_version_rows(built.facts).empty());
  built.table("public", "a");
  built.facts.whole_database = false;
  EXPECT_TRUE(judge_version_rows(built.facts).empty());
  built.facts.whole_database = true;
  built.facts.version_tables = {version_table("public", {"h"})};
  EXPECT_TRUE(judge_version_rows(built.facts).empty());
}

TEST(MF101, ManySchemas) {
  FactsBuilder built;
  for (int i = 0; i < 10000; ++i) built.table("t" + std::to_string(i), "users");
  EXPECT_EQ(
      only(judge_version_rows(built.facts)).message,
      "10000 tables stand in schemas t0, t1, t2 and 9997 more, but no version table records a revision");
}

TEST(MF102, Empty) {
  FactsBuilder built;
  built.facts.version_tables = {version_table("public", {})};
  EXPECT_TRUE(judge_version_rows(built.facts).empty());
  built.table("other", "a");
  EXPECT_TRUE(judge_version_rows(built.facts).empty());
  built.table("public", "a");
  const Finding finding = only(judge_version_rows(built.facts));
  EXPECT_EQ(finding.code, "MF102");
  EXPECT_EQ(finding.message, "public.alembic_version is empty, although 1 table stands in schema public");
  EXPECT_TRUE(
      has(finding.fix,
          "-- 2. SELECT * FROM migfix_stamp('<its id>', version_table => 'public.alembic_version');"));
}

TEST(MF102, EmptiedIsUndone) {
  FactsBuilder built;
  built.table("public", "a");
  VersionTable table = upgraded({});
  table.log.push_back(entry(4, Operation::kDelete, "h", std::nullopt));
  table.log.back().statement = "DELETE FROM alembic_version;";
  table.log.push_back(entry(5, Operation::kProtect, std::nullopt, std::nullopt));
  built.facts.version_tables = {table};
  const Finding finding = only(judge_version_rows(built.facts));
  EXPECT_EQ(finding.fix, "SELECT * FROM migfix_undo(4);");
  EXPECT_TRUE(
      has(finding.detail, "It was emptied by DELETE of \"h\" at 2026-11-21 10:03:07+00 by role appuser"));
}

TEST(MF102, NotCheckedIsNotEmpty) {
  FactsBuilder built;
  built.table("public", "a");
  VersionTable table = version_table("public", {});
  table.not_checked = "role r has no SELECT privilege on it";
  built.facts.version_tables = {table};
  EXPECT_TRUE(judge_version_rows(built.facts).empty());
}

TEST(MF104, AncestorBesideDescendant) {
  FactsBuilder built;
  built.facts.version_tables = {upgraded({"001", "h"})};
  const Finding finding = only(judge_version_rows(built.facts));
  EXPECT_EQ(finding.code, "MF104");
  EXPECT_EQ(finding.message, "public.alembic_version records \"001\" beside its descendant \"h\"");
  EXPECT_TRUE(has(finding.detail, "\"Requested revision h overlaps with other requested revisions 001\""))
      << finding.detail;
  EXPECT_TRUE(has(finding.detail,
                  "The log tells the order: UPDATE of \"001\" to \"a\" at 2026-11-21 10:03:07+00 by role "
                  "appuser (application \"alembic\", pid 4711) and UPDATE of \"a\" to \"h\" at "))
      << finding.detail;
  EXPECT_EQ(finding.fix,
            "SELECT * FROM migfix_stamp('h', purge => true, version_table => 'public.alembic_version');");
}

TEST(MF104, KeepsEveryMaximalRow) {
  FactsBuilder built;
  built.facts.version_tables = {upgraded({"x'y", "001", "h", "head", std::nullopt})};
  const auto findings = judge_version_rows(built.facts);
  EXPECT_EQ(codes(findings), (Codes{"MF104", "MF111", "MF111"}));
  EXPECT_EQ(findings[0].fix,
            "SELECT * FROM migfix_stamp(ARRAY['x''y', 'h'], purge => true, version_table => "
            "'public.alembic_version');");
}

TEST(MF105, SeveralHeads) {
  FactsBuilder built;
  built.facts.version_tables = {version_table("public", {"b", "a"})};
  const Finding finding = only(judge_version_rows(built.facts));
  EXPECT_EQ(finding.code, "MF105");
  EXPECT_EQ(finding.severity, Severity::kNotice);
  EXPECT_EQ(finding.message, "public.alembic_version records 2 versions: \"b\" and \"a\"");
  EXPECT_TRUE(finding.fix.starts_with("-- "));
}

TEST(MF107, NoKey) {
  FactsBuilder built;
  VersionTable table = version_table("public", {"a"});
  table.has_key = false;
  built.facts.version_tables = {table};
  EXPECT_EQ(
      only(judge_version_rows(built.facts)).fix,
      "ALTER TABLE public.alembic_version ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);");
  built.facts.version_tables[0].name = "public.\"My \"\"V\"";
  built.facts.version_tables[0].table = "My \"V";
  EXPECT_EQ(only(judge_version_rows(built.facts)).fix,
            "ALTER TABLE public.\"My \"\"V\" ADD CONSTRAINT \"My \"\"V_pkc\" PRIMARY KEY (version_num);");
}

TEST(MF107, DuplicatesAndNullsGoFirst) {
  FactsBuilder built;
  VersionTable table = version_table("public", {"a", "a", std::nullopt});
  table.has_key = false;
  built.facts.version_tables = {table};
  const auto findings = judge_version_rows(built.facts);
  EXPECT_EQ(codes(findings), (Codes{"MF107", "MF108", "MF111"}));
  EXPECT_TRUE(has(findings[0].detail, "The rows with NULL and the duplicates must go first."));
  EXPECT_EQ(
      findings[0].fix,
      "DELETE FROM public.alembic_version WHERE version_num IS NULL;\n"
      "DELETE FROM public.alembic_version a USING public.alembic_version b WHERE a.version_num = "
      "b.version_num "
      "AND a.ctid > b.ctid;\n"
      "ALTER TABLE public.alembic_version ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);");
  EXPECT_EQ(findings[1].message, "public.alembic_version records \"a\" 2 times");
  EXPECT_TRUE(has(findings[1].detail, "expected to match one row when updating ...; 2 found"));
  EXPECT_EQ(findings[2].fix, "DELETE FROM public.alembic_version WHERE version_num IS NULL;");
}

TEST(MF107, OnlyNullKeepsItsRow) {
  FactsBuilder built;
  VersionTable table = version_table("public", {std::nullopt});
  table.has_key = false;
  built.facts.version_tables = {table};
  const auto findings = judge_version_rows(built.facts);
  EXPECT_EQ(codes(findings), (Codes{"MF107", "MF111"}));
  EXPECT_TRUE(findings[0].fix.starts_with("-- "));
  EXPECT_TRUE(has(findings[1].fix, "purge => true"));
}

TEST(MF108, PartitionsAreToldApart) {
  FactsBuilder built;
  VersionTable table = version_table("public", {"a", "a", "a", "b"});
  table.kind = RelationKind::kPartitionedTable;
  built.facts.version_tables = {table};
  const auto findings = judge_version_rows(built.facts);
  EXPECT_EQ(codes(findings), (Codes{"MF112", "MF105", "MF108"}));
  EXPECT_EQ(findings[2].fix,
            "DELETE FROM public.alembic_version a USING public.alembic_version b WHERE a.version_num = "
            "b.version_num "
            "AND (a.tableoid, a.ctid) > (b.tableoid, b.ctid);");
  EXPECT_TRUE(has(findings[2].detail, "3 found"));
}

TEST(MF109, NarrowAndPadded) {
  FactsBuilder built;
  VersionTable table = version_table("public", {"a"});
  table.column_width = 4;
  table.column_type = "character varying(4)";
  built.facts.version_tables = {table};
  Finding finding = only(judge_version_rows(built.facts));
  EXPECT_EQ(finding.code, "MF109");
  EXPECT_EQ(finding.fix,
            "ALTER TABLE public.alembic_version ALTER COLUMN version_num TYPE character varying(32);");
  built.facts.version_tables[0].column_type = "character(40)";
  built.facts.version_tables[0].column_width = 40;
  built.facts.version_tables[0].rows = {"a                                       "};
  finding = only(judge_version_rows(built.facts));
  EXPECT_EQ(finding.message,
            "public.alembic_version.version_num is character(40), which pads versions with blanks");
  EXPECT_EQ(finding.fix,
            "ALTER TABLE public.alembic_version ALTER COLUMN version_num TYPE character varying(40);");
  built.facts.version_tables[0].column_type = "text";
  built.facts.version_tables[0].column_width.reset();
  built.facts.version_tables[0].rows = {"a"};
  EXPECT_TRUE(judge_version_rows(built.facts).empty());
}

TEST(MF110, HiddenOnAPath) {
  FactsBuilder built;
  built.path("role appuser", {"app", "public"});
  built.facts.version_tables = {version_table("app", {"a"}), version_table("public", {"b"})};
  Finding finding = only(judge_version_rows(built.facts));
  EXPECT_EQ(finding.code, "MF110");
  EXPECT_EQ(finding.version_table, "public.alembic_version");
  EXPECT_EQ(finding.message,
            "public.alembic_version stands behind app.alembic_version on the search_path of role appuser");
  EXPECT_TRUE(finding.fix.starts_with("-- "));
  built.facts.version_tables[1].rows.clear();
  EXPECT_EQ(only(judge_version_rows(built.facts)).fix, "DROP TABLE public.alembic_version;");
  built.path("database appdb", {"public"});
  EXPECT_TRUE(only(judge_version_rows(built.facts)).fix.starts_with("-- "));
}

TEST(MF110, OtherNamesDoNotHide) {
  FactsBuilder built;
  built.path("role appuser", {"app", "public"});
  built.facts.version_tables = {version_table("app", {"a"}), version_table("public", {"b"})};
  built.facts.version_tables[1].table = "other_version";
  EXPECT_TRUE(judge_version_rows(built.facts).empty());
}

TEST(MF110, TenThousandTenantsInFrontOfOne) {
  FactsBuilder built;
  built.facts.version_tables.push_back(version_table("public", {"b"}));
  for (int i = 0; i < 10000; ++i) {
    const std::string tenant = "t" + std::to_string(i);
    built.path("role " + tenant, {tenant, "public"});
    built.facts.version_tables.push_back(version_table(tenant, {"b"}));
  }
  EXPECT_EQ(only(judge_version_rows(built.facts)).message,
            "public.alembic_version stands behind t0.alembic_version, t1.alembic_version, t2.alembic_version "
            "and 9997 "
            "more on the search_path of role t0, role t1, role t2 and 9997 more");
}

TEST(MF111, AloneIsNotDeleted) {
  FactsBuilder built;
  VersionTable table = version_table("public", {"head"});
  built.facts.version_tables = {table};
  Finding finding = only(judge_version_rows(built.facts));
  EXPECT_EQ(finding.message,
            "public.alembic_version holds a row that can never be a revision: \"head\" is a word of "
            "Alembic's command line, not a revision");
  EXPECT_TRUE(has(finding.detail, "no migration is ever run again"));
  EXPECT_TRUE(
      has(finding.fix, "-- 2. SELECT * FROM migfix_stamp('<its id>', purge => true, version_table => "));
  table.log = {entry(1, Operation::kInsert, std::nullopt, "001"),
               entry(2, Operation::kUpdate, "001", "head")};
  built.facts.version_tables = {table};
  finding = only(judge_version_rows(built.facts));
  EXPECT_EQ(finding.fix, "SELECT * FROM migfix_undo(2);");
  EXPECT_TRUE(has(finding.detail, "It came by UPDATE of \"001\" to \"head\" at "));
}

TEST(MF111, HostileTextIsQuoted) {
  FactsBuilder built;
  built.facts.version_tables = {version_table("public", {"a", "x:'\\\n%s"})};
  const auto findings = judge_version_rows(built.facts);
  EXPECT_EQ(codes(findings), (Codes{"MF111"}));
  EXPECT_EQ(findings[0].fix, "DELETE FROM public.alembic_version WHERE version_num = E'x:''\\\\\n%s';");
}

TEST(MF112, Shapes) {
  FactsBuilder built;
  VersionTable table = version_table("public", {});
  table.has_column = false;
  table.is_text = false;
  built.facts.version_tables = {table};
  Finding finding = only(judge_version_rows(built.facts));
  EXPECT_EQ(finding.message, "public.alembic_version has no column version_num");
  EXPECT_EQ(finding.severity, Severity::kError);

  table = version_table("public", {});
  table.is_text = false;
  table.column_type = "integer";
  built.facts.version_tables = {table};
  EXPECT_EQ(only(judge_version_rows(built.facts)).fix,
            "ALTER TABLE public.alembic_version ALTER COLUMN version_num TYPE character varying(32) USING "
            "version_num::text;");
  built.facts.version_tables[0].rows = {"1"};
  EXPECT_TRUE(only(judge_version_rows(built.facts)).fix.starts_with("-- "));

  table = version_table("public", {"a"});
  table.kind = RelationKind::kView;
  table.has_key = false;
  built.facts.version_tables = {table};
  finding = only(judge_version_rows(built.facts));
  EXPECT_EQ(finding.severity, Severity::kWarning);
  EXPECT_EQ(finding.message, "public.alembic_version is a view, which the guard cannot cover");
  built.facts.version_tables[0].kind = RelationKind::kForeignTable;
  EXPECT_EQ(only(judge_version_rows(built.facts)).severity, Severity::kWarning);
  built.facts.version_tables[0].kind = RelationKind::kMaterializedView;
  EXPECT_EQ(only(judge_version_rows(built.facts)).severity, Severity::kError);
}

}  // namespace
}  // namespace migfix::core
