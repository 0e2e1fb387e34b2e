#include "core/prediction.hpp"

#include <gtest/gtest.h>

#include "unit/history_builder.hpp"

namespace migfix::core::test {
namespace {

using Lines = std::vector<std::string>;

/// "2/0 42P07 relation ..." for each collision; `recorded` is not pending.
Lines foreseen(History &history, const SchemaModel &real, const std::string &recorded,
               std::size_t most = 20) {
  const NodeSet applied = history.set(recorded);
  std::vector<Node> pending;
  for (const Node node : history.graph.order())
    if (!applied.contains(node)) pending.push_back(node);
  Lines result;
  for (const Collision &collision : predict(history.all(), history.statements, pending, real, most))
    result.push_back(history.graph.id(collision.step.revision) + "/" +
                     std::to_string(collision.step.statement) + " " + collision.refusal.sqlstate + " " +
                     collision.refusal.message);
  return result;
}

History line() {
  History history({{"3", "2"}, {"1"}, {"2", "1"}});  // loaded in another order than they run
  history.does("1", {makes("a")})
      .does("2", {adds("a", "x"), makes("b")})
      .does("3", {adds("b", "y"), makes("c")});
  return history;
}

TEST(Predict, NothingWhereTheSchemaIsWhereTheRowsAre) {
  History history = line();
  for (const char *id : {"", "1", "2", "3"}) EXPECT_EQ(foreseen(history, history.at(id), id), Lines{});
}

TEST(Predict, InTheOrderInWhichTheyRun) {
  History history = line();
  EXPECT_EQ(foreseen(history, history.at("3"), "1"),
            (Lines{"2/0 42701 column \"x\" of relation \"a\" already exists",
                   "2/1 42P07 relation \"b\" already exists",
                   "3/0 42701 column \"y\" of relation \"b\" already exists",
                   "3/1 42P07 relation \"c\" already exists"}));
}

TEST(Predict, WhatIsMissing) {
  History history = line();
  EXPECT_EQ(foreseen(history, {}, "1"), Lines{"2/0 42P01 relation \"a\" does not exist"});
}

TEST(Predict, OneObjectInTheWayIsOneCollision) {
  History history = line();
  SchemaModel real = history.at("1");
  by_hand(real, makes("b"));
  EXPECT_EQ(foreseen(history, real, "1"), Lines{"2/1 42P07 relation \"b\" already exists"});
}

TEST(Predict, AtMostSoMany) {
  History history = line();
  EXPECT_EQ(foreseen(history, history.at("3"), "1", 2).size(), 2U);
}

RevisionStatement once(const std::string &name) {
  RevisionStatement statement = makes_enum(name);
  statement.once = name;
  return statement;
}

TEST(Predict, WhatAlembicSendsOnceCountsOnce) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {once("kind"), makes("a")}).does("2", {once("kind"), makes("b")});
  EXPECT_EQ(foreseen(history, {}, ""), Lines{});
  // In another run it is sent again.
  EXPECT_EQ(foreseen(history, history.at("1"), "1"), Lines{"2/0 42710 type \"kind\" already exists"});
}

TEST(Predict, WhatAlembicLooksForFirstNeverFails) {
  History history({{"1"}});
  RevisionStatement checked = makes_enum("kind");
  checked.check_first = true;
  history.does("1", {checked, makes("a")});
  SchemaModel real;
  by_hand(real, makes_enum("kind"));
  EXPECT_EQ(foreseen(history, real, ""), Lines{});
}

TEST(Predict, EndsWhereItCannotBeFollowed) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a"), does_unknown("DO $$$$"), makes("b")}).does("2", {makes("c")});
  EXPECT_EQ(foreseen(history, history.at("2"), ""), Lines{"1/0 42P07 relation \"a\" already exists"});
}

TEST(Predict, DataStatementsAreNoObstacle) {
  History history({{"1"}});
  history.does("1", {changes_data("UPDATE a SET x = 1"), makes("a")});
  EXPECT_EQ(foreseen(history, history.at("1"), ""), Lines{"1/1 42P07 relation \"a\" already exists"});
}

// The model fails on it even from nothing, so it says nothing about the real schema.
TEST(Predict, WhatTheHistoryItselfRefusesIsNotHeldAgainstTheSchema) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a")}).does("2", {drops("made_elsewhere"), makes("b")});
  EXPECT_EQ(foreseen(history, history.at("1"), "1"), Lines{});
}

}  // namespace
}  // namespace migfix::core::test
