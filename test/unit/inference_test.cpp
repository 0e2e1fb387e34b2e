#include "core/inference.hpp"

#include <gtest/gtest.h>

#include "core/inference_words.hpp"
#include "unit/history_builder.hpp"

namespace migfix::core::test {
namespace {

/// "at a b | or c", where `exact` "exact: " in front.
std::string where(History &history, const SchemaModel &real) {
  const Inference found = infer(history.graph, history.all(), real);
  std::string result = found.exact ? "" : "inexact: ";
  if (!found.at.empty()) result += "at " + text(history.graph, found.at);
  if (!found.alternatives.empty())
    result += (found.at.empty() ? "or " : " or ") + text(history.graph, found.alternatives);
  if (found.base_fits) result += " base";
  return result;
}

std::vector<std::string> described(History &history, const SchemaModel &real) {
  std::vector<std::string> lines;
  for (const InferredRevision &one : describe_inference(history.graph, history.all(), real))
    lines.push_back(one.revision + " " + evidence_name(one.state) + " " + one.place + ": " + one.detail);
  return lines;
}

History line() {
  History history({{"1"}, {"2", "1"}, {"3", "2"}, {"4", "3"}});
  history.does("1", {makes("a")}).does("2", {makes("b")}).does("3", {adds("a", "x")}).does("4", {makes("c")});
  return history;
}

// 001 <- a, b <- m <- h; the merge does nothing.
History branched() {
  History history({{"001"}, {"a", "001"}, {"b", "001"}, {"m", "a b"}, {"h", "m"}});
  history.does("001", {makes("t")})
      .does("a", {makes("ta")})
      .does("b", {adds("t", "xb")})
      .does("h", {makes("th")});
  return history;
}

TEST(Infer, EachRevisionOfALine) {
  History history = line();
  EXPECT_EQ(where(history, {}), "");
  for (const char *id : {"1", "2", "3", "4"})
    EXPECT_EQ(where(history, history.at(id)), std::string("at ") + id);
}

TEST(Infer, EachSetOfABranchedGraph) {
  History history = branched();
  EXPECT_EQ(where(history, history.at("001")), "at 001");
  EXPECT_EQ(where(history, history.at("a")), "at a");
  EXPECT_EQ(where(history, history.at("b")), "at b");
  EXPECT_EQ(where(history, history.at("h")), "at h");
}

TEST(Infer, AMergeCannotBeSeen) {
  History history = branched();
  EXPECT_EQ(where(history, history.at("a b")), "or a b m");
  EXPECT_EQ(where(history, history.at("m")), "or a b m");
}

TEST(Infer, ABranchOfItsOwnIsNoAncestor) {
  History history({{"a"}, {"x", "", "a"}, {"b", "a"}});
  history.does("a", {makes("ta")}).does("x", {makes("tx")}).does("b", {makes("tb")});
  EXPECT_EQ(where(history, history.at("x")), "at x");  // it depends on a, which is below it
  EXPECT_EQ(where(history, history.at("x b")), "at x b");
}

TEST(Infer, RowsAloneCannotBeSeen) {
  History history({{"1"}, {"2", "1"}, {"3", "2"}});
  history.does("1", {makes("a")}).does("2", {changes_data("UPDATE a SET id = 1")}).does("3", {makes("b")});
  EXPECT_EQ(where(history, history.at("1")), "or 1 2");
  EXPECT_EQ(where(history, history.at("3")), "at 3");
}

TEST(Infer, AnEnumThatNothingUsesIsNoSignOfWhatHasBeenTakenBack) {
  History history({{"1"}, {"2", "1"}});
  history.does("1", {makes("a")}).does("2", {makes_enum("kind"), makes("b")});
  SchemaModel real = history.at("1");
  by_hand(real, makes_enum("kind"));
  EXPECT_EQ(text(history.graph, infer(history.graph, history.all(), real).alternatives), "1 2");
  unused(real, "kind");
  const Inference left = infer(history.graph, history.all(), real);
  EXPECT_EQ(text(history.graph, left.at), "1");
  EXPECT_EQ(text(history.graph, left.alternatives), "");
}

TEST(Infer, WhatComesAndGoesCannotBeSeenAtItsEnds) {
  History history({{"1"}, {"2", "1"}, {"3", "2"}});
  history.does("1", {makes("a")}).does("2", {makes("x")}).does("3", {drops("x")});
  EXPECT_EQ(where(history, history.at("1")), "or 1 3");
  EXPECT_EQ(where(history, history.at("2")), "at 2");
  History from_base({{"1"}, {"2", "1"}});
  from_base.does("1", {makes("x")}).does("2", {drops("x")});
  EXPECT_EQ(where(from_base, {}), "or 2 base");
}

// By weights of objects alone, the dropped table with its columns would say that nothing was applied at all.
TEST(Infer, ADroppedTableDoesNotOutweighWhatCameAfterIt) {
  History history({{"1"}, {"2", "1"}, {"3", "2"}, {"4", "3"}});
  std::vector<NewColumn> columns;
  for (const char *name : {"a", "b", "c", "d", "e", "f", "g", "h"}) columns.push_back(column(name));
  history.does("1", {sql("CREATE TABLE wide", {create_table("wide", columns)})})
      .does("2", {makes("t2")})
      .does("3", {makes("t3")})
      .does("4", {makes("t4")});
  SchemaModel real = history.at("4");
  by_hand(real, drops("wide"));
  EXPECT_EQ(where(history, real), "inexact: at 4");
}

TEST(Infer, AColumnAlteredByHandIsNoOlderRevision) {
  History history = line();
  SchemaModel real = history.at("4");
  by_hand(real, sql("", {AlterColumnType{{own("a")}, "x", builtin("text"), {}, {}}}));
  EXPECT_EQ(where(history, real), "inexact: at 4");
}

TEST(Infer, WhatNoRevisionMakesSaysNothing) {
  History history = line();
  SchemaModel real = history.at("2");
  by_hand(real, makes("made_by_hand"));
  EXPECT_EQ(where(history, real), "at 2");
}

TEST(Infer, NoRevisions) {
  History history({});
  EXPECT_EQ(where(history, {}), "");
}

TEST(Evidence, OfWhatIsAppliedAndWhatIsNot) {
  History history({{"1"}, {"2", "1"}, {"3", "2"}, {"4", "3"}, {"5", "4"}});
  history.does("1", {makes("a"), makes("b")})
      .does("2", {adds("a", "x")})
      .does("3", {sql("", {SetNotNull{{own("a")}, "x", true}})})
      .does("4", {makes("c"), makes("d"), adds("a", "y")})
      .does("5", {changes_data("UPDATE a SET x = 1")});
  SchemaModel real = history.at("3");
  by_hand(real, drops("b"));
  by_hand(real, makes("c"));
  by_hand(real, sql("", {add_column("a", column("y", builtin("text")))}));
  const auto all = evidence(history.graph, history.all(), real, history.set("3"));
  using State = RevisionEvidence::State;
  EXPECT_EQ(all[0].state, State::kPartial);
  EXPECT_EQ(names(all[0].there), (std::vector<std::string>{"a", "id"}));
  EXPECT_EQ(names(all[0].lacking), (std::vector<std::string>{"b", "id"}));
  EXPECT_EQ(all[1].state, State::kUnknown);
  EXPECT_EQ(all[1].covered, 1U);
  EXPECT_EQ(all[2].state, State::kApplied);
  EXPECT_EQ(all[3].state, State::kPartial);
  EXPECT_EQ(names(all[3].there), (std::vector<std::string>{"c", "id"}));
  EXPECT_EQ(names(all[3].lacking), (std::vector<std::string>{"d", "id"}));
  EXPECT_EQ(names(all[3].different), (std::vector<std::string>{"y"}));
  EXPECT_EQ(all[4].state, State::kUnknown);

  EXPECT_EQ(
      evidence_in_words(all[3]),
      "2 of 5 objects as it leaves them: table c and column c.id; as before it: table d and column d.id; "
      "neither: column a.y");
  EXPECT_EQ(evidence_in_words(all[1]), "later revisions have changed again all that it did (1 object)");
  EXPECT_EQ(evidence_in_words(all[4]),
            "changes no object that can be seen: rows, a merge, or what cannot be modelled");
}

TEST(DescribeInference, OneRowForEachRevision) {
  History history = line();
  EXPECT_EQ(
      described(history, history.at("3")),
      (std::vector<std::string>{"1 applied below: 2 of 2 objects as it leaves them: table a and column a.id",
                                "2 applied below: 2 of 2 objects as it leaves them: table b and column b.id",
                                "3 applied at: 1 of 1 object as it leaves it: column a.x",
                                "4 absent above: as before it: table c and column c.id"}));
}

TEST(DescribeInference, BaseHasARowWhereItFits) {
  History history = line();
  EXPECT_EQ(described(history, {}).front(), "base unknown at: nothing that revisions make is there");
  History from_base({{"1"}, {"2", "1"}});
  from_base.does("1", {makes("x")}).does("2", {drops("x")});
  const auto lines = described(from_base, {});
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0], "base unknown or: nothing that revisions make is there");
  EXPECT_EQ(lines[1].substr(0, 15), "1 absent above:");
  EXPECT_EQ(lines[2].substr(0, 13), "2 unknown or:");
}

}  // namespace
}  // namespace migfix::core::test
