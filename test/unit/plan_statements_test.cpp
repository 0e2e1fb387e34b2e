#include "core/schema_match.hpp"
#include "unit/statement_plan.hpp"

namespace migfix::core::test {
namespace {

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

TEST(DataStatements, NotOnceMoreWhereWhatTheirRevisionMadeFellWithItsTable) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a"), makes("b")})
      .does("2", {adds("a", "x"), changes_data("INSERT INTO b VALUES (1)")});
  SchemaModel real = history.at("2");
  by_hand(real, drops("a"));
  EXPECT_EQ(lines(plan(history, real, "2", "2").steps),
            (Lines{"run CREATE TABLE a", "run ALTER TABLE a ADD x"}));
}

TEST(DataStatements, NotOnceMoreWhereLaterRevisionsAreThere) {
  History history({{"1"}, {"2", "1"}, {"3", "2"}});
  history.does("1", {makes("a")})
      .does("2", {adds("a", "x"), changes_data("INSERT INTO a VALUES (1)")})
      .does("3", {makes("c")});
  SchemaModel real = history.at("3");
  by_hand(real, sql("", {DropColumn{{own("a")}, "x"}}));
  EXPECT_EQ(lines(plan(history, real, "3", "3").steps), (Lines{"run ALTER TABLE a ADD x"}));
}

// Recorded once, and not any more: lost rows, or a downgrade.
TEST(DataStatements, OfWhatTheLogAloneKnows) {
  History history = with_data("UPDATE a SET x = 1");
  SchemaModel complete = history.at("2");
  EXPECT_TRUE(plan(history, complete, "2", "1", "2").assumed.empty());
  SchemaModel begun_again = history.at("1");
  by_hand(begun_again, adds("a", "x"));
  by_hand(begun_again, adds("a", "y"));
  EXPECT_EQ(lines(plan(history, begun_again, "2", "1", "2").steps),
            (Lines{"person ? UPDATE a SET x = 1", "run ALTER TABLE a ADD z"}));
  SchemaModel taken_back = history.at("1");
  EXPECT_EQ(lines(plan(history, taken_back, "2", "1", "2").steps)[1], "run UNSAFE UPDATE a SET x = 1");
}

TEST(DataStatements, OfWhatNobodyRecordedAreTakenForRunBelowACompleteRevision) {
  History history({{"1"}, {"2", "1"}, {"3", "2"}});
  history.does("1", {makes("a")})
      .does("2", {changes_data("INSERT INTO a VALUES (1)"), indexes("ix", "a", "id")})
      .does("3", {makes("c")});
  SchemaModel real = history.at("3");
  by_hand(real, sql("", {drop(idx("ix"))}));
  const StatementPlan found = plan(history, real, "3");
  EXPECT_EQ(lines(found.steps), (Lines{"run CREATE INDEX ix"}));
  EXPECT_EQ(found.assumed, (std::set<Node>{1}));
}

TEST(DataStatements, BelowOneOfWhichAPartIsThereAPersonIsAsked) {
  History history({{"1"}, {"2", "1"}, {"3", "2"}});
  history.does("1", {makes("a")})
      .does("2", {changes_data("INSERT INTO a VALUES (1)")})
      .does("3", {makes("z"), indexes("iz", "z", "id")});
  SchemaModel real = history.at("1");
  by_hand(real, makes("z"));
  const StatementPlan found = plan(history, real, "3", "1");
  EXPECT_EQ(lines(found.steps), (Lines{"person ? INSERT INTO a VALUES (1)", "run CREATE INDEX iz"}));
  EXPECT_EQ(
      found.steps[0].reason,
      "nothing of revision 2 is there, but a part of what comes after it, and whether this statement has run "
      "cannot be seen: changes rows");
}

TEST(DataStatements, OfARevisionThatDoesNothingElseAreRunBelowOneThatIs) {
  History history({{"1"}, {"2", "1"}, {"3", "2"}});
  history.does("1", {makes("a")})
      .does("2", {changes_data("INSERT INTO a VALUES (1)")})
      .does("3", {makes("z")});
  SchemaModel real = history.at("1");
  EXPECT_EQ(lines(plan(history, real, "3", "1").steps),
            (Lines{"run INSERT INTO a VALUES (1)", "run CREATE TABLE z"}));
}

TEST(DataStatements, AConversionThatComputesValuesIsOne) {
  History history({{"1"}, {"2", "1"}, {"3", "2"}});
  AlterColumnType alter;
  alter.table = {own("a")};
  alter.column = "id";
  alter.type = builtin("int8", "bigint");
  alter.using_text = "id * 100";
  history.does("1", {makes("a")}).does("2", {sql("ALTER id TYPE bigint", {alter})}).does("3", {makes("c")});
  SchemaModel real = history.at("1");
  EXPECT_EQ(lines(plan(history, real, "2").steps), (Lines{"run UNSAFE ALTER id TYPE bigint"}));
  // Once more it would compute them again.
  SchemaModel altered = history.at("1");
  by_hand(altered, makes("c"));
  EXPECT_EQ(lines(plan(history, altered, "3", "3").steps), Lines{});
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

// --- privileges and the like

History with_grant() {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a")})
      .does("2", {adds("a", "x"), sets_property("GRANT SELECT ON a TO b"), adds("a", "y")});
  return history;
}

TEST(Properties, AreSetWhereTheirRevisionHasNotRun) {
  History history = with_grant();
  SchemaModel real = history.at("1");
  const StatementPlan found = plan(history, real, "2");
  EXPECT_EQ(lines(found.steps),
            (Lines{"run ALTER TABLE a ADD x", "run GRANT SELECT ON a TO b", "run ALTER TABLE a ADD y"}));
  EXPECT_EQ(found.steps[1].reason, "revision 2 has not run, and this sets what is not compared");
}

TEST(Properties, AreSetOnceMoreWhereThatIsInDoubt) {
  History history = with_grant();
  SchemaModel real = history.at("1");
  by_hand(real, adds("a", "x"));
  EXPECT_EQ(lines(plan(history, real, "2").steps),
            (Lines{"run GRANT SELECT ON a TO b", "run ALTER TABLE a ADD y"}));
}

TEST(Properties, AreLeftAloneWhereTheyAreSet) {
  History history = with_grant();
  SchemaModel complete = history.at("2");
  EXPECT_EQ(lines(plan(history, complete, "2").steps), Lines{});
  SchemaModel damaged = history.at("2");
  by_hand(damaged, sql("", {DropColumn{{own("a")}, "y"}}));
  EXPECT_EQ(lines(plan(history, damaged, "2", "2").steps), (Lines{"run ALTER TABLE a ADD y"}));
}

TEST(Properties, OfWhatHasAnotherNameByNowAreAPersonsMatter) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a")})
      .does("2", {sets_property("GRANT SELECT ON a TO b"),
                  sql("ALTER TABLE a RENAME TO c", {rename(table_id("a"), "c")}), makes("d")});
  SchemaModel real = history.at("2");
  by_hand(real, drops("d"));
  const StatementPlan found = plan(history, real, "2", "1");
  EXPECT_EQ(lines(found.steps), (Lines{"run CREATE TABLE d"}));  // in front of what is done
  History behind({{"1"}, {"2", "1"}});
  behind.does("1", {makes("a")})
      .does("2", {makes("d"), sets_property("GRANT SELECT ON a TO b"),
                  sql("ALTER TABLE a RENAME TO c", {rename(table_id("a"), "c")})});
  SchemaModel hole = behind.at("2");
  by_hand(hole, drops("d"));
  EXPECT_EQ(lines(plan(behind, hole, "2", "1").steps),
            (Lines{"run CREATE TABLE d", "person ? GRANT SELECT ON a TO b"}));
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
