#include "core/schema_plan.hpp"

#include <gtest/gtest.h>

#include "core/type_words.hpp"
#include "unit/history_builder.hpp"

namespace migfix::core::test {
namespace {

using Lines = std::vector<std::string>;

/// What is asked for; rows, target and log are ids with blanks between.
struct Ask {
  std::string rows = {};
  std::optional<std::string> target = {};
  bool unknown_rows_are_gone = true;
  bool has_key = true;
};

Plan plan(History &history, const SchemaModel &real, const Ask &ask = {}) {
  PlanRequest request{history.histories(), real, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
  for (const std::string &id : words(ask.rows)) request.rows.emplace_back(id);
  if (ask.target) request.target = nodes(history.graph, *ask.target);
  request.unknown_rows_are_gone = ask.unknown_rows_are_gone;
  request.has_key = ask.has_key;
  request.key_name = "alembic_version_pkc";
  request.logged = request.left_recorded = NodeSet(history.graph.size());
  request.own_schema = "app";
  request.version_table = "app.alembic_version";
  return make_plan(request);
}

Lines lines(const Plan &plan) {
  Lines result;
  for (const PlanStep &step : plan.steps)
    result.push_back(std::string(action_name(step.action)) +
                     (step.safe ? *step.safe ? " " : " UNSAFE " : " ? ") + step.statement);
  return result;
}
const PlanStep &step(const Plan &plan, std::size_t at) {
  static const PlanStep kNone;
  EXPECT_LT(at, plan.steps.size());
  return at < plan.steps.size() ? plan.steps[at] : kNone;
}
std::string stamp(const std::string &id) {
  return "rows SELECT * FROM migfix_stamp('" + id +
         "', purge => true, version_table => 'app.alembic_version')";
}
const std::string kUpgrade = "upgrade ? alembic upgrade heads";

History line() {
  History history({{"1"}, {"2", "1"}, {"3", "2"}});
  history.does("1", {makes("a")})
      .does("2", {adds("a", "x"), indexes("ix", "a", "x")})
      .does("3", {makes("c")});
  return history;
}

TEST(MakePlan, NothingToDo) {
  History history = line();
  const Plan found = plan(history, history.at("3"), {.rows = "3"});
  EXPECT_EQ(lines(found), Lines{});
}

TEST(MakePlan, WhatIsPendingIsLeftToAlembic) {
  History history = line();
  const Plan found = plan(history, history.at("1"), {.rows = "1"});
  EXPECT_EQ(lines(found), Lines{kUpgrade});
  EXPECT_EQ(step(found, 0).reason, "left to Alembic: 2 revisions (2 and 3)");
}

TEST(MakePlan, RowsFollowTheSchema) {
  History history = line();
  const Plan lost = plan(history, history.at("2"));
  EXPECT_EQ(lines(lost), (Lines{stamp("2"), kUpgrade}));
  EXPECT_EQ(step(lost, 0).reason, "no row is there, and the schema is at 2");
  const Plan stale = plan(history, history.at("2"), {.rows = "1"});
  EXPECT_EQ(lines(stale), (Lines{stamp("2"), kUpgrade}));
  EXPECT_EQ(step(stale, 0).reason, "the rows say 1, and the schema is at 2");
  const Plan ahead = plan(history, history.at("1"), {.rows = "3"});
  EXPECT_EQ(lines(ahead), (Lines{stamp("1"), kUpgrade}));
  EXPECT_EQ(ahead.rows_after, Rows{"1"});
  const Plan twice = plan(history, history.at("3"), {.rows = "3 3"});
  EXPECT_EQ(lines(twice), Lines{stamp("3")});
  const Plan overlapping = plan(history, history.at("3"), {.rows = "1 3"});
  EXPECT_EQ(lines(overlapping), Lines{stamp("3")});
}

TEST(MakePlan, EveryHeadHasItsRow) {
  History history({{"1"}, {"a", "1"}, {"b", "1"}});
  history.does("1", {makes("t")}).does("a", {makes("ta")}).does("b", {makes("tb")});
  EXPECT_EQ(plan(history, history.at("a b"), {.rows = "1"}).rows_after, (Rows{"a", "b"}));
  EXPECT_EQ(lines(plan(history, history.at("a b"), {.rows = "b a"})), Lines{});
}

// Rows and one object disagree: was the object dropped, or has the revision not run? Alembic would run it
// again.
TEST(MakePlan, BackOverARevisionThatChangedRowsIsAPersonsMatterWhereOneObjectDeniesIt) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a"), makes("b")})
      .does("2", {indexes("ix", "a", "id"), changes_data("INSERT INTO a VALUES (1)")});
  const Plan found = plan(history, history.at("1"), {.rows = "2"});
  EXPECT_EQ(lines(found), (Lines{"person ? SELECT * FROM migfix_repair('2', 'app.alembic_version')",
                                 stamp("1"), kUpgrade}));
  EXPECT_EQ(step(found, 0).reason,
            "the rows say 2, and all that speaks against that is that index ix is not there: 2 changes rows, "
            "and alembic "
            "upgrade would run it again; where it has run, call this");
  // The call makes what is missing, and nothing else.
  EXPECT_EQ(lines(plan(history, history.at("1"), {.rows = "2", .target = "2"})),
            Lines{"run CREATE INDEX ix"});
}

TEST(MakePlan, SoIsBackOverSeveralOfThem) {
  History history({{"1"}, {"2", "1"}, {"3", "2"}});
  history.does("1", {makes("a"), makes("b")})
      .does("2", {indexes("ix", "a", "id")})
      .does("3", {changes_data("INSERT INTO a VALUES (1)")});
  EXPECT_EQ(
      lines(plan(history, history.at("1"), {.rows = "3"})),
      (Lines{"person ? SELECT * FROM migfix_repair('3', 'app.alembic_version')", stamp("1"), kUpgrade}));
}

TEST(MakePlan, SoIsBackOverATableWithAllThatFallsWithIt) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a")})
      .does("2", {sql("CREATE TABLE b", {create_table("b", {serial("id")}, {primary({"id"})})}),
                  sql("CREATE VIEW v", {create_view("v", {"b"})}), changes_data("UPDATE a SET id = 1")});
  EXPECT_EQ(step(plan(history, history.at("1"), {.rows = "2"}), 0).action, PlanStep::Action::kPerson);
}

TEST(MakePlan, TwoObjectsAreBelieved) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a")})
      .does("2", {makes("b"), makes("c"), changes_data("INSERT INTO a VALUES (1)")});
  EXPECT_EQ(lines(plan(history, history.at("1"), {.rows = "2"})), (Lines{stamp("1"), kUpgrade}));
}

