// Renames among the statements that are still to be run.
#include "core/schema_match.hpp"
#include "unit/statement_plan.hpp"

namespace migfix::core::test {
namespace {

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

TEST(Renames, BothNamesAreSoToo) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a")})
      .does("2", {sql("a TO b", {rename(table_id("a"), "b")}), sql("b TO c", {rename(table_id("b"), "c")}),
                  makes("d")});
  SchemaModel real = history.at("1");
  by_hand(real, makes("c"));
  const StatementPlan found = plan(history, real, "2");
  EXPECT_EQ(lines(found.steps), (Lines{"person ? a TO b", "run CREATE TABLE d"}));
  EXPECT_EQ(found.hands_off, (std::set<ObjectId>{table_id("a"), table_id("c")}));
}

History with_renamed_enum() {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes_enum("kind")})
      .does("2", {sql("ALTER TYPE kind RENAME TO sort", {rename(enum_id("kind"), "sort")}), makes("c")});
  return history;
}

TEST(Renames, AnEnumThatNothingUsesMakesRoom) {
  History history = with_renamed_enum();
  SchemaModel real = history.at("1");
  by_hand(real, makes_enum("sort"));
  unused(real, "sort");
  const StatementPlan found = plan(history, real, "2");
  EXPECT_EQ(lines(found.steps), (Lines{R"(run DROP TYPE "public"."sort")",
                                       "run ALTER TYPE kind RENAME TO sort", "run CREATE TABLE c"}));
  EXPECT_EQ(found.steps[0].reason,
            "revision 2 renames enum kind to sort, which is there too, and nothing uses it");
}

TEST(Renames, AnEnumMakesRoomForOneThatIsRenamedTwice) {
  History history({{"1"}, {"2", "1"}, {"3", "2"}});
  history.does("1", {makes_enum("kind")})
      .does("2", {sql("kind TO sort", {rename(enum_id("kind"), "sort")})})
      .does("3", {sql("sort TO type", {rename(enum_id("sort"), "type")}),
                  changes_data("INSERT INTO a VALUES (1)"), makes("c")});
  SchemaModel real = history.at("1");
  by_hand(real, makes_enum("type"));
  by_hand(real, makes("c"));
  unused(real, "type");
  const StatementPlan found = plan(history, real, "3", "3");
  EXPECT_EQ(lines(found.steps),
            (Lines{R"(run DROP TYPE "public"."type")", "run kind TO sort", "run sort TO type"}));
}

TEST(Renames, OfATableWhosePartsWereChanged) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a"), adds("a", "x"), adds("a", "y")})
      .does("2", {sql("a TO b", {rename(table_id("a"), "b")}), makes("c")});
  SchemaModel real = history.at("1");
  by_hand(real, sql("", {DropColumn{{own("a")}, "y"}}));
  by_hand(real, sql("", {SetNotNull{{own("a")}, "x", true}}));
  by_hand(real, makes("c"));
  const StatementPlan found = plan(history, real, "2");
  EXPECT_EQ(lines(found.steps), (Lines{"run ALTER TABLE a ADD y", "run a TO b"}));
}

TEST(Renames, ANameThatIsGivenAgainIsNoDoubt) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a"), adds("a", "x"), sql("VIEW", {create_view("v", {"a"})})})
      .does("2", {sql("x TO y", {rename(col("a", "x"), "y")}), adds("a", "x"), makes("c")});
  SchemaModel real = history.at("2");
  by_hand(real, sql("", {drop(view_id("v"))}));
  for (const PlanStep &step : plan(history, real, "2").steps)
    EXPECT_NE(step.action, PlanStep::Action::kPerson);
}

TEST(Renames, OfAnEnumInUseTheDefinitionsMendTheRest) {
  History history = with_renamed_enum();
  SchemaModel real = history.at("1");
  by_hand(real, makes_enum("sort"));
  const StatementPlan found = plan(history, real, "2");
  EXPECT_EQ(lines(found.steps), (Lines{"run CREATE TABLE c"}));
  EXPECT_TRUE(found.hands_off.empty());
}

TEST(Renames, AColumnIsNotAddedByTheOldNameOfItsType) {
  History history({{"1"}, {"2", "1"}, {"3", "2"}});
  history.does("1", {makes("a"), makes_enum("kind")})
      .does("2",
            {sql("ALTER TABLE a ADD k kind", {add_column("a", column("k", {own("kind"), {}, false, {}}))})})
      .does("3", {sql("ALTER TYPE kind RENAME TO sort", {rename(enum_id("kind"), "sort")})});
  SchemaModel real = history.at("3");
  by_hand(real, sql("", {DropColumn{{own("a")}, "k"}}));
  EXPECT_EQ(lines(plan(history, real, "3", "3").steps), Lines{});
  // Before the rename it is.
  SchemaModel before = history.at("2");
  by_hand(before, sql("", {DropColumn{{own("a")}, "k"}}));
  EXPECT_EQ(lines(plan(history, before, "3", "2").steps),
            (Lines{"run ALTER TABLE a ADD k kind", "run ALTER TYPE kind RENAME TO sort"}));
}

TEST(Renames, AColumnIsNotAddedWithADefaultThatIsNoLabelAnyMore) {
  History history({{"1"}, {"2", "1"}, {"3", "2"}});
  NewColumn column_of_kind = column("k", {own("kind"), {}, false, {}});
  column_of_kind.column.default_value = expr("'on'");
  RenameEnumValue rename_label;
  rename_label.name = own("kind");
  rename_label.from = "on";
  rename_label.to = "upon";
  history.does("1", {makes("a"), makes_enum("kind")})
      .does("2", {sql("ALTER TABLE a ADD k kind DEFAULT 'on'", {add_column("a", column_of_kind)})})
      .does("3", {sql("RENAME VALUE", {rename_label})});
  SchemaModel real = history.at("3");
  by_hand(real, sql("", {DropColumn{{own("a")}, "k"}}));
  EXPECT_EQ(lines(plan(history, real, "3", "3").steps), Lines{});
  SchemaModel before = history.at("2");
  by_hand(before, sql("", {DropColumn{{own("a")}, "k"}}));
  EXPECT_EQ(lines(plan(history, before, "2", "2").steps),
            (Lines{"run ALTER TABLE a ADD k kind DEFAULT 'on'"}));
}

TEST(Renames, InTheRevisionThatMakesTheType) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a")})
      .does("2",
            {makes("b"), makes_enum("kind"),
             sql("ALTER TABLE a ADD k kind", {add_column("a", column("k", {own("kind"), {}, false, {}}))}),
             sql("ALTER TYPE kind RENAME TO sort", {rename(enum_id("kind"), "sort")})});
  SchemaModel real = history.at("1");
  by_hand(real, makes("b"));
  EXPECT_EQ(
      lines(plan(history, real, "2").steps),
      (Lines{"run CREATE TYPE kind", "run ALTER TABLE a ADD k kind", "run ALTER TYPE kind RENAME TO sort"}));
  SchemaModel done = history.at("2");
  by_hand(done, drops("b"));
  EXPECT_EQ(lines(plan(history, done, "2").steps), (Lines{"run CREATE TABLE b"}));
}

}  // namespace
}  // namespace migfix::core::test
