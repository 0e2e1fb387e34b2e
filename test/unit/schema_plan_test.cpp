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
  PlanRequest request{history.histories(), real, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
  for (const std::string &id : words(ask.rows)) request.rows.emplace_back(id);
  if (ask.target) request.target = nodes(history.graph, *ask.target);
  request.unknown_rows_are_gone = ask.unknown_rows_are_gone;
  request.has_key = ask.has_key;
  request.key_name = "alembic_version_pkc";
  request.logged = NodeSet(history.graph.size());
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
  EXPECT_FALSE(found.changes_rows);
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
  EXPECT_TRUE(ahead.changes_rows);
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
            "enum kind is left over, nothing uses it, and the revision that makes it would fail on it");
  EXPECT_EQ(names(found.leftovers), Lines{"kind"});
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
