#include "core/plan_statements.hpp"

#include <gtest/gtest.h>

#include "core/schema_match.hpp"
#include "unit/history_builder.hpp"

namespace migfix::core::test {
namespace {

using Lines = std::vector<std::string>;

Lines lines(const std::vector<PlanStep> &steps) {
  Lines result;
  for (const PlanStep &step : steps)
    result.push_back(std::string(action_name(step.action)) +
                     (step.safe ? *step.safe ? " " : " UNSAFE " : " ? ") + step.statement);
  return result;
}

/// `target`: the revisions to come to. `rows`: what is recorded.
StatementPlan plan(History &history, SchemaModel &real, const std::string &target,
                   const std::string &rows = {}) {
  return statements_to_run(history.histories(), history.histories().of(history.set(target)),
                           history.set(rows), real, "public");
}

History three_tables() {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a")}).does("2", {makes("b"), makes("c"), makes("d")});
  return history;
}

TEST(StatementsToRun, NothingWhereAllIsThere) {
  History history = three_tables();
  SchemaModel real = history.at("2");
  EXPECT_TRUE(plan(history, real, "2").steps.empty());
}

TEST(StatementsToRun, OnlyWhatIsMissing) {
  History history = three_tables();
  SchemaModel real = history.at("1");
  by_hand(real, makes("c"));
  const StatementPlan found = plan(history, real, "2");
  EXPECT_EQ(lines(found.steps), (Lines{"run CREATE TABLE b", "run CREATE TABLE d"}));
  EXPECT_EQ(found.steps[0].reason, "revision 2 is partly applied, and this of it is missing");
  // They have run on the model too.
  EXPECT_TRUE(real.find(table_id("b")) != nullptr && real.find(table_id("d")) != nullptr);
}

TEST(StatementsToRun, ARevisionOfWhichNothingIsThere) {
  History history = three_tables();
  SchemaModel real = history.at("1");
  const StatementPlan found = plan(history, real, "2");
  EXPECT_EQ(lines(found.steps), (Lines{"run CREATE TABLE b", "run CREATE TABLE c", "run CREATE TABLE d"}));
  EXPECT_EQ(found.steps[2].reason, "revision 2 has not run");
}

TEST(StatementsToRun, AnOlderStateOfAnObjectIsBroughtThroughAllLaterOnes) {
  History history({{"1"}, {"2", "1"}, {"3", "2"}});
  history.does("1", {makes("a")})
      .does("2", {adds("a", "x")})
      .does("3", {sql("ALTER x NOT NULL", {SetNotNull{{own("a")}, "x", true}})});
  SchemaModel real = history.at("1");
  EXPECT_EQ(lines(plan(history, real, "3").steps),
            (Lines{"run ALTER TABLE a ADD x", "run ALTER x NOT NULL"}));
}

// One statement, of which a part is there: definitions mend the rest.
TEST(StatementsToRun, NotWhatIsHalfThere) {
  History history({{"1"}});
  history.does("1", {sql("two columns", {create_table("a", {column("id"), column("x")})})});
  SchemaModel real;
  by_hand(real, makes("a"));
  EXPECT_TRUE(plan(history, real, "1").steps.empty());
}

TEST(StatementsToRun, WhatLosesRowsIsNotSafe) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a"), makes("b")}).does("2", {drops("a"), makes("c")});
  SchemaModel real = history.at("1");
  const StatementPlan found = plan(history, real, "2");
  EXPECT_EQ(lines(found.steps), (Lines{"run UNSAFE DROP TABLE a", "run CREATE TABLE c"}));
  EXPECT_EQ(found.steps[0].reason, "revision 2 has not run; table a falls with its rows");
}

TEST(StatementsToRun, AnIndexThatIsBuiltConcurrentlyHasAFormForATransaction) {
  History history({{"1"}, {"2", "1"}});
  RevisionStatement concurrently = indexes("ix", "a", "id");
  concurrently.text = "CREATE INDEX CONCURRENTLY ix ON a (id)";
  concurrently.in_transaction = false;
  history.does("1", {makes("a")}).does("2", {concurrently});
  SchemaModel real = history.at("1");
  const StatementPlan found = plan(history, real, "2");
  ASSERT_EQ(found.steps.size(), 1U);
  EXPECT_FALSE(found.steps[0].in_transaction);
  EXPECT_EQ(found.steps[0].transactional, "CREATE INDEX \"ix\" ON \"public\".\"a\" USING btree (\"id\")");
}

// --- rows

History with_data(const std::string &data) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a")})
      .does("2", {adds("a", "x"), changes_data(data), adds("a", "y"), adds("a", "z")});
  return history;
}

TEST(DataStatements, RunWhereNothingOfTheirRevisionHas) {
  History history = with_data("UPDATE a SET x = 1");
  SchemaModel real = history.at("1");
  EXPECT_EQ(lines(plan(history, real, "2").steps),
            (Lines{"run ALTER TABLE a ADD x", "run UNSAFE UPDATE a SET x = 1", "run ALTER TABLE a ADD y",
                   "run ALTER TABLE a ADD z"}));
}

TEST(DataStatements, AnInsertTakesNothingAway) {
  History history = with_data("INSERT INTO a VALUES (1)");
  SchemaModel real = history.at("1");
  EXPECT_EQ(lines(plan(history, real, "2").steps)[1], "run INSERT INTO a VALUES (1)");
}

TEST(DataStatements, PassedOverWhereTheRevisionIsComplete) {
  History history = with_data("UPDATE a SET x = 1");
  SchemaModel real = history.at("2");
  EXPECT_TRUE(plan(history, real, "2").steps.empty());
}

