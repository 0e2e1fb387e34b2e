#include <gtest/gtest.h>

#include "core/diagnosis.hpp"
#include "unit/facts_builder.hpp"
#include "unit/graph_samples.hpp"

namespace migfix::core::test {
namespace {

constexpr std::int64_t kLoad = 100;  // the number of the one load

EnvironmentPtr loaded(std::initializer_list<Line> lines, const std::string &name = "default") {
  std::vector<Revision> all = revisions(lines);
  const std::vector<RevisionOrigin> origins(all.size(), RevisionOrigin{kLoad, kLoad, {}});
  return std::make_shared<const Environment>(name, std::move(all), origins);
}

EnvironmentPtr loaded_diamond() {
  return loaded({{"001"}, {"a", "001"}, {"b", "001"}, {"m", "a b"}, {"h", "m"}});
}

VersionTable table_of(EnvironmentPtr environment, std::string_view rows,
                      const std::string &schema = "public") {
  VersionTable table = version_table(schema, {});
  for (const std::string &row : words(rows)) table.rows.emplace_back(row);
  table.environment = std::move(environment);
  table.log_is_whole = true;
  return table;
}

std::vector<Finding> judge(VersionTable table) {
  FactsBuilder built;
  built.facts.version_tables = {std::move(table)};
  return judge_version_rows(built.facts);
}

Finding only(const std::vector<Finding> &findings) {
  EXPECT_EQ(findings.size(), 1U) << testing::PrintToString(codes(findings));
  return findings.empty() ? Finding{} : findings[0];
}

bool has(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

TEST(GraphRows, LegalRowsAtTheHeadAreNoFinding) {
  EXPECT_TRUE(judge(table_of(loaded_diamond(), "h")).empty());
  EXPECT_TRUE(judge(table_of(loaded({{"x"}, {"y"}}), "x y")).empty());
  EXPECT_TRUE(judge(table_of(loaded_diamond(), "")).empty());
}

// --- MF104

TEST(MF104ByGraph, NamesEachOverlapAndKeepsTheMaximalRows) {
  const Finding finding = only(judge(table_of(loaded_diamond(), "001 a b h")));
  EXPECT_EQ(finding.code, "MF104");
  EXPECT_EQ(finding.severity, Severity::kError);
  EXPECT_EQ(
      finding.message,
      "public.alembic_version records \"001\" beside its descendant \"a\", \"001\" beside its descendant "
      "\"b\", \"001\" beside its descendant \"h\" and 2 more");
  EXPECT_EQ(
      finding.detail,
      "Every `alembic upgrade` stops with \"Requested revision a overlaps with other requested revisions "
      "001\", and `alembic current` does not show it. \"001\" is an ancestor of \"a\", \"b\" and \"h\"; "
      "\"a\" "
      "is an ancestor of \"h\"; \"b\" is an ancestor of \"h\".");
  EXPECT_EQ(finding.fix,
            "SELECT * FROM migfix_stamp('h', purge => true, version_table => 'public.alembic_version');");
}

TEST(MF104ByGraph, TheGraphIsAskedAndTheLogTellsWho) {
  // The log alone would say that h is above 001.
  VersionTable table = table_of(loaded({{"001"}, {"h"}}), "001 h");
  table.log = {entry(1, Operation::kInsert, std::nullopt, "001", 1),
               entry(2, Operation::kUpdate, "001", "h", 1),
               entry(3, Operation::kInsert, std::nullopt, "001")};
  EXPECT_TRUE(judge(table).empty());
  table.environment = loaded_diamond();
  EXPECT_TRUE(
      has(only(judge(table)).detail,
          " \"001\" was recorded 2026-11-21 10:03:07+00 by role appuser (application \"alembic\", pid "
          "4711), with INSERT of \"001\"."));
}

TEST(MF104ByGraph, WhatNobodyKnowsIsNotPurged) {
  const auto findings = judge(table_of(loaded_diamond(), "001 zzzz h"));
  ASSERT_EQ(codes(findings), (Codes{"MF103", "MF104"}));
  EXPECT_EQ(findings[1].fix, "DELETE FROM public.alembic_version WHERE version_num IN ('001');");
}

TEST(MF104ByGraph, ManyOverlapsAreCounted) {
  std::vector<Revision> all;
  std::string rows;
  for (int i = 0; i < 200; ++i) {
    all.push_back({"r" + std::to_string(i), {}, {}, {}, ""});
    if (i > 0) all.back().down_revision.push_back("r" + std::to_string(i - 1));
    rows += " r" + std::to_string(i);
  }
  const auto environment =
      std::make_shared<const Environment>("default", std::move(all), std::vector<RevisionOrigin>{});
  const Finding finding = only(judge(table_of(environment, rows)));
  EXPECT_TRUE(has(finding.detail, "; and more."));
  EXPECT_LT(finding.detail.size(), 2000U);
}

// --- MF103

TEST(MF103, UnknownBeforeTheLoadIsAnError) {
  const Finding finding = only(judge(table_of(loaded({{"1975ea83b712"}}), "ffff00000000")));
  EXPECT_EQ(finding.code, "MF103");
  EXPECT_EQ(finding.severity, Severity::kError);
  EXPECT_EQ(finding.message,
            "public.alembic_version records \"ffff00000000\", which is no revision in environment default");
  EXPECT_EQ(finding.detail,
            "Every alembic command, current included, stops with \"Can't locate revision identified by "
            "'ffff00000000'\", unless its files have more than the 1 revision loaded here.");
  EXPECT_EQ(
      finding.fix,
      "-- if the project has \"ffff00000000\", load its revision files again:\n"
      "-- \\set scripts `cat alembic/versions/*.py`\n"
      "-- SELECT * FROM migfix_load_scripts(:'scripts');\n"
      "-- if the table belongs to another project, give it an environment of its own:\n"
      "-- SELECT migfix_bind('public.alembic_version', '<its name>');\n"
      "-- if newer code recorded it, run that code: deploy it, or go back with it (alembic downgrade) first\n"
      "-- if its file is gone for good, find the revision that the schema is at, and record it:\n"
      "-- SELECT * FROM migfix_stamp('<its id>', purge => true, version_table => 'public.alembic_version');");
}

TEST(MF103, RecordedAfterTheLoadItMayBeNewer) {
  VersionTable table = table_of(loaded({{"1975ea83b712"}}), "ffff00000000");
  table.log = {entry(kLoad + 1, Operation::kUpdate, "1975ea83b712", "ffff00000000")};
  table.log[0].statement =
      "UPDATE alembic_version SET version_num='ffff00000000' WHERE alembic_version.version_num = "
      "'1975ea83b712'";
  Finding finding = only(judge(table));
  EXPECT_EQ(finding.severity, Severity::kWarning);
  EXPECT_TRUE(has(finding.detail,
                  "with UPDATE of \"1975ea83b712\" to \"ffff00000000\". That was after the "
                  "revisions were loaded last, so it may be a newer one."))
      << finding.detail;
  EXPECT_TRUE(has(finding.fix,
                  "\n-- if it was recorded by mistake and nothing was migrated with it:\n"
                  "-- SELECT * FROM migfix_undo(101);\n"))
      << finding.fix;
  table.log[0].log_id = kLoad - 1;
  EXPECT_EQ(only(judge(table)).severity, Severity::kError);
}

TEST(MF103, WrittenByHandIsUndone) {
  VersionTable table = table_of(loaded({{"1975ea83b712"}}), "ffff00000000");
  table.log = {entry(kLoad + 1, Operation::kUpdate, "1975ea83b712", "ffff00000000")};
  table.log[0].statement = "update alembic_version set version_num = 'ffff00000000'";
  EXPECT_EQ(only(judge(table)).fix, "SELECT * FROM migfix_undo(101);");
  // not where the version before is unknown as well, or something moved since
  table.log[0].old_version = "eeee";
  EXPECT_TRUE(only(judge(table)).fix.starts_with("-- "));
  table.log[0].old_version = "1975ea83b712";
  table.log.push_back(entry(kLoad + 2, Operation::kDelete, "x", std::nullopt));
  EXPECT_TRUE(only(judge(table)).fix.starts_with("-- "));
}

TEST(MF103, AnIdInTheWrongCaseIsMended) {
  Finding finding = only(judge(table_of(loaded({{"ae1027a6acf4"}}), "AE1027A6ACF4")));
  EXPECT_EQ(finding.fix,
            "SELECT * FROM migfix_stamp('ae1027a6acf4', purge => true, version_table => "
            "'public.alembic_version');");
  EXPECT_TRUE(has(finding.detail, " Did you mean \"ae1027a6acf4\"?"));
  // beside another row, that one is kept; its ancestor is not recorded beside it
  finding = only(judge(table_of(loaded({{"ae1027a6acf4"}, {"cafe"}}), "cafe AE1027A6ACF4")));
  EXPECT_EQ(finding.fix,
            "SELECT * FROM migfix_stamp(ARRAY['cafe', 'ae1027a6acf4'], purge => true, version_table "
            "=> 'public.alembic_version');");
  finding = only(judge(table_of(loaded({{"ae1027a6acf4"}, {"cafe", "ae1027a6acf4"}}), "cafe AE1027A6ACF4")));
  EXPECT_TRUE(has(finding.fix, "migfix_stamp('cafe', purge"));
  // two that differ only in case: nobody can tell
  finding = only(judge(table_of(loaded({{"ae10"}, {"Ae10"}}), "AE10")));
  EXPECT_TRUE(finding.fix.starts_with("-- "));
}

TEST(MF103, ANearIdIsOnlyProposed) {
  const Finding finding = only(judge(table_of(loaded({{"0040_users"}}), "0041_users")));
  EXPECT_TRUE(finding.fix.starts_with("-- "));
  EXPECT_TRUE(has(finding.fix, "-- SELECT * FROM migfix_stamp('0040_users', purge => true"));
}

TEST(MF103, ARevisionThatIsGone) {
  EXPECT_TRUE(has(only(judge(table_of(loaded({{"2", "gone"}}), "gone"))).detail,
                  " Revision \"2\" names it as what it stands on, but it was not among what was loaded."));
  std::vector<Revision> all = revisions({{"1"}, {"2", "1"}});
  const auto environment = std::make_shared<const Environment>(
      "default", std::move(all), std::vector<RevisionOrigin>{{1, 1, {}}, {1, 5, {"gone"}}});
  EXPECT_TRUE(has(only(judge(table_of(environment, "gone"))).detail,
                  " It was there once: revision \"2\" stood on it before the revisions were loaded again."));
}

TEST(MF103, SeveralAreOneFinding) {
  const Finding finding = only(judge(table_of(loaded({{"1"}}, "billing"), "zzzz yyyy")));
  EXPECT_EQ(
      finding.message,
      "public.alembic_version records \"zzzz\" and \"yyyy\", which are no revisions in environment billing");
  EXPECT_TRUE(has(finding.fix, "environment => 'billing'"));
}

// --- MF106

TEST(MF106, BehindAndByHowMany) {
  const Finding finding = only(judge(table_of(loaded_diamond(), "a")));
  EXPECT_EQ(finding.code, "MF106");
  EXPECT_EQ(finding.severity, Severity::kNotice);
  EXPECT_EQ(finding.message, "public.alembic_version is 3 revisions behind head \"h\"");
  EXPECT_EQ(finding.detail, "Still to run: \"b\", \"m\" and \"h\".");
  EXPECT_EQ(finding.fix, "-- run: alembic upgrade head");
  EXPECT_EQ(only(judge(table_of(loaded_diamond(), "m"))).message,
            "public.alembic_version is 1 revision behind head \"h\"");
}

TEST(MF106, SeveralHeadsAndLineagesThatWereNotBegun) {
  const auto two = loaded({{"1"}, {"x", "1"}, {"y", "1"}});
  Finding finding = only(judge(table_of(two, "1")));
  EXPECT_EQ(finding.message, "public.alembic_version is 2 revisions behind heads \"x\" and \"y\"");
  EXPECT_EQ(finding.fix, "-- run: alembic upgrade heads");
  EXPECT_EQ(only(judge(table_of(two, "x"))).fix, "-- run: alembic upgrade heads");
  const auto apart = loaded({{"1"}, {"x", "1"}, {"lib"}, {"lib2", "lib"}});
  EXPECT_EQ(only(judge(table_of(apart, "1"))).fix, "-- run: alembic upgrade x");
  EXPECT_TRUE(judge(table_of(apart, "x")).empty());
}

TEST(MF106, NotBesideWhatIsWorse) {
  EXPECT_EQ(codes(judge(table_of(loaded_diamond(), "001 a"))), (Codes{"MF104"}));
  EXPECT_EQ(codes(judge(table_of(loaded_diamond(), "a zzzz"))), (Codes{"MF103"}));
  EXPECT_EQ(codes(judge(table_of(loaded_diamond(), "a head"))), (Codes{"MF111"}));
}

TEST(MF106, ManyToRunAreCounted) {
  std::vector<Revision> all;
  for (int i = 0; i < 100; ++i) {
    all.push_back({"r" + std::to_string(i), {}, {}, {}, ""});
    if (i > 0) all.back().down_revision.push_back("r" + std::to_string(i - 1));
  }
  const auto environment =
      std::make_shared<const Environment>("default", std::move(all), std::vector<RevisionOrigin>{});
  EXPECT_EQ(only(judge(table_of(environment, "r0"))).detail,
            "Still to run: \"r1\", \"r2\", \"r3\", \"r4\", \"r5\" and 94 more.");
}

TEST(MF106, TenThousandTenantsAreOneLine) {
  FactsBuilder built;
  const auto environment = loaded_diamond();
  for (int i = 0; i < 10000; ++i)
    built.facts.version_tables.push_back(table_of(environment, i < 4 ? "001" : "m", "t" + std::to_string(i)));
  const auto findings = diagnose(built.facts);
  ASSERT_EQ(codes(findings), (Codes{"MF106", "MF106"}));
  EXPECT_EQ(findings[0].message,
            "t0.alembic_version is 4 revisions behind head \"h\"; the same is true of t1.alembic_version, "
            "t2.alembic_version and 1 more");
  EXPECT_EQ(findings[1].message,
            "t10.alembic_version is 1 revision behind head \"h\"; the same is true of t100.alembic_version, "
            "t1000.alembic_version and 9993 more");
  EXPECT_EQ(findings[1].fix, "-- run: alembic upgrade head");
}

// --- MF114

TEST(MF114, PrefixesAndLabels) {
  const auto environment =
      loaded({{"aaaa1111", "", "", "lab"}, {"bbbb2222", "aaaa1111"}, {"cccc3333", "bbbb2222"}});
  Finding finding = only(judge(table_of(environment, "bbbb222")));
  EXPECT_EQ(finding.code, "MF114");
  EXPECT_EQ(finding.severity, Severity::kError);
  EXPECT_EQ(
      finding.message,
      "public.alembic_version records \"bbbb222\", which is only the beginning of revision \"bbbb2222\"");
  EXPECT_EQ(
      finding.fix,
      "SELECT * FROM migfix_stamp('bbbb2222', purge => true, version_table => 'public.alembic_version');");
  finding = only(judge(table_of(environment, "lab")));
  EXPECT_EQ(finding.message,
            "public.alembic_version records \"lab\", which is a branch label, not a revision");
  EXPECT_TRUE(has(finding.fix, "migfix_stamp('aaaa1111', purge"));

  // left behind by an upgrade
  const auto findings = judge(table_of(environment, "cccc3333 bbbb222"));
  ASSERT_EQ(codes(findings), (Codes{"MF104", "MF114"}));
  EXPECT_EQ(
      findings[0].message,
      "public.alembic_version records \"bbbb222\" (read as \"bbbb2222\") beside its descendant \"cccc3333\"");
  EXPECT_EQ(findings[0].fix, findings[1].fix);
  EXPECT_TRUE(has(findings[0].fix, "migfix_stamp('cccc3333', purge"));
}

TEST(MF114, RecordedAfterTheLoadItMayBeANewerRevision) {
  VersionTable table = table_of(loaded({{"abcd1234"}}), "abcd");
  table.log = {entry(kLoad + 1, Operation::kInsert, std::nullopt, "abcd")};
  const Finding finding = only(judge(table));
  EXPECT_EQ(finding.severity, Severity::kWarning);
  EXPECT_TRUE(has(finding.detail, "if it is the id of a newer one, load them again first."));
}

TEST(MF114, BesideWhatNobodyKnows) {
  const auto environment = loaded({{"aaaa1111"}, {"bbbb2222", "aaaa1111"}});
  EXPECT_EQ(judge(table_of(environment, "zzzz bbbb222"))[1].fix,
            "UPDATE public.alembic_version SET version_num = 'bbbb2222' WHERE version_num = 'bbbb222';");
  EXPECT_EQ(judge(table_of(environment, "zzzz bbbb222 bbbb2222"))[1].fix,
            "DELETE FROM public.alembic_version WHERE version_num = 'bbbb222';");
  EXPECT_EQ(judge(table_of(environment, "zzzz aaaa bbbb2222"))[2].fix,
            "DELETE FROM public.alembic_version WHERE version_num = 'aaaa';");
}

// --- MF115

TEST(MF115, SaysWhatToRunAndHowToAcknowledge) {
  std::vector<Revision> all = revisions({{"1"}, {"2", "x"}, {"x", "1"}});
  const auto environment = std::make_shared<const Environment>(
      "default", std::move(all), std::vector<RevisionOrigin>{{1, 1, {}}, {1, 5, {"1"}}, {5, 5, {}}});
  const Finding finding = only(judge(table_of(environment, "2")));
  EXPECT_EQ(finding.code, "MF115");
  EXPECT_EQ(finding.severity, Severity::kWarning);
  EXPECT_EQ(finding.message,
            "revision \"x\" is below what public.alembic_version records, but was never applied here");
  EXPECT_TRUE(
      finding.detail.starts_with("\"2\" stood on \"1\" when it was applied, and stands on \"x\" since. "))
      << finding.detail;
  EXPECT_EQ(
      finding.fix,
      "-- while nobody else migrates, let Alembic run what it passed over:\n"
      "-- alembic stamp --purge 1\n"
      "-- alembic upgrade x\n"
      "-- alembic stamp --purge 2\n"
      "-- or, if what it does is there already (somebody did it by hand, or it only replaces older "
      "revisions), say so:\n"
      "-- SELECT * FROM migfix_stamp('2', purge => true, version_table => 'public.alembic_version', reason "
      "=> 'x is applied');");
  VersionTable unread = table_of(environment, "2");
  unread.log_is_whole = false;
  EXPECT_TRUE(judge(unread).empty());
}

TEST(MF115, OneStampForALineAndOneForEachOther) {
  std::vector<Revision> all = revisions({{"1"}, {"h", "y z"}, {"x", "1"}, {"y", "x"}, {"z"}});
  const auto environment = std::make_shared<const Environment>(
      "default", std::move(all),
      std::vector<RevisionOrigin>{{1, 1, {}}, {1, 5, {"1"}}, {5, 5, {}}, {5, 5, {}}, {5, 5, {}}});
  const Finding finding = only(judge(table_of(environment, "h")));
  EXPECT_EQ(finding.message,
            "revisions \"z\", \"x\" and \"y\" are below what public.alembic_version records, but were never "
            "applied here");
  EXPECT_TRUE(has(finding.fix,
                  "-- alembic stamp --purge base\n"
                  "-- alembic upgrade z\n"
                  "-- alembic stamp --purge 1\n"
                  "-- alembic upgrade x\n"
                  "-- alembic upgrade y\n"
                  "-- alembic stamp --purge h\n"))
      << finding.fix;
}

// --- MF116

TEST(MF116, AnIdThatTheColumnDoesNotHold) {
  const std::string id = "20260102_a_name_that_says_it_all_x";  // 34
  const auto environment = loaded({{"1"}, {id, "1"}});
  auto findings = judge(table_of(environment, "1"));
  ASSERT_EQ(codes(findings), (Codes{"MF116", "MF106"}));
  EXPECT_EQ(findings[0].severity, Severity::kError);
  EXPECT_EQ(findings[0].message, "revision id \"" + id +
                                     "\" is longer than public.alembic_version.version_num holds, which is "
                                     "character varying(32)");
  EXPECT_EQ(findings[0].fix,
            "ALTER TABLE public.alembic_version ALTER COLUMN version_num TYPE character varying(34);");
  VersionTable wide = table_of(environment, "1");
  wide.column_width = 34;
  EXPECT_EQ(codes(judge(wide)), (Codes{"MF106"}));
  wide.column_width.reset();
  EXPECT_EQ(codes(judge(wide)), (Codes{"MF106"}));
  // what is implied by a row can only be recorded by a downgrade
  findings = judge(table_of(loaded({{id}, {"2", id}}), "2"));
  ASSERT_EQ(codes(findings), (Codes{"MF116"}));
  EXPECT_EQ(findings[0].severity, Severity::kWarning);
}

TEST(MF116, TakesThePlaceOfMF109) {
  VersionTable table = table_of(loaded({{"123456789"}}), "");
  table.column_width = 8;
  table.column_type = "character varying(8)";
  const Finding finding = only(judge(table));
  EXPECT_EQ(finding.code, "MF116");
  EXPECT_EQ(finding.fix,
            "ALTER TABLE public.alembic_version ALTER COLUMN version_num TYPE character varying(32);");
  table.environment = loaded({{"12345678"}});
  EXPECT_EQ(only(judge(table)).code, "MF109");
}

TEST(GraphRows, NothingThatAShellWouldRun) {
  const auto environment = loaded({{"1"}, {"$(reboot)'", "1"}, {"lib"}, {"2", "1"}, {"3", "2"}});
  EXPECT_EQ(only(judge(table_of(environment, "3"))).fix, "-- run: alembic upgrade '$(reboot)'\\'''");
}

TEST(GraphRows, PaddedRowsAreReadAsTheyCompare) {
  VersionTable table = table_of(loaded({{"1"}}), "");
  table.rows = {"1   "};
  table.column_type = "character(4)";
  table.column_width = 4;
  EXPECT_EQ(codes(judge(table)), (Codes{"MF109"}));
}

TEST(GraphRows, RowsThatCouldNotBeReadAreNotJudged) {
  VersionTable table = table_of(loaded_diamond(), "001 h");
  table.not_checked = "role r has no SELECT privilege on it";
  EXPECT_TRUE(judge(table).empty());
}

}  // namespace
}  // namespace migfix::core::test
