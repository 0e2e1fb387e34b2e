#include "core/schema_findings.hpp"

#include <gtest/gtest.h>

#include "core/diagnosis.hpp"
#include "core/report.hpp"
#include "core/schema_standing.hpp"
#include "unit/facts_builder.hpp"
#include "unit/history_builder.hpp"

namespace migfix::core::test {
namespace {

using Lines = std::vector<std::string>;
using Mending = SchemaStanding::Mending;

const std::string kRepair = "SELECT * FROM migfix_repair(version_table => 'app.alembic_version');";

SchemaStanding standing(Mending mending = Mending::kSafe, const std::string &table = "app.alembic_version") {
  SchemaStanding standing;
  standing.version_table = table;
  standing.environment = "default";
  standing.mending = mending;
  return standing;
}
std::vector<Finding> judge(SchemaStanding one) {
  FactsBuilder built;
  built.facts.standings.push_back(std::move(one));
  return judge_schemas(built.facts);
}
Finding only(const std::vector<Finding> &findings) {
  EXPECT_EQ(findings.size(), 1U) << testing::PrintToString(codes(findings));
  return findings.empty() ? Finding{} : findings[0];
}

TEST(SchemaFindings, NoneWhereAllIsWell) {
  EXPECT_TRUE(judge(standing(Mending::kNothing)).empty());
}

TEST(MF201, AppliedAndNotRecorded) {
  SchemaStanding one = standing();
  one.unrecorded = {"2"};
  const Finding finding = only(judge(one));
  EXPECT_EQ(finding.code, "MF201");
  EXPECT_EQ(finding.severity, Severity::kError);
  EXPECT_EQ(finding.version_table, "app.alembic_version");
  EXPECT_EQ(finding.message,
            "the schema has what revision \"2\" makes, and app.alembic_version does not record it");
  EXPECT_EQ(finding.detail, "The next alembic upgrade runs it again, and fails on what is there already.");
  EXPECT_EQ(finding.fix, kRepair);
  one.unrecorded = {"2", "3", "4", "5", "6", "7", "8"};
  EXPECT_EQ(only(judge(one)).message,
            "the schema has what revisions \"2\", \"3\", \"4\", \"5\", \"6\" and 2 more make, and "
            "app.alembic_version does "
            "not record them");
}

TEST(MF202, RecordedAndNotApplied) {
  SchemaStanding one = standing();
  one.unapplied = {"2"};
  const Finding finding = only(judge(one));
  EXPECT_EQ(finding.code, "MF202");
  EXPECT_EQ(finding.message, "app.alembic_version records revision \"2\", and the schema has nothing of it");
  EXPECT_EQ(
      finding.detail,
      "Alembic takes it for done: what it makes never comes, and later revisions that build upon it fail.");
  one.unapplied = {"2", "3"};
  EXPECT_EQ(only(judge(one)).message,
            "app.alembic_version records revisions \"2\" and \"3\", and the schema has nothing of them");
}

TEST(MF203, PartlyApplied) {
  SchemaStanding one = standing(Mending::kNeedsDecision);
  one.partial = {{"2", "1 of 2 objects as it leaves it: table a"}};
  one.decisions = {"table b falls with its rows", "whether it has run cannot be seen"};
  const Finding finding = only(judge(one));
  EXPECT_EQ(finding.code, "MF203");
  EXPECT_EQ(finding.message, "revision \"2\" is partly applied and not recorded");
  EXPECT_EQ(finding.detail,
            "Neither running it again nor recording it is right: the one fails on what is there, the other "
            "leaves out what "
            "is not. \"2\": 1 of 2 objects as it leaves it: table a.");
  EXPECT_EQ(finding.fix,
            "-- what would mend it needs a decision:\n-- table b falls with its rows\n-- whether it has run "
            "cannot be seen\n"
            "-- SELECT * FROM migfix_plan(version_table => 'app.alembic_version');");
}

TEST(MF204, NotWhatTheRevisionsMake) {
  SchemaStanding one = standing();
  one.differences = {"column a.x is missing"};
  Finding finding = only(judge(one));
  EXPECT_EQ(finding.code, "MF204");
  EXPECT_EQ(finding.message, "the schema is not what the recorded revisions make: column a.x is missing");
  one.differences.push_back("table b is there still");
  finding = only(judge(one));
  EXPECT_EQ(finding.message, "the schema is not what the recorded revisions make, in 2 places");
  EXPECT_NE(finding.detail.find(" column a.x is missing and table b is there still."), std::string::npos);
}

TEST(MF205, WhatNoRevisionExplains) {
  SchemaStanding one = standing(Mending::kNothing);
  one.unexplained = {{ObjectKind::kTable, "", "", "notes"}, {ObjectKind::kEnum, "", "", "mood"}};
  Finding finding = only(judge(one));
  EXPECT_EQ(finding.code, "MF205");
  EXPECT_EQ(finding.severity, Severity::kNotice);
  EXPECT_EQ(finding.message, "no revision explains table notes and enum mood");
  EXPECT_EQ(finding.detail,
            "They were made by hand or by another program, or by a statement that cannot be followed.");
  EXPECT_EQ(finding.fix.substr(0, 3), "-- ");
  one.opaque = 3;
  EXPECT_NE(only(judge(one)).detail.find("(3 in all)."), std::string::npos);
}

TEST(MF301, WhatTheNextUpgradeRunsInto) {
  SchemaStanding one = standing();
  one.collisions = {
      {"2", "42P07", "relation \"a\" already exists", "CREATE TABLE a", {ObjectKind::kTable, "", "", "a"}},
      {"3",
       "42701",
       "column \"x\" of relation \"a\" already exists",
       "ALTER TABLE a",
       {ObjectKind::kColumn, "", "a", "x"}}};
  Finding finding = only(judge(one));
  EXPECT_EQ(finding.code, "MF301");
  EXPECT_EQ(
      finding.message,
      "the next alembic upgrade would fail in revision \"2\" with 42P07: relation \"a\" already exists");
  EXPECT_EQ(finding.detail,
            "The statement is: CREATE TABLE a. Then, in \"3\", 42701: column \"x\" of relation \"a\" already "
            "exists.");
  EXPECT_EQ(finding.fix, kRepair);
  one.mending = Mending::kNothing;
  finding = only(judge(one));
  EXPECT_EQ(finding.fix.substr(0, 43), "-- no statement of migfix's mends it: what ");
}

// --- from a history

SchemaStanding stand(History &history, const SchemaModel &real, const std::string &rows) {
  PlanRequest request{history.histories(), real, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
  for (const std::string &id : words(rows)) request.rows.emplace_back(id);
  request.unknown_rows_are_gone = request.has_key = true;
  request.logged = request.left_recorded = NodeSet(history.graph.size());
  request.own_schema = "app";
  request.version_table = "app.alembic_version";
  return schema_standing(request);
}
Lines found(History &history, const SchemaModel &real, const std::string &rows) {
  return codes(judge(stand(history, real, rows)));
}

History line() {
  History history({{"1"}, {"2", "1"}, {"3", "2"}});
  history.does("1", {makes("a")})
      .does("2", {adds("a", "x"), makes("b")})
      .does("3", {makes("c"), changes_data("UPDATE a SET x = 1")});
  return history;
}

TEST(SchemaStanding, OfASchemaThatIsInStep) {
  History history = line();
  for (const char *id : {"1", "2"}) {
    EXPECT_EQ(found(history, history.at(id), id), Lines{});
    EXPECT_EQ(stand(history, history.at(id), id).mending, Mending::kNothing);
  }
}

TEST(SchemaStanding, OfRowsThatAreLostAheadOrBehind) {
  History history = line();
  EXPECT_EQ(found(history, history.at("2"), ""), (Lines{"MF201", "MF301"}));
  EXPECT_EQ(found(history, history.at("2"), "1"), (Lines{"MF201", "MF301"}));
  EXPECT_EQ(stand(history, history.at("2"), "1").unrecorded, Lines{"2"});
  EXPECT_EQ(found(history, history.at("1"), "2"), Lines{"MF202"});
  EXPECT_EQ(stand(history, history.at("1"), "2").unapplied, Lines{"2"});
}

TEST(SchemaStanding, OfAPartAndOfWhatWasAltered) {
  History history = line();
  SchemaModel part = history.at("1");
  by_hand(part, makes("b"));
  EXPECT_EQ(found(history, part, "1"), (Lines{"MF203", "MF301"}));
  EXPECT_EQ(stand(history, part, "1").mending, Mending::kSafe);
  SchemaModel altered = history.at("2");
  by_hand(altered, sql("", {SetNotNull{{own("a")}, "x", true}}));
  EXPECT_EQ(found(history, altered, "2"), Lines{"MF204"});
  EXPECT_EQ(stand(history, altered, "2").differences, Lines{"column a.x: nullable expected, NOT NULL found"});
}

TEST(SchemaStanding, OfWhatNobodyExplains) {
  History history = line();
  SchemaModel real = history.at("2");
  by_hand(real, makes("by_hand"));
  const SchemaStanding one = stand(history, real, "2");
  EXPECT_EQ(names(one.unexplained), Lines{"by_hand"});
  EXPECT_EQ(one.mending, Mending::kNothing);
  EXPECT_EQ(one.opaque, 0U);  // rows make no object
}

TEST(SchemaStanding, NeedsADecisionWhereAPersonIsAsked) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a")}).does("2", {changes_data("DELETE FROM a")});
  const SchemaStanding one = stand(history, history.at("1"), "");
  EXPECT_EQ(one.mending, Mending::kNeedsDecision);
  EXPECT_EQ(one.decisions.size(), 1U);
}

// --- the report

std::string last_line(const std::vector<SchemaStanding> &standings) {
  FactsBuilder built;
  built.facts.standings = standings;
  return report_text(built.facts, {{"MF201", Severity::kError, "v", "", "m", "", "f"}}).back();
}

TEST(RepairOfAll, IsTheLastLineOfTheReport) {
  EXPECT_EQ(last_line({standing()}), "SELECT * FROM migfix_repair();");
  EXPECT_EQ(last_line({standing(), standing(Mending::kSafe, "t2.alembic_version")}),
            "SELECT r.* FROM unnest(ARRAY['app.alembic_version', 't2.alembic_version']) AS t, "
            "migfix_repair(version_table => t) AS r;");
}

TEST(RepairOfAll, NamesOnlyWhatNeedsNoDecision) {
  EXPECT_EQ(last_line({standing(Mending::kNeedsDecision), standing(Mending::kSafe, "t2.alembic_version"),
                       standing(Mending::kNothing, "t3.alembic_version")}),
            "SELECT * FROM migfix_repair(version_table => 't2.alembic_version');");
  EXPECT_EQ(last_line({standing(Mending::kNeedsDecision)}), "1 error, 0 warnings, 0 notices");
  EXPECT_EQ(last_line({standing(Mending::kNothing)}), "1 error, 0 warnings, 0 notices");
}

TEST(RepairOfAll, OfVeryManyTablesIsOneCall) {
  std::vector<SchemaStanding> many;
  for (int i = 0; i < 30; ++i)
    many.push_back(standing(Mending::kSafe, "t" + std::to_string(i) + ".alembic_version"));
  EXPECT_EQ(last_line(many),
            "SELECT r.* FROM (SELECT DISTINCT version_table FROM migfix_findings() WHERE fix LIKE "
            "'%migfix_repair%') AS t, "
            "migfix_repair(version_table => t.version_table) AS r;");
}

TEST(RepairOfAll, WithTheSchemaOfTheFunctions) {
  FactsBuilder built;
  built.facts.standings = {standing()};
  built.facts.installation.schema_name = "tools";
  EXPECT_EQ(repair_of_all(built.facts), "SELECT * FROM tools.migfix_repair();");
}

TEST(StandingOf, ByNameOrTheOnlyOne) {
  FactsBuilder built;
  EXPECT_EQ(standing_of(built.facts, ""), nullptr);
  built.facts.standings = {standing()};
  EXPECT_EQ(standing_of(built.facts, ""), &built.facts.standings[0]);
  EXPECT_EQ(standing_of(built.facts, "app.alembic_version"), &built.facts.standings[0]);
  EXPECT_EQ(standing_of(built.facts, "other.alembic_version"), nullptr);
  built.facts.standings.push_back(standing(Mending::kSafe, "t2.alembic_version"));
  EXPECT_EQ(standing_of(built.facts, ""), nullptr);
}

}  // namespace
}  // namespace migfix::core::test
