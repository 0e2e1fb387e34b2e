#include "core/verification.hpp"

#include <gtest/gtest.h>

#include "core/type_words.hpp"
#include "core/unexplained.hpp"
#include "unit/history_builder.hpp"

namespace migfix::core::test {
namespace {

using Lines = std::vector<std::string>;

/// "1 column a.x different: integer expected, text found"; what is present only where `all`.
Lines verified(History &history, const std::string &revisions, const SchemaModel &real, bool all = false) {
  Lines result;
  for (const VerifiedObject &one :
       verify(history.graph, history.statements, history.histories().of(history.set(revisions)),
              history.all(), real)) {
    if (one.state == VerifiedObject::State::kPresent && !all && one.detail.empty()) continue;
    const std::string object =
        one.state == VerifiedObject::State::kOpaque ? "" : object_in_words(one.id) + " ";
    result.push_back((one.revision ? history.graph.id(*one.revision) + " " : std::string()) + object +
                     state_name(one.state) + (one.detail.empty() ? "" : ": " + one.detail));
  }
  return result;
}

History line() {
  History history({{"1"}, {"2", "1"}, {"3", "2"}});
  history.does("1", {makes("a"), makes("b")})
      .does("2", {adds("a", "x"), drops("b")})
      .does("3", {sql("", {SetNotNull{{own("a")}, "x", true}}), makes("c")});
  return history;
}

TEST(Verify, EachRevisionAgainstItsOwnSchema) {
  History history = line();
  for (const char *id : {"", "1", "2", "3"}) EXPECT_EQ(verified(history, id, history.at(id)), Lines{});
}

TEST(Verify, WhatIsThereHasTheRevisionThatChangedItLast) {
  History history = line();
  EXPECT_EQ(verified(history, "3", history.at("3"), true),
            (Lines{"1 table a present", "3 table c present", "1 column a.id present", "3 column a.x present",
                   "3 column c.id present"}));
}

// A function that was seen to rename two columns, one of which it has added itself, and whose text tells
// neither.
TEST(Verify, WhatWasSeenToRunIsFollowedAsFarAsItCanBe) {
  History history({{"1"}, {"2", "1"}});
  const auto column_of = [](const std::string &name) { return ObjectId{ObjectKind::kColumn, "", "a", name}; };
  RevisionStatement call = sql("SELECT f()", {});
  call.watched = true;
  for (const auto &[from, to] : {std::pair("made", "new"), std::pair("id", "key")}) {
    RenameObject rename;
    rename.object = column_of(from);
    rename.to = to;
    call.effects.emplace_back(rename);
  }
  SchemaModel seen;
  by_hand(seen, makes("a"));
  by_hand(seen, adds("a", "new"));
  call.observed = {{column_of("new"), *seen.find(column_of("new"))}};
  history.does("1", {makes("a")}).does("2", {call});
  EXPECT_EQ(verified(history, "2", history.at("2"), true),
            (Lines{"1 table a present", "2 column a.key present", "2 column a.new present"}));
}

TEST(Verify, MissingAndDifferent) {
  History history = line();
  SchemaModel real = history.at("3");
  by_hand(real, drops("c"));
  by_hand(real, sql("", {AlterColumnType{{own("a")}, "x", builtin("text"), {}, {}}}));
  by_hand(real, sql("", {DropColumn{{own("a")}, "id"}}));
  EXPECT_EQ(verified(history, "3", real), (Lines{"3 table c missing", "1 column a.id missing",
                                                 "3 column a.x different: integer expected, text found",
                                                 "3 column c.id missing: its table is missing"}));
}

TEST(Verify, WhatNoRevisionMakesWithoutItsParts) {
  History history = line();
  SchemaModel real = history.at("3");
  by_hand(real, makes("by_hand"));
  by_hand(real, adds("a", "note"));
  by_hand(real, sql("", {CreateSchema{"other"}}));
  EXPECT_EQ(verified(history, "3", real), (Lines{"table by_hand unexplained", "column a.note unexplained"}));
}

TEST(Verify, WhatOtherRevisionsExplain) {
  History history = line();
  SchemaModel real = history.at("3");
  by_hand(real, makes("b"));
  EXPECT_EQ(verified(history, "3", real), Lines{"2 table b unexplained: revision 2 takes it away"});
  EXPECT_EQ(verified(history, "2", history.at("3")),
            (Lines{"2 column a.x different: nullable expected, NOT NULL found",
                   "3 table c unexplained: revision 3 makes it, which is not among these"}));
}

TEST(Verify, WhatCannotBeFollowed) {
  History history({{"1"}, {"2", "1"}});
  RevisionStatement unknown = does_unknown("DO $$$$");
  unknown.line = 12;
  history.does("1", {unknown, changes_data("UPDATE a SET x = 1"), drops("nothing")});
  EXPECT_EQ(verified(history, "2", {}), (Lines{"1 opaque: a DO block (line 12)", "1 opaque: it changes rows",
                                               "1 opaque: table \"nothing\" does not exist"}));
  EXPECT_EQ(verified(history, "", {}), Lines{});
}

TEST(Verify, WhatTheServerMakesNoSenseOfIsSaidAndNoDifference) {
  History history({{"1"}});
  Expression strange;
  strange.text = "no_such_function(id) > 0";
  history.does("1", {sql("", {create_table("a", {column("id")}, {check(strange, "c")})})});
  SchemaModel real = history.at("1");
  std::get<Check>(std::get<Constraint>(real.change(con("a", "c"))->definition).what).expression.normal =
      "(id > 0)";
  EXPECT_EQ(verified(history, "1", real),
            Lines{"1 constraint a.c present: expression could not be compared"});
}

TEST(Verify, DefinitionsOfWhatIsExpectedAndOfWhatIsUnexplained) {
  History history = line();
  SchemaModel real = history.at("2");
  by_hand(real, sql("", {AlterColumnType{{own("a")}, "x", builtin("text"), {}, {}}}));
  by_hand(real, sql("", {add_column("a", column("note", builtin("text")))}));
  Lines definitions;
  for (const VerifiedObject &one : verify(history.graph, history.statements,
                                          history.histories().of(history.set("2")), history.all(), real))
    definitions.push_back(object_in_words(one.id) + ": " + one.definition);
  EXPECT_EQ(definitions,
            (Lines{"table a: ", "column a.id: integer", "column a.x: integer", "column a.note: text"}));
}

TEST(UnexplainedObjects, OnesThatNoRevisionHasEverTouched) {
  History history = line();
  SchemaModel real = history.at("2");
  by_hand(real, makes("b"));  // revision 2 has dropped it: it is known
  by_hand(real, makes("by_hand"));
  by_hand(real, indexes("ix_hand", "by_hand", "id"));
  by_hand(real, indexes("ix_a", "a", "x"));
  by_hand(real, adds("a", "note"));
  by_hand(real, sql("", {CreateExtension{"citext"}}));
  EXPECT_EQ(names(unexplained_objects(history.all(), real)), (Lines{"by_hand", "note", "ix_a"}));
}

}  // namespace
}  // namespace migfix::core::test