TEST(MakePlan, AnEmptySchemaIsAtNoRevision) {
  History history = line();
  const Plan found = plan(history, {}, {.rows = "2"});
  EXPECT_EQ(lines(found), (Lines{stamp("base"), kUpgrade}));
  EXPECT_EQ(step(found, 0).reason, "the rows say 2, and the schema is at no revision");
}

TEST(MakePlan, TheKeyOfTheVersionTable) {
  History history = line();
  const Plan found = plan(history, history.at("3"), {.rows = "3", .has_key = false});
  EXPECT_EQ(lines(found), Lines{"run ALTER TABLE app.alembic_version ADD CONSTRAINT alembic_version_pkc "
                                "PRIMARY KEY (version_num)"});
  // What stands there twice goes first.
  EXPECT_EQ(lines(plan(history, history.at("3"), {.rows = "3 3", .has_key = false})).front(), stamp("3"));
}

TEST(MakePlan, APartlyAppliedRevisionIsBroughtToItsEnd) {
  History history = line();
  SchemaModel real = history.at("1");
  by_hand(real, adds("a", "x"));
  const Plan found = plan(history, real, {.rows = "1"});
  EXPECT_EQ(lines(found), (Lines{"run CREATE INDEX ix", stamp("2"), kUpgrade}));
  EXPECT_EQ(step(found, 1).reason, "the rows say 1, and the schema will be at 2");
}