TEST(DataStatements, OnesInFrontOfTheBreakHaveRun) {
  History history = with_data("UPDATE a SET x = 1");
  SchemaModel real = history.at("1");
  by_hand(real, adds("a", "x"));
  by_hand(real, adds("a", "y"));
  EXPECT_EQ(lines(plan(history, real, "2").steps), (Lines{"run ALTER TABLE a ADD z"}));
}

TEST(DataStatements, OnesBehindTheBreakHaveNot) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a")}).does("2", {adds("a", "x"), adds("a", "y"), changes_data("DELETE FROM a")});
  SchemaModel real = history.at("1");
  by_hand(real, adds("a", "x"));
  const StatementPlan found = plan(history, real, "2");
  EXPECT_EQ(lines(found.steps), (Lines{"run ALTER TABLE a ADD y", "run UNSAFE DELETE FROM a"}));
  EXPECT_EQ(found.steps[1].reason, "revision 2 has not come so far (changes rows)");
}

TEST(DataStatements, InTheBreakItselfAPersonIsAsked) {
  History history = with_data("UPDATE a SET x = 1");
  SchemaModel real = history.at("1");
  by_hand(real, adds("a", "x"));
  const StatementPlan found = plan(history, real, "2");
  EXPECT_EQ(lines(found.steps),
            (Lines{"person ? UPDATE a SET x = 1", "run ALTER TABLE a ADD y", "run ALTER TABLE a ADD z"}));
  EXPECT_EQ(found.steps[0].reason,
            "revision 2 is partly applied, and whether this statement has run cannot be seen: changes rows");
}

TEST(DataStatements, WhereAHoleIsInTheMiddleAPersonIsAsked) {
  History history = with_data("UPDATE a SET x = 1");
  SchemaModel real = history.at("1");
  by_hand(real, adds("a", "y"));
  by_hand(real, adds("a", "z"));
  EXPECT_EQ(lines(plan(history, real, "2").steps),
            (Lines{"run ALTER TABLE a ADD x", "person ? UPDATE a SET x = 1"}));
}

TEST(DataStatements, HaveRunWhereTheRowsRecordThem) {
  History history = with_data("UPDATE a SET x = 1");
  SchemaModel real = history.at("2");
  by_hand(real, sql("", {DropColumn{{own("a")}, "z"}}));
  EXPECT_EQ(lines(plan(history, real, "2", "2").steps), (Lines{"run ALTER TABLE a ADD z"}));
}

TEST(DataStatements, HaveNotWhereAllObjectsDenyWhatTheRowsSay) {
  History history = with_data("UPDATE a SET x = 1");
  SchemaModel real = history.at("1");
  EXPECT_EQ(lines(plan(history, real, "2", "2").steps),
            (Lines{"run ALTER TABLE a ADD x", "run UNSAFE UPDATE a SET x = 1", "run ALTER TABLE a ADD y",
                   "run ALTER TABLE a ADD z"}));
}

TEST(DataStatements, OneWhoseTextIsNotKnownIsAPersons) {
  History history({{"1"}});
  RevisionStatement opaque = does_unknown("", "op.execute with a value that is not known");
  opaque.line = 17;
  history.does("1", {makes("a"), opaque});
  SchemaModel real;
  const StatementPlan found = plan(history, real, "1");
  EXPECT_EQ(lines(found.steps), (Lines{"run CREATE TABLE a", "person ? "}));
  EXPECT_EQ(found.steps[1].reason,
            "revision 1 has not run, and what its statement (line 17) does is not known here: op.execute "
            "with a value "
            "that is not known");
}

// --- renames

History renamed() {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a")})
      .does("2", {sql("ALTER TABLE a RENAME TO b", {rename(table_id("a"), "b")}), makes("c")});
  return history;
}

TEST(Renames, RunWhereTheOldNameIsThere) {
  History history = renamed();
  SchemaModel real = history.at("1");
  const StatementPlan found = plan(history, real, "2");
  EXPECT_EQ(lines(found.steps), (Lines{"run ALTER TABLE a RENAME TO b", "run CREATE TABLE c"}));
  EXPECT_TRUE(found.hands_off.empty());
}

TEST(Renames, PassedOverWhereTheNewOneIs) {
  History history = renamed();
  SchemaModel real = history.at("2");
  by_hand(real, drops("c"));
  EXPECT_EQ(lines(plan(history, real, "2").steps), (Lines{"run CREATE TABLE c"}));
}

TEST(Renames, BothNamesAreAPersonsMatter) {
  History history = renamed();
  SchemaModel real = history.at("1");
  by_hand(real, makes("b"));
  const StatementPlan found = plan(history, real, "2");
  EXPECT_EQ(lines(found.steps), (Lines{"person ? ALTER TABLE a RENAME TO b", "run CREATE TABLE c"}));
  EXPECT_EQ(found.steps[0].reason,
            "revision 2 renames table a to b, and both are there: which of them has the rows, a person must "
            "say; drop "
            "the other, and repair again");
  EXPECT_EQ(found.hands_off, (std::set<ObjectId>{table_id("a"), table_id("b")}));
}

// --- views

TEST(Views, NotBeforeWhatTheyReadIsThere) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a")}).does("2", {sql("CREATE VIEW v", {create_view("v", {"a"})})});
  SchemaModel real;
  by_hand(real, makes("other"));
  SchemaModel with_table = history.at("1");
  EXPECT_EQ(lines(plan(history, with_table, "2").steps), (Lines{"run CREATE VIEW v"}));
  EXPECT_EQ(lines(plan(history, real, "2").steps), (Lines{"run CREATE TABLE a", "run CREATE VIEW v"}));
}

}  // namespace
}  // namespace migfix::core::test
