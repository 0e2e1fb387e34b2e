#include "core/plan_target.hpp"

#include <gtest/gtest.h>

#include "unit/history_builder.hpp"

namespace migfix::core::test {
namespace {

struct Asked {
  std::string rows = {};  // ids with blanks between
  bool rows_are_sound = true;
  std::string logged = {};
};

struct Chosen {
  std::string revisions;  // ids of the heads
  std::string in_doubt;
  std::vector<std::string> leftovers;
};

Chosen choose(History &history, const SchemaModel &real, const Asked &asked = {}) {
  const NodeSet recorded = history.set(asked.rows);
  NodeSet logged(history.graph.size());
  for (const Node node : nodes(history.graph, asked.logged)) logged.insert(node);
  const TargetChoice choice = choose_target({history.graph, history.statements, history.all(), real, recorded,
                                             asked.rows_are_sound && !asked.rows.empty(), logged});
  return {text(history.graph, history.graph.maximal(choice.revisions.nodes())),
          text(history.graph, choice.in_doubt), names(choice.leftovers)};
}

// The merge changes nothing, or rows alone.
History branched(bool merge_changes_rows = false) {
  History history({{"001"}, {"a", "001"}, {"b", "001"}, {"m", "a b"}, {"h", "m"}});
  history.does("001", {makes("t")})
      .does("a", {makes("ta")})
      .does("b", {makes("tb")})
      .does("h", {makes("th")});
  if (merge_changes_rows) history.does("m", {changes_data("DELETE FROM ta")});
  return history;
}

TEST(ChooseTarget, WhatTheSchemaSaysWinsOverTheRows) {
  History history = branched();
  EXPECT_EQ(choose(history, history.at("a"), {"h"}).revisions, "a");
  EXPECT_EQ(choose(history, history.at("h"), {"001"}).revisions, "h");
  EXPECT_EQ(choose(history, history.at("h"), {"", true, "001 a"}).revisions, "h");
}

TEST(ChooseTarget, RowsDecideWhereTheSchemaCannot) {
  History history = branched();
  EXPECT_EQ(choose(history, history.at("m"), {"m"}).revisions, "m");
  EXPECT_EQ(choose(history, history.at("m"), {"a b"}).revisions, "a b");
}

TEST(ChooseTarget, RowsThatAreNoStateDecideNothing) {
  History history = branched();
  EXPECT_EQ(choose(history, history.at("m"), {"m", false}).revisions, "a b");
}

TEST(ChooseTarget, ThenTheLogDecides) {
  History history = branched(true);
  const Chosen chosen = choose(history, history.at("m"), {"", true, "001 a b m"});
  EXPECT_EQ(chosen.revisions, "m");
  EXPECT_EQ(chosen.in_doubt, "");
  // What it has seen below the doubt says nothing about it.
  EXPECT_EQ(choose(history, history.at("m"), {"", true, "a"}).in_doubt, "m");
}

TEST(ChooseTarget, ElseTheLowestAndWhatMattersIsInDoubt) {
  History harmless = branched();
  EXPECT_EQ(choose(harmless, harmless.at("m")).revisions, "a b");
  EXPECT_EQ(choose(harmless, harmless.at("m")).in_doubt, "");
  History history = branched(true);
  EXPECT_EQ(choose(history, history.at("m")).revisions, "a b");
  EXPECT_EQ(choose(history, history.at("m")).in_doubt, "m");
  EXPECT_EQ(choose(history, history.at("m"), {"m"}).in_doubt, "");
}

TEST(ChooseTarget, RevisionsInDoubtAreLowestFirst) {
  History history({{"1"}, {"2", "1"}, {"3", "2"}, {"4", "3"}});
  history.does("1", {makes("a")})
      .does("2", {does_unknown("DO $$$$")})
      .does("4", {changes_data("DELETE FROM a")});
  EXPECT_EQ(choose(history, history.at("4")).in_doubt, "2 4");
}

TEST(ChooseTarget, APartBringsTheWholeRevision) {
  History history({{"1"}, {"2", "1"}, {"3", "2"}});
  history.does("1", {makes("a")}).does("2", {makes("b"), makes("c"), makes("d")}).does("3", {makes("e")});
  SchemaModel real = history.at("1");
  by_hand(real, makes("c"));
  EXPECT_EQ(choose(history, real).revisions, "2");
  EXPECT_EQ(choose(history, real, {"1"}).revisions, "2");
}

TEST(ChooseTarget, APartOfALaterOneBringsThoseBelow) {
  History history({{"1"}, {"2", "1"}, {"3", "2"}});
  history.does("1", {makes("a")})
      .does("2", {makes("b"), makes("c")})
      .does("3", {makes("d"), makes("e"), makes("f")});
  SchemaModel real = history.at("1");
  by_hand(real, makes("d"));
  EXPECT_EQ(choose(history, real).revisions, "3");
}

TEST(ChooseTarget, WhatComesAndGoesAboveIsNothingBegun) {
  History history({{"1"}, {"2", "1"}, {"3", "2"}});
  history.does("1", {makes("a")}).does("2", {drops("a")}).does("3", {makes("b")});
  EXPECT_EQ(choose(history, history.at("1")).revisions, "1");
}

History with_enum() {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a")})
      .does("2", {makes_enum("kind"),
                  sql("CREATE TABLE b", {create_table("b", {column("k", {own("kind"), {}, false, {}})})})});
  return history;
}

TEST(ChooseTarget, AnEnumThatADowngradeLeftIsLeftOver) {
  History history = with_enum();
  SchemaModel real = history.at("1");
  by_hand(real, makes_enum("kind"));
  unused(real, "kind");
  const Chosen chosen = choose(history, real, {"1"});
  EXPECT_EQ(chosen.revisions, "1");
  EXPECT_EQ(chosen.leftovers, (std::vector<std::string>{"kind"}));
}

TEST(ChooseTarget, AlsoWithOtherLabels) {
  History history = with_enum();
  SchemaModel real = history.at("1");
  by_hand(real, makes_enum("kind", {"one"}));
  unused(real, "kind");
  EXPECT_EQ(choose(history, real, {"1"}).leftovers, (std::vector<std::string>{"kind"}));
}

TEST(ChooseTarget, AnEnumInUseIsNot) {
  History history = with_enum();
  SchemaModel real = history.at("1");
  by_hand(real, makes_enum("kind"));
  const Chosen chosen = choose(history, real, {"1"});
  EXPECT_EQ(chosen.revisions, "2");
  EXPECT_TRUE(chosen.leftovers.empty());
}

TEST(ChooseTarget, NorOneThatARevisionOfTheChoiceMakes) {
  History history = with_enum();
  SchemaModel real = history.at("2");
  by_hand(real, drops("b"));
  by_hand(real, makes("b"));
  unused(real, "kind");
  const Chosen chosen = choose(history, real, {"2"});
  EXPECT_EQ(chosen.revisions, "2");
  EXPECT_TRUE(chosen.leftovers.empty());
}

TEST(ChooseTarget, AnEnumThatAPendingRevisionAltersIsNeither) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a"), makes_enum("kind")}).does("2", {adds_label("kind", "three"), makes("b")});
  SchemaModel real = history.at("1");
  by_hand(real, adds_label("kind", "three"));
  unused(real, "kind");
  const Chosen chosen = choose(history, real, {"1"});
  EXPECT_EQ(chosen.revisions, "2");
  EXPECT_TRUE(chosen.leftovers.empty());
}

TEST(ChooseTarget, AnEnumThatIsRenamedInItsOwnRevisionIsLeftOverUnderItsOldName) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a")})
      .does("2", {makes_enum("kind"), sql("RENAME", {rename(enum_id("kind"), "sort")}), makes("b")});
  SchemaModel real = history.at("1");
  by_hand(real, makes_enum("kind"));
  unused(real, "kind");
  EXPECT_EQ(choose(history, real, {"1"}).leftovers, (std::vector<std::string>{"kind"}));
}