TEST(MakePlan, WhatWasAlteredByHandIsMended) {
  History history = line();
  SchemaModel real = history.at("3");
  by_hand(real, sql("", {SetNotNull{{own("a")}, "x", true}}));
  const Plan found = plan(history, real, {.rows = "3"});
  EXPECT_EQ(lines(found), Lines{R"(run ALTER TABLE "app"."a" ALTER COLUMN "x" DROP NOT NULL)"});
  EXPECT_EQ(step(found, 0).reason, "column a.x: nullable expected, NOT NULL found");
}

TEST(MakePlan, WhatNoRevisionMakesIsLeftAlone) {
  History history = line();
  SchemaModel real = history.at("3");
  by_hand(real, makes("by_hand"));
  by_hand(real, adds("a", "note"));
  EXPECT_EQ(lines(plan(history, real, {.rows = "3"})), Lines{});
}

// --- an explicit target

TEST(ExplicitTarget, WhatLaterRevisionsMadeGoes) {
  History history = line();
  const Plan found = plan(history, history.at("3"), {.rows = "3", .target = "1"});
  EXPECT_EQ(lines(found).size(), 5U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(step(found, i).action, PlanStep::Action::kRun);
  EXPECT_EQ(lines(found)[3], stamp("1"));
  EXPECT_EQ(lines(found)[4], kUpgrade);
  int unsafe = 0;
  for (const PlanStep &one : found.steps) unsafe += one.safe == false ? 1 : 0;
  EXPECT_EQ(unsafe, 2);  // the table and the column, not the index
}

TEST(ExplicitTarget, BaseIsEmpty) {
  History history = line();
  const Plan found = plan(history, history.at("1"), {.rows = "1", .target = ""});
  EXPECT_EQ(step(found, 0).statement, R"(DROP TABLE "app"."a")");
  EXPECT_EQ(step(found, 0).safe, false);
  EXPECT_EQ(step(found, 0).reason.substr(0, 22), "table a should be gone");
  EXPECT_TRUE(found.rows_after.empty());
}

TEST(ExplicitTarget, UpwardsRunsTheStatements) {
  History history = line();
  EXPECT_EQ(lines(plan(history, history.at("1"), {.rows = "1", .target = "3"})),
            (Lines{"run ALTER TABLE a ADD x", "run CREATE INDEX ix", "run CREATE TABLE c", stamp("3")}));
}

TEST(ExplicitTarget, NothingIsAskedAboutRowsThatAreNotKnown) {
  History history = line();
  EXPECT_EQ(
      lines(plan(history, history.at("3"), {.rows = "fff", .target = "3", .unknown_rows_are_gone = false})),
      Lines{stamp("3")});
}

// --- rows that no revision explains

TEST(UnknownRows, OfACodeThatIsGoneAreReplaced) {
  History history = line();
  EXPECT_EQ(lines(plan(history, history.at("2"), {.rows = "fff"})), (Lines{stamp("2"), kUpgrade}));
}

TEST(UnknownRows, OfANewerCodeAreAPersonsMatter) {
  History history = line();
  const Plan found = plan(history, history.at("3"), {.rows = "fff", .unknown_rows_are_gone = false});
  EXPECT_EQ(lines(found), (Lines{"person ? ", stamp("3")}));
  EXPECT_EQ(step(found, 0).reason.substr(0, 40), "\"fff\" is no revision that is loaded here");
}

TEST(UnknownRows, SoAreThoseBesideWhatNoKnownRevisionLeavesThatWay) {
  History history = line();
  SchemaModel real = history.at("3");
  by_hand(real, sql("", {SetNotNull{{own("a")}, "x", true}}));
  EXPECT_EQ(step(plan(history, real, {.rows = "fff"}), 1).action, PlanStep::Action::kPerson);
}

TEST(UnknownRows, SoAreThoseBesideObjectsThatNobodyKnows) {
  History history = line();
  SchemaModel real = history.at("3");
  by_hand(real, makes("of_the_newer_code"));
  EXPECT_EQ(step(plan(history, real, {.rows = "fff"}), 0).action, PlanStep::Action::kPerson);
}

// --- doubt, leftovers, collisions

TEST(Doubt, IsAPersonsMatterAndSaysTheCall) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a")}).does("2", {changes_data("DELETE FROM a")});
  const Plan found = plan(history, history.at("1"));
  EXPECT_EQ(lines(found), (Lines{"person ? SELECT * FROM migfix_repair('2', 'app.alembic_version')",
                                 stamp("1"), kUpgrade}));
  EXPECT_EQ(step(found, 0).reason,
            "whether revision 2 has run cannot be seen in the schema, and neither rows nor log say it: it "
            "changes rows, "
            "or something unknown; where it has, call this");
  EXPECT_EQ(lines(plan(history, history.at("1"), {.rows = "1"})), Lines{kUpgrade});
  EXPECT_EQ(lines(plan(history, history.at("2"), {.rows = "2"})), Lines{});
  // Who makes that call says that it has run.
  EXPECT_EQ(lines(plan(history, history.at("1"), {.target = "2"})), Lines{stamp("2")});
}

