#include "core/upgrade_plan.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "unit/history_builder.hpp"

namespace migfix::core::test {
namespace {

using Lines = std::vector<std::string>;

Upgrade upgrade(History &history, const SchemaModel &real, const std::string &rows,
                const std::string &target) {
  UpgradeRequest request{history.histories(),   real, {}, nodes(history.graph, target), "app",
                         "app.alembic_version", ""};
  for (const std::string &id : words(rows)) request.rows.emplace_back(id);
  return plan_upgrade(request);
}
Lines lines(const Upgrade &upgrade) {
  Lines result;
  for (const UpgradeStep &step : upgrade.steps)
    result.push_back((step.passes ? "passes " : "runs ") + step.step.statement);
  return result;
}
/// "55000 message | detail", or nothing.
std::string refused(History &history, const SchemaModel &real, const std::string &rows,
                    const std::string &target) {
  try {
    upgrade(history, real, rows, target);
  } catch (const Error &error) {
    return std::string(error.sqlstate()) + " " + error.what() +
           (error.detail().empty() ? "" : " | " + error.detail());
  }
  return {};
}

History line() {
  History history({{"1"}, {"2", "1"}, {"3", "2"}});
  history.does("1", {makes("a")}).does("2", {adds("a", "x"), makes("b")}).does("3", {makes("c")});
  return history;
}

TEST(PlanUpgrade, WhatIsPendingInItsOrder) {
  History history = line();
  const Upgrade found = upgrade(history, history.at("1"), "1", "3");
  EXPECT_EQ(lines(found), (Lines{"runs ALTER TABLE a ADD x", "runs CREATE TABLE b", "runs CREATE TABLE c"}));
  EXPECT_EQ(found.steps[0].step.reason, "revision 2");
  EXPECT_EQ(found.rows_after, Rows{"3"});
  EXPECT_EQ(found.rows.statement,
            "SELECT * FROM migfix_stamp('3', purge => true, version_table => 'app.alembic_version')");
  EXPECT_EQ(lines(upgrade(history, history.at("1"), "1", "2")).size(), 2U);
}

TEST(PlanUpgrade, StatementsOnRowsBesideWhatIsThereMayHaveRun) {
  History history = line();
  history.statements[1].push_back(changes_data("UPDATE a SET x = 1"));
  SchemaModel real = history.at("1");
  EXPECT_EQ(lines(upgrade(history, real, "1", "2")).size(), 3U);
  by_hand(real, adds("a", "x"));
  EXPECT_EQ(refused(history, real, "1", "2"),
            "55000 a part of revision 2 is there already, and whether the rest has run cannot be seen: "
            "UPDATE a SET x = 1");
}

TEST(PlanUpgrade, AnotherHeadKeepsItsRow) {
  History history({{"1"}, {"a", "1"}, {"b", "1"}});
  history.does("1", {makes("t")}).does("a", {makes("ta")}).does("b", {makes("tb")});
  EXPECT_EQ(upgrade(history, history.at("a"), "a", "b").rows_after, (Rows{"a", "b"}));
}

TEST(PlanUpgrade, WhatIsThereAndIdenticalPasses) {
  History history = line();
  SchemaModel real = history.at("1");
  by_hand(real, makes("b"));
  const Upgrade found = upgrade(history, real, "1", "3");
  EXPECT_EQ(lines(found),
            (Lines{"runs ALTER TABLE a ADD x", "passes CREATE TABLE b", "runs CREATE TABLE c"}));
  EXPECT_EQ(found.steps[1].step.reason, "revision 2: there already, and identical");
}

TEST(PlanUpgrade, WhatIsThereAndDiffersStopsIt) {
  History history = line();
  SchemaModel real = history.at("1");
  by_hand(real, sql("", {add_column("a", column("x", builtin("text")))}));
  EXPECT_EQ(refused(history, real, "1", "3"),
            "55000 revision 2 would fail: column \"x\" of relation \"a\" already exists | What is there is "
            "not what it "
            "makes: column a.x: integer expected, text found.");
}

TEST(PlanUpgrade, WhatIsMissingStopsItToo) {
  History history = line();
  EXPECT_EQ(refused(history, {}, "1", "3"),
            "55000 revision 2 would fail: relation \"a\" does not exist | What is there is not what it "
            "makes: column a.x "
            "is missing.");
}

TEST(PlanUpgrade, WhatIsSentOnceRunsOnce) {
  History history({{"1"}, {"2", "1"}});
  RevisionStatement once = makes_enum("kind");
  once.once = "kind";
  history.does("1", {once, makes("a")}).does("2", {once, makes("b")});
  EXPECT_EQ(lines(upgrade(history, {}, "", "2")),
            (Lines{"runs CREATE TYPE kind", "runs CREATE TABLE a", "runs CREATE TABLE b"}));
}

TEST(PlanUpgrade, WhatAlembicLooksForFirstPasses) {
  History history({{"1"}});
  RevisionStatement checked = makes_enum("kind");
  checked.check_first = true;
  history.does("1", {checked});
  SchemaModel real;
  by_hand(real, makes_enum("kind", {"others"}));
  EXPECT_EQ(lines(upgrade(history, real, "", "1")), Lines{"passes CREATE TYPE kind"});
  EXPECT_EQ(lines(upgrade(history, {}, "", "1")), Lines{"runs CREATE TYPE kind"});
}

TEST(PlanUpgrade, AStatementThatIsNotKnownStopsIt) {
  History history({{"1"}});
  RevisionStatement unknown = does_unknown("", "a value that is not known");
  unknown.line = 7;
  history.does("1", {unknown});
  EXPECT_EQ(refused(history, {}, "", "1"),
            "55000 revision 1 does what is not known here: a value that is not known | Line 7 of its file.");
}

TEST(PlanUpgrade, WhatCannotBeFollowedButIsKnownRuns) {
  History history({{"1"}});
  history.does("1", {does_unknown("DO $$$$"), changes_data("UPDATE a SET x = 1")});
  EXPECT_EQ(lines(upgrade(history, {}, "", "1")), (Lines{"runs DO $$$$", "runs UPDATE a SET x = 1"}));
}

TEST(PlanUpgrade, RowsThatAreNoStateStopIt) {
  History history = line();
  for (const char *rows : {"fff", "1 2", "3 3"})
    EXPECT_EQ(refused(history, history.at("3"), rows, "3"),
              "55000 the rows of app.alembic_version are no state that an upgrade starts from")
        << rows;
}

TEST(PlanUpgrade, OnlyUp) {
  History history = line();
  EXPECT_EQ(refused(history, history.at("3"), "3", "3"), "");
  EXPECT_TRUE(upgrade(history, history.at("3"), "3", "3").steps.empty());
  EXPECT_EQ(refused(history, history.at("3"), "3", "1"),
            "22023 the target is below what app.alembic_version records | migfix_upgrade only goes up.");
  EXPECT_NE(refused(history, history.at("3"), "3", ""), "");
}

TEST(PlanUpgrade, SaysWhatMayBeLostAndWhatNeedsNoTransaction) {
  History history({{"1"}, {"2", "1"}});
  RevisionStatement concurrently = indexes("ix", "a", "id");
  concurrently.in_transaction = false;
  RevisionStatement vacuum = sql("VACUUM a", {NoChange{}});
  vacuum.in_transaction = false;
  history.does("1", {makes("a"), makes("b")}).does("2", {drops("b"), concurrently, vacuum});
  const Upgrade found = upgrade(history, history.at("1"), "1", "2");
  ASSERT_EQ(found.steps.size(), 3U);
  EXPECT_EQ(found.steps[0].step.safe, false);
  EXPECT_EQ(found.steps[1].step.safe, true);
  EXPECT_FALSE(found.steps[1].step.transactional.empty());
  EXPECT_FALSE(found.steps[2].step.in_transaction);
  EXPECT_TRUE(found.steps[2].step.transactional.empty());
}

}  // namespace
}  // namespace migfix::core::test
