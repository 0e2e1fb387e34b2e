#include "core/report.hpp"

#include <gtest/gtest.h>

#include "unit/facts_builder.hpp"

namespace migfix::core {
namespace {

using test::FactsBuilder;
using test::version_table;
using Lines = std::vector<std::string>;

TEST(ReportText, Findings) {
  FactsBuilder built;
  const std::vector<Finding> findings{
      {"MF101", Severity::kError, "", "",
       "1 table and 1 enum stand in schema public, but no version table records a "
       "revision, none",
       "The next `alembic upgrade` starts from base and fails on the first CREATE of what is there already "
       "(42710 for "
       "an enum, 42P07 for a table).",
       "SELECT * FROM migfix_stamp('001', purge => true, version_table => "
       "'a_schema_with_a_long_name.alembic_version');"},
      {"MF105", Severity::kNotice, "v", "", "short", "", "-- none\n-- needed"}};
  EXPECT_EQ(
      report_text(built.facts, findings),
      (Lines{
          "migfix 0.1.0: database appdb, checked 2026-11-22 03:12:08+00 as role appuser", "",
          "ERROR MF101  1 table and 1 enum stand in schema public, but no version table records a revision,",
          "             none",
          "  why: The next `alembic upgrade` starts from base and fails on the first CREATE of what is there",
          "       already (42710 for an enum, 42P07 for a table).", "  fix:",
          "       SELECT * FROM migfix_stamp('001', purge => true, version_table => "
          "'a_schema_with_a_long_name.alembic_version');",
          "", "NOTICE MF105  short", "  fix: -- none", "       -- needed", "",
          "1 error, 0 warnings, 1 notice"}));
}

TEST(ReportText, LinesEndInsideALiteralWithoutIndent) {
  FactsBuilder built;
  const std::vector<Finding> findings{
      {"MF111", Severity::kError, "v", "", "a\nb", "",
       "DELETE FROM v WHERE version_num = E'it''s\\\\\nx''y\n' AND \"c\nd\" IS NULL;\n"
       "SELECT 1;"}};
  EXPECT_EQ(
      report_text(built.facts, findings),
      (Lines{"migfix 0.1.0: database appdb, checked 2026-11-22 03:12:08+00 as role appuser", "",
             "ERROR MF111  a b", "  fix:", "       DELETE FROM v WHERE version_num = E'it''s\\\\", "x''y",
             "' AND \"c", "d\" IS NULL;", "       SELECT 1;", "", "1 error, 0 warnings, 0 notices"}));
}

TEST(ReportText, WrapsCommentsAsComments) {
  FactsBuilder built;
  const std::vector<Finding> findings{{"MF105", Severity::kNotice, "v", "", "m", "",
                                       "-- " + std::string(60, 'x') + " " + std::string(60, 'y')}};
  const auto lines = report_text(built.facts, findings);
  ASSERT_EQ(lines.size(), 7u);
  EXPECT_EQ(lines[3], "  fix: -- " + std::string(60, 'x'));
  EXPECT_EQ(lines[4], "       --   " + std::string(60, 'y'));
}

TEST(ReportText, NoLineEndsAndNoLineTooLong) {
  FactsBuilder built;
  std::string words;
  for (int i = 0; i < 200; ++i) words += "wörd\n";
  for (const std::string &line :
       report_text(built.facts, {{"MF1", Severity::kWarning, "", "", words, words, "SELECT 1;"}})) {
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_LE(line.size(), 130u);  // 100 columns of characters of up to two bytes
  }
}

TEST(ReportText, NoFindings) {
  FactsBuilder built;
  EXPECT_EQ(
      report_text(built.facts, {}).back(),
      "No findings: there is no version table yet, and nothing that a first migration could collide with.");
  built.facts.version_tables = {version_table("public", {"h"})};
  EXPECT_EQ(report_text(built.facts, {}).back(),
            "No findings: 1 version table was checked; public.alembic_version records \"h\".");
  built.facts.version_tables.push_back(version_table("app", {}));
  EXPECT_EQ(report_text(built.facts, {}).at(2),
            "No findings: 2 version tables were checked; public.alembic_version records \"h\" and");
  EXPECT_EQ(report_text(built.facts, {}).at(3), "  app.alembic_version is empty.");
}

TEST(ReportJson, Empty) {
  FactsBuilder built;
  built.facts.version_tables = {version_table("public", {"h", std::nullopt})};
  EXPECT_EQ(report_json(built.facts, {}),
            "{\"migfix\":\"0.1.0\",\"database\":\"appdb\",\"checked_at\":\"2026-11-22 "
            "03:12:08+00\",\"role\":\"appuser\","
            "\"status\":0,\"version_tables\":[{\"name\":\"public.alembic_version\",\"rows\":[\"h\",null]}],"
            "\"findings\":[]}");
}

TEST(ReportJson, EscapesAndStatus) {
  FactsBuilder built;
  built.facts.database = std::string("a\"b\\c\n\r\t\x01%\xc3\xa9\xff", 13);
  const std::string json = report_json(built.facts, {{"MF901", Severity::kError, "v", "o", "m", "d", "f"}});
  EXPECT_NE(json.find("\"database\":\"a\\\"b\\\\c\\n\\r\\t\\u0001%\xc3\xa9\xff\""), std::string::npos)
      << json;
  EXPECT_NE(json.find("\"status\":1"), std::string::npos);
  EXPECT_NE(json.find("[{\"code\":\"MF901\",\"severity\":\"error\",\"version_table\":\"v\",\"object\":\"o\","
                      "\"message\":\"m\",\"detail\":\"d\",\"fix\":\"f\"}]"),
            std::string::npos);
}

TEST(ReportJson, NotCheckedIsStatusTwo) {
  FactsBuilder built;
  built.facts.version_tables = {version_table("public", {})};
  built.facts.version_tables[0].not_checked = "locked by pid 5";
  const std::string json = report_json(built.facts, {{"MF905", Severity::kWarning, "v", "", "m", "", ""}});
  EXPECT_NE(json.find("\"status\":2"), std::string::npos);
  EXPECT_NE(json.find("\"rows\":null"), std::string::npos);
}

TEST(AtLeast, KeepsTheBadOnes) {
  const std::vector<Finding> findings{{"MF3", Severity::kNotice, "", "", "", "", ""},
                                      {"MF2", Severity::kWarning, "", "", "", "", ""},
                                      {"MF1", Severity::kError, "", "", "", "", ""}};
  EXPECT_EQ(test::codes(at_least(findings, Severity::kError)), (test::Codes{"MF1"}));
  EXPECT_EQ(test::codes(at_least(findings, Severity::kWarning)), (test::Codes{"MF1", "MF2"}));
  EXPECT_EQ(at_least(findings, Severity::kNotice).size(), 3u);
  EXPECT_TRUE(at_least({}, Severity::kNotice).empty());
}

}  // namespace
}  // namespace migfix::core