History with_enum() {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a")})
      .does("2", {makes_enum("kind"),
                  sql("CREATE TABLE b", {create_table("b", {column("k", {own("kind"), {}, false, {}})})})});
  return history;
}

TEST(Leftovers, AnEnumThatNothingUsesIsDropped) {
  History history = with_enum();
  SchemaModel real = history.at("1");
  by_hand(real, makes_enum("kind"));
  unused(real, "kind");
  const Plan found = plan(history, real, {.rows = "1"});
  EXPECT_EQ(lines(found), (Lines{R"(run DROP TYPE "app"."kind")", kUpgrade}));
  EXPECT_EQ(step(found, 0).reason,
            "enum kind is left over: nothing uses it, and no revision that is applied makes it");
  EXPECT_EQ(names(found.leftovers), Lines{"kind"});
}

// A label must be committed before it is used; nobody is to begin what cannot be brought to its end.
History with_label() {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes_enum("kind"), makes("a"), makes("b")})
      .does("2", {adds_label("kind", "new"),
                  sql("ALTER TABLE a ADD k kind DEFAULT 'new'", {add_column("a", column("k"))}), drops("b"),
                  makes("c")});
  return history;
}

TEST(NewLabels, EndThePlanWhereTheyAreUsed) {
  History history = with_label();
  history.statements[1].erase(history.statements[1].begin() + 2);
  SchemaModel real = history.at("1");
  by_hand(real, makes("c"));
  const Plan found = plan(history, real, {.rows = "1"});
  EXPECT_EQ(lines(found), Lines{"run ALTER TYPE kind ADD VALUE 'new'"});
  EXPECT_FALSE(step(found, 0).in_transaction);
}

TEST(NewLabels, AreNotSafeWhereWhatFollowsIsNot) {
  History history = with_label();
  SchemaModel real = history.at("1");
  by_hand(real, makes("c"));
  const Plan found = plan(history, real, {.rows = "1"});
  EXPECT_EQ(lines(found), Lines{"run UNSAFE ALTER TYPE kind ADD VALUE 'new'"});
  EXPECT_NE(step(found, 0).reason.find("one of those that follow is not safe (revision 2 is partly"),
            std::string::npos)
      << step(found, 0).reason;
}

TEST(NewLabels, BehindStatementsOnRowsAreAPersonsMatter) {
  History history = with_label();
  history.statements[1].insert(history.statements[1].begin(), changes_data("INSERT INTO a VALUES (1)"));
  const Plan found = plan(history, history.at("1"), {.rows = "1", .target = "2"});
  EXPECT_EQ(lines(found), Lines{"person ? ALTER TYPE kind ADD VALUE 'new'"});
  EXPECT_EQ(step(found, 0).reason,
            "label 'new' must be committed before what follows can use it, and in front of it stands what a "
            "second repair "
            "could not see: INSERT INTO a VALUES (1); run both by hand, commit, and repair again");
}

