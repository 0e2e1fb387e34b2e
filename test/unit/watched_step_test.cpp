#include "core/watched_step.hpp"

#include <gtest/gtest.h>

namespace migfix::core {
namespace {

using Kind = WatchedStep::Kind;
using Ids = std::vector<std::string>;

// 001 <- 002 <- {a, b}
RevisionGraph graph() {
  return RevisionGraph({{"001", {}, {}, {}, {}},
                        {"002", {"001"}, {}, {}, {}},
                        {"a", {"002"}, {}, {}, {}},
                        {"b", {"002"}, {}, {}, {}}});
}

TEST(IsWrittenByAlembic, KnowsItsThreeStatementsAlone) {
  EXPECT_TRUE(is_written_by_alembic(
      "INSERT INTO alembic_version (version_num) VALUES ('001') RETURNING alembic_version.version_num"));
  EXPECT_TRUE(is_written_by_alembic("INSERT INTO app.\"my ver\" (version_num) VALUES ('001')"));
  EXPECT_TRUE(is_written_by_alembic(
      "UPDATE alembic_version SET version_num='002' WHERE alembic_version.version_num = '001'"));
  EXPECT_TRUE(is_written_by_alembic("\nDELETE FROM alembic_version WHERE alembic_version.version_num = 'a'"));
  EXPECT_FALSE(is_written_by_alembic("INSERT INTO alembic_version VALUES ('001')"));
  EXPECT_FALSE(is_written_by_alembic("UPDATE alembic_version SET version_num = '002'"));
  EXPECT_FALSE(
      is_written_by_alembic("UPDATE alembic_version SET version_num='002' WHERE version_num = '001'"));
  EXPECT_FALSE(is_written_by_alembic("DELETE FROM alembic_version"));
  EXPECT_FALSE(is_written_by_alembic("SELECT migfix_stamp('001')"));
  EXPECT_FALSE(is_written_by_alembic(""));
}

TEST(JudgeStep, ABaseOnAnEmptyTable) {
  const WatchedStep step = judge_step(RevisionGraph(), "001", {}, {});
  EXPECT_EQ(step.kind, Kind::kUpgrade);
  EXPECT_TRUE(step.is_placed);
  EXPECT_EQ(step.revision.down_revision, Ids());
}

TEST(JudgeStep, ALineOnwardsFromWhatIsKnown) {
  const WatchedStep step = judge_step(graph(), "c", {"a"}, {"b"});
  EXPECT_EQ(step.kind, Kind::kUpgrade);
  EXPECT_TRUE(step.is_placed);
  EXPECT_EQ(step.revision.down_revision, Ids({"a"}));
}

TEST(JudgeStep, AMerge) {
  const WatchedStep step = judge_step(graph(), "m", {"b", "a"}, {});
  EXPECT_EQ(step.kind, Kind::kUpgrade);
  EXPECT_EQ(step.revision.down_revision, Ids({"a", "b"}));
}

TEST(JudgeStep, ASecondBranchIsNotPlacedByTheRows) {
  const WatchedStep step = judge_step(graph(), "c", {}, {"a"});
  EXPECT_EQ(step.kind, Kind::kUpgrade);
  EXPECT_FALSE(step.is_placed);
}

TEST(JudgeStep, WhatIsLoadedTellsThePlace) {
  const WatchedStep step = judge_step(graph(), "b", {}, {"a"});
  EXPECT_EQ(step.kind, Kind::kUpgrade);
  EXPECT_TRUE(step.is_placed);
  EXPECT_EQ(step.revision.down_revision, Ids({"002"}));
}

TEST(JudgeStep, DowngradesGoBelowWhatIsKnown) {
  EXPECT_EQ(judge_step(graph(), "002", {"a"}, {}).kind, Kind::kDowngrade);
  EXPECT_EQ(judge_step(graph(), "001", {"002"}, {}).kind, Kind::kDowngrade);
  const RevisionGraph merged(
      {{"001", {}, {}, {}, {}}, {"a", {"001"}, {}, {}, {}}, {"m", {"a", "001"}, {}, {}, {}}});
  EXPECT_EQ(judge_step(merged, "a", {}, {"m"}).kind, Kind::kDowngrade) << "an unmerge begins with an INSERT";
}

TEST(JudgeStep, FromAnUnknownRowNothingCanBeTold) {
  EXPECT_EQ(judge_step(RevisionGraph(), "041", {"040"}, {}).kind, Kind::kUnknown);
  EXPECT_EQ(judge_step(graph(), "041", {"040"}, {"a"}).kind, Kind::kUnknown);
  EXPECT_EQ(judge_step(graph(), "041", {}, {"040"}).kind, Kind::kUnknown);
}

TEST(JudgeStep, AWordOfTheCommandLineIsNoRevision) {
  EXPECT_EQ(judge_step(RevisionGraph(), "head", {}, {}).kind, Kind::kUnknown);
}

}  // namespace
}  // namespace migfix::core
