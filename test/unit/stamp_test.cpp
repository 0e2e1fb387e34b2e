#include "core/stamp.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"

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

}  // namespace
}  // namespace migfix::core