TEST(ChooseTarget, ATableThatIsRenamedInItsOwnRevisionBringsItUnderItsOldName) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a")})
      .does("2", {makes("b"), sql("RENAME", {rename(table_id("b"), "c")}), makes("d")});
  SchemaModel real = history.at("1");
  by_hand(real, makes("b"));
  EXPECT_EQ(choose(history, real, {"1"}).revisions, "2");
}

TEST(ChooseTarget, WhatIsRecordedBesideMoreThanThatIsNotInDoubt) {
  History history({{"001"}, {"a", "001"}, {"b", "001"}});
  history.does("001", {makes("t")}).does("a", {changes_data("DELETE FROM t")}).does("b", {makes("tb")});
  const Chosen chosen = choose(history, history.at("b"), {"a"});
  EXPECT_EQ(chosen.revisions, "a b");
  EXPECT_EQ(chosen.in_doubt, "");
  // Where a row is refuted, the others prove nothing.
  History refuted({{"001"}, {"a", "001"}, {"a2", "a"}, {"b", "001"}});
  refuted.does("001", {makes("t")})
      .does("a", {changes_data("DELETE FROM t")})
      .does("a2", {makes("ta")})
      .does("b", {makes("tb")});
  EXPECT_EQ(choose(refuted, refuted.at("b"), {"a2"}).in_doubt, "a");
}

TEST(ChooseTarget, WhatCannotBeComparedIsNoSign) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a"), adds("a", "x"), sql("CREATE VIEW v", {create_view("v", {"a"})})})
      .does("2", {sql("x TO y", {rename(col("a", "x"), "y")})});
  SchemaModel real = history.at("1");
  std::get<View>(real.change(view_id("v"))->definition).materialized = true;
  EXPECT_EQ(choose(history, real, {"1"}).revisions, "1");
}

TEST(MattersUnseen, RowsAndWhatIsNotKnown) {
  EXPECT_FALSE(matters_unseen({}));
  EXPECT_FALSE(matters_unseen({makes("a"), sets_property("GRANT")}));
  EXPECT_TRUE(matters_unseen({makes("a"), changes_data("UPDATE a SET id = 1")}));
  EXPECT_TRUE(matters_unseen({does_unknown("DO $$$$")}));
}

}  // namespace
}  // namespace migfix::core::test
