#include "core/stamp.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "unit/graph_samples.hpp"

namespace migfix::core {
namespace {

using Targets = std::vector<std::string>;

StampRequest request(std::vector<std::optional<std::string>> revisions) {
  StampRequest request;
  request.version_table = "public.alembic_version";
  request.revisions = std::move(revisions);
  request.column_width = 32;
  return request;
}

StampRequest purging(StampRequest request) {
  request.purge = true;
  return request;
}

StampRequest forced(StampRequest request) {
  request.force = true;
  return request;
}

Rows after(const Rows &before, const StampRequest &request) {
  return rows_after_stamp(before, request, "");
}

Error raised(const StampRequest &request, const Rows &before = {}, const std::string &functions = "") {
  try {
    rows_after_stamp(before, request, functions);
  } catch (const Error &error) {
    return error;
  }
  ADD_FAILURE() << "nothing was raised";
  return Error("00000", "");
}

TEST(StampTargets, TakesEachIdOnceInTheOrderGiven) {
  EXPECT_EQ(stamp_targets(request({"b", "a", "b"})), Targets({"b", "a"}));
}

TEST(StampTargets, TakesBaseForNone) {
  EXPECT_EQ(stamp_targets(request({"base"})), Targets());
  EXPECT_EQ(stamp_targets(request({"base", "base"})), Targets());
}

TEST(StampTargets, RefusesAnEmptyList) {
  const Error error = raised(request({}));
  EXPECT_STREQ(error.sqlstate(), "22023");
  EXPECT_EQ(error.message(), "no revision is given");
  EXPECT_EQ(error.detail(), "");
  EXPECT_EQ(error.hint(), "Give a revision's id, or 'base' for none.");
}

TEST(StampTargets, RefusesNull) {
  for (const StampRequest &bad : {request({std::nullopt}), request({"a", std::nullopt})}) {
    const Error error = raised(bad);
    EXPECT_STREQ(error.sqlstate(), "22004");
    EXPECT_EQ(error.message(), "a revision must not be NULL");
    EXPECT_EQ(error.hint(), "Give a revision's id, or 'base' for none.");
  }
}

TEST(StampTargets, RefusesWhatIsNoId) {
  const Error heads = raised(request({"heads"}));
  EXPECT_STREQ(heads.sqlstate(), "22023");
  EXPECT_EQ(heads.message(), "\"heads\" is not the id of a revision");
  EXPECT_EQ(heads.detail(), "\"heads\" is a word of Alembic's command line, not a revision.");
  EXPECT_EQ(heads.hint(), "Give the id itself, as \"alembic history\" lists it.");

  const Error empty = raised(request({""}));
  EXPECT_STREQ(empty.sqlstate(), "22023");
  EXPECT_EQ(empty.message(), "\"\" is not the id of a revision");
  EXPECT_EQ(empty.detail(), "The empty string is not a revision.");

  for (const char *never : {"head", "+1", "-2", "a:b", "label@head", " a", "a\n"})
    EXPECT_STREQ(raised(request({"a", never})).sqlstate(), "22023") << never;
}

TEST(StampTargets, RefusesBaseBesideRevisions) {
  for (const StampRequest &bad : {request({"base", "a"}), request({"a", "base"})}) {
    const Error error = raised(bad);
    EXPECT_STREQ(error.sqlstate(), "22023");
    EXPECT_EQ(error.message(), "\"base\" cannot be stamped together with revisions");
    EXPECT_EQ(error.detail(), "It stands for a database in which no revision is applied.");
  }
}

TEST(StampTargets, RefusesAnIdThatTheColumnDoesNotHold) {
  const std::string fits(32, 'x');
  const std::string longer(33, 'x');
  EXPECT_EQ(stamp_targets(request({fits})), Targets({fits}));
  const Error error = raised(request({longer}));
  EXPECT_STREQ(error.sqlstate(), "22001");
  EXPECT_EQ(error.message(),
            "revision \"" + longer + "\" has 33 characters, but public.alembic_version.version_num holds 32");
  EXPECT_EQ(error.detail(), "");
  EXPECT_EQ(
      error.hint(),
      "ALTER TABLE public.alembic_version ALTER COLUMN version_num TYPE character varying(255); makes room "
      "for it.");
  EXPECT_EQ(
      raised(request({std::string(300, 'x')})).hint(),
      "ALTER TABLE public.alembic_version ALTER COLUMN version_num TYPE character varying(300); makes room "
      "for it.");
}

TEST(StampTargets, CountsCharactersNotBytes) {
  std::string umlauts;
  for (int i = 0; i < 32; ++i) umlauts += "\xc3\xa4";
  EXPECT_EQ(stamp_targets(request({umlauts})), Targets({umlauts}));
  EXPECT_STREQ(raised(request({umlauts + "\xc3\xa4"})).sqlstate(), "22001");
}

TEST(StampTargets, KnowsColumnsWithoutLimit) {
  StampRequest unlimited = request({std::string(5000, 'x')});
  unlimited.column_width.reset();
  EXPECT_EQ(stamp_targets(unlimited).front().size(), 5000u);
}

TEST(RowsAfterStamp, RecordsInAnEmptyTable) {
  EXPECT_EQ(after({}, request({"a"})), Rows({"a"}));
  EXPECT_EQ(after({}, request({"b", "a"})), Rows({"b", "a"}));
  EXPECT_EQ(after({}, request({"base"})), Rows());
}

TEST(RowsAfterStamp, BaseTakesEveryRowOut) {
  EXPECT_EQ(after({"a", "b", std::nullopt}, request({"base"})), Rows());
  EXPECT_EQ(after({"a"}, forced(request({"base"}))), Rows());
}

TEST(RowsAfterStamp, PurgeLeavesTheTargetsAlone) {
  EXPECT_EQ(after({"a", "b"}, purging(request({"c"}))), Rows({"c"}));
  EXPECT_EQ(after({"a", "a", std::nullopt}, purging(request({"a"}))), Rows({"a"}));
  EXPECT_EQ(after({"a"}, purging(forced(request({"b"})))), Rows({"b"}));
}

TEST(RowsAfterStamp, LeavesATableAloneThatHasIt) {
  EXPECT_EQ(after({"a"}, request({"a"})), Rows({"a"}));
  EXPECT_EQ(after({"b", "a"}, request({"a"})), Rows({"b", "a"}));
  EXPECT_EQ(after({"b", "a"}, request({"a", "b"})), Rows({"b", "a"}));
}

TEST(RowsAfterStamp, ForceRecordsBesideWhatIsThere) {
  EXPECT_EQ(after({"a"}, forced(request({"b"}))), Rows({"a", "b"}));
  EXPECT_EQ(after({"a", std::nullopt}, forced(request({"b", "a"}))), Rows({"a", std::nullopt, "b"}));
}

TEST(RowsAfterStamp, RefusesToGuessWhatOtherRowsMean) {
  const Error error = raised(request({"b"}), {"a"});
  EXPECT_STREQ(error.sqlstate(), "55000");
  EXPECT_EQ(error.message(), "public.alembic_version already records \"a\"");
  EXPECT_EQ(
      error.detail(),
      "Whether that is replaced or kept depends on how the revisions descend from each other, which migfix "
      "does not know here.");
  EXPECT_EQ(error.hint(),
            "To replace every row:\n"
            "SELECT * FROM migfix_stamp('b', purge => true, version_table => 'public.alembic_version');\n"
            "To record it beside them, as the head of another branch:\n"
            "SELECT * FROM migfix_stamp('b', force => true, version_table => 'public.alembic_version');");
}

TEST(RowsAfterStamp, RefusesAlsoWhereOneOfSeveralIsThere) {
  EXPECT_STREQ(raised(request({"a", "b"}), {"a"}).sqlstate(), "55000");
}

// Versions and names are data: the call that the hint gives must be right whatever they hold.
TEST(RowsAfterStamp, QuotesWhatItsHintRepeats) {
  StampRequest odd = request({"it's", "b\\"});
  odd.version_table = "\"o'brien\".alembic_version";
  const Error error = raised(odd, {"a", std::nullopt}, "ops.");
  EXPECT_EQ(error.message(), "\"o'brien\".alembic_version already records \"a\" and NULL");
  EXPECT_EQ(error.hint(),
            "To replace every row:\n"
            "SELECT * FROM ops.migfix_stamp(ARRAY['it''s', E'b\\\\'], purge => true, version_table => "
            "'\"o''brien\".alembic_version');\n"
            "To record it beside them, as the head of another branch:\n"
            "SELECT * FROM ops.migfix_stamp(ARRAY['it''s', E'b\\\\'], force => true, version_table => "
            "'\"o''brien\".alembic_version');");
}

// --- by the graph

Rows by_graph(const std::vector<std::string> &revisions, const Rows &before, bool force = false,
              bool purge = false) {
  static const RevisionGraph kGraph = test::graph(
      {{"1base"}, {"2left", "1base"}, {"2right", "1base", "", "lab"}, {"3merge", "2left 2right"}});
  StampRequest stamp;
  stamp.version_table = "public.alembic_version";
  stamp.column_width = 32;
  for (const std::string &revision : revisions) stamp.revisions.emplace_back(revision);
  stamp.force = force;
  stamp.purge = purge;
  return rows_after_stamp(kGraph, before, stamp);
}

TEST(RowsAfterStampByGraph, FollowsTheRule) {
  EXPECT_EQ(by_graph({"head"}, {"2left", "2right"}), (Rows{"3merge"}));
  EXPECT_EQ(by_graph({"lab"}, {"2left"}), (Rows{"2left", "2right"}));
  EXPECT_EQ(by_graph({"-1"}, {"2left"}), (Rows{"1base"}));
  EXPECT_EQ(by_graph({"2left", "2right"}, {"3merge"}), (Rows{"2left", "2right"}));
}

TEST(RowsAfterStampByGraph, SaysHowToRecordWhatIsNotLoaded) {
  try {
    by_graph({"4later"}, {"3merge"});
    FAIL();
  } catch (const Error &error) {
    EXPECT_STREQ(error.sqlstate(), "42704");
    EXPECT_EQ(error.message(), "Can't locate revision identified by '4later'");
    EXPECT_NE(error.hint().find("force => true records it all the same."), std::string::npos) << error.hint();
  }
}

TEST(RowsAfterStampByGraph, ForceRecordsAnIdThatIsNotLoadedBesideTheOthers) {
  EXPECT_EQ(by_graph({"4later"}, {"3merge"}, true), (Rows{"3merge", "4later"}));
  EXPECT_EQ(by_graph({"4later"}, {"3merge"}, true, true), (Rows{"4later"}));
  EXPECT_EQ(by_graph({"4later", "head"}, {"2left"}, true), (Rows{"3merge", "4later"}));
}

TEST(RowsAfterStampByGraph, ForceKeepsRowsThatAreNotLoaded) {
  EXPECT_THROW(by_graph({"3merge"}, {"2left", "9gone"}), Error);
  EXPECT_EQ(by_graph({"3merge"}, {"2left", "9gone"}, true), (Rows{"3merge", "9gone"}));
}

TEST(RowsAfterStampByGraph, ForceMakesNoRevisionOfAWord) {
  for (const char *word : {"", " 4later", "lab@nowhere", "+9"})
    EXPECT_THROW(by_graph({word}, {}, true), Error) << word;
}

TEST(RowsAfterStampByGraph, RefusesAnIdThatTheColumnDoesNotHold) {
  try {
    by_graph({std::string(33, 'x')}, {}, true);
    FAIL();
  } catch (const Error &error) {
    EXPECT_STREQ(error.sqlstate(), "22001");
  }
}

TEST(StepsOfStamp, APurgeForAReasonIsWrittenDown) {
  StampRequest stamp = request({"a"});
  stamp.purge = true;
  EXPECT_EQ(steps_of_stamp({"a"}, {"a"}, stamp).front().kind, RowStep::Kind::kKeep);
  stamp.has_reason = true;
  const auto steps = steps_of_stamp({"a"}, {"a"}, stamp);
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[0].kind, RowStep::Kind::kDelete);
  EXPECT_EQ(steps[1].kind, RowStep::Kind::kInsert);
  EXPECT_EQ(steps_of_stamp({"a"}, {"b"}, stamp).size(), 1u);
}

}  // namespace
}  // namespace migfix::core