TEST(NewLabels, WhatAPersonMustSayOfTheRestIsAskedAtOnce) {
  History history = with_label();
  history.statements[1][2] = changes_data("UPDATE a SET id = 1");
  SchemaModel real = history.at("1");
  by_hand(real, sql("", {add_column("a", column("k"))}));
  by_hand(real, makes("c"));
  const Plan found = plan(history, real, {.rows = "1"});
  EXPECT_EQ(lines(found).front(), "run ALTER TYPE kind ADD VALUE 'new'");
  EXPECT_EQ(step(found, found.steps.size() - 1).action, PlanStep::Action::kRows);
}

TEST(MakePlan, AViewThatDiffersIsNotMadeByAStatementOfItsOldName) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a"), sql("CREATE VIEW v", {create_view("v", {"a"})})})
      .does("2", {sql("ALTER VIEW v RENAME TO w", {rename(view_id("v"), "w")}), makes("c")});
  SchemaModel real = history.at("2");
  std::get<View>(real.change(view_id("w"))->definition).materialized = true;
  for (const PlanStep &one : plan(history, real, {.rows = "2"}).steps)
    EXPECT_NE(one.action, PlanStep::Action::kRun) << one.statement;
}

TEST(ExplicitTarget, ATableFallsAfterTheForeignKeysThatPointToIt) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("z")})
      .does("2", {sql("CREATE a", {create_table("a", {column("id")}, {primary({"id"})})}),
                  sql("CREATE b",
                      {create_table("b", {column("a_id")}, {references({"a_id"}, "a", {"id"}, "fk")})})});
  const Lines found = lines(plan(history, history.at("2"), {.rows = "2", .target = "1"}));
  ASSERT_GE(found.size(), 3U);
  EXPECT_NE(found[0].find(R"(DROP CONSTRAINT "fk")"), std::string::npos) << found[0];
}

TEST(MakePlan, AnIndexFallsWithAColumnThatShouldBeGone) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a"), adds("a", "x"), indexes("ix", "a", "x")})
      .does("2", {sql("DROP x, ADD y", {DropColumn{{own("a")}, "x"}, add_column("a", column("y")),
                                        create_index("ix", "a", {"y"})}),
                  makes("b"), makes("c")});
  SchemaModel real = history.at("2");
  by_hand(real, sql("", {drop(idx("ix")), add_column("a", column("x")), create_index("ix", "a", {"x"})}));
  const Lines found = lines(plan(history, real, {.rows = "2"}));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0], R"(run UNSAFE ALTER TABLE "app"."a" DROP COLUMN "x")");
  EXPECT_EQ(found[1].substr(0, 16), "run CREATE INDEX");
}

TEST(Collisions, WhatIsInTheWayOfALaterRevisionIsAPersonsMatter) {
  History history = line();
  SchemaModel real = history.at("2");
  by_hand(real, sql("", {create_view("c", {"a"})}));  // no table, but the name is taken
  const Plan found = plan(history, real, {.rows = "2"});
  EXPECT_EQ(lines(found), (Lines{"person ? ", kUpgrade}));
  EXPECT_EQ(step(found, 0).reason,
            "revision 3 would fail on relation \"c\" already exists (42P07), which is not as it leaves it");
}

TEST(Renames, NothingIsMadeOrDroppedOfATableThatIsThereTwice) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a")}).does("2", {sql("ALTER TABLE a RENAME TO b", {rename(table_id("a"), "b")})});
  SchemaModel real = history.at("1");
  by_hand(real, makes("b"));
  for (const PlanStep &one : plan(history, real, {.rows = "2"}).steps)
    EXPECT_NE(one.action, PlanStep::Action::kRun) << one.statement;
}

}  // namespace
}  // namespace migfix::core::test
