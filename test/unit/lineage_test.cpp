#include "core/lineage.hpp"

#include <gtest/gtest.h>

#include "unit/facts_builder.hpp"

namespace migfix::core {
namespace {

using test::entry;
using Log = std::vector<LogEntry>;
using Versions = std::vector<std::string>;

LogEntry insert(std::int64_t id, const char *version) {
  return entry(id, Operation::kInsert, std::nullopt, version);
}
LogEntry update(std::int64_t id, const char *from, const char *to) {
  return entry(id, Operation::kUpdate, from, to);
}

TEST(Lineage, EmptyLogKnowsNothing) {
  const Log log;
  const Lineage lineage(log);
  EXPECT_FALSE(lineage.is_ancestor("a", "b"));
  EXPECT_EQ(lineage.maximal({"a", "b", "a"}), (Versions{"a", "b"}));
}

TEST(Lineage, FollowsUpgradesTransitively) {
  const Log log{insert(1, "001"), update(2, "001", "a"), update(3, "a", "h")};
  const Lineage lineage(log);
  EXPECT_TRUE(lineage.is_ancestor("001", "a"));
  EXPECT_TRUE(lineage.is_ancestor("001", "h"));
  EXPECT_FALSE(lineage.is_ancestor("h", "001"));
  EXPECT_FALSE(lineage.is_ancestor("h", "h"));
  EXPECT_EQ(lineage.maximal({"h", "001"}), (Versions{"h"}));
  const auto evidence = lineage.evidence("001", "h");
  ASSERT_EQ(evidence.size(), 2u);
  EXPECT_EQ(evidence[0]->log_id, 2);
  EXPECT_EQ(evidence[1]->log_id, 3);
}

TEST(Lineage, DowngradeOfWhatWasSeenTeachesNothing) {
  Log log{insert(1, "001"), update(2, "001", "a"), update(3, "a", "001")};
  log[1].transaction_id = log[0].transaction_id;  // one run from base
  const Lineage lineage(log);
  EXPECT_TRUE(lineage.is_ancestor("001", "a"));
  EXPECT_FALSE(lineage.is_ancestor("a", "001"));
}

TEST(Lineage, BothWaysFromTheUnknownTeachNothing) {
  // The log starts at h; the first move may be the downgrade.
  const Log log{update(1, "h", "g"), update(2, "g", "h")};
  const Lineage lineage(log);
  EXPECT_FALSE(lineage.is_ancestor("h", "g"));
  EXPECT_FALSE(lineage.is_ancestor("g", "h"));
}

TEST(Lineage, DowngradeByTwoStepsAndBackTeachesNothingWrong) {
  const Log log{update(1, "h", "g"), update(2, "g", "f"), update(3, "f", "g"), update(4, "g", "h"),
                update(5, "h", "i")};
  const Lineage lineage(log);
  EXPECT_FALSE(lineage.is_ancestor("h", "g"));
  EXPECT_FALSE(lineage.is_ancestor("g", "f"));
  EXPECT_TRUE(lineage.is_ancestor("h", "i"));
  EXPECT_EQ(lineage.maximal({"g", "h"}), (Versions{"g", "h"}));
}

TEST(Lineage, MergeTakesTheDeletedRowsAsParents) {
  Log log{insert(1, "a"), insert(2, "b"), entry(3, Operation::kDelete, "a", std::nullopt, 3),
          update(4, "b", "m"), update(5, "m", "h")};
  log[3].change_id = 3;
  const Lineage lineage(log);
  EXPECT_TRUE(lineage.is_ancestor("a", "m"));
  EXPECT_TRUE(lineage.is_ancestor("b", "m"));
  EXPECT_TRUE(lineage.is_ancestor("a", "h"));
  EXPECT_FALSE(lineage.is_ancestor("a", "b"));
  EXPECT_EQ(lineage.maximal({"a", "b", "m"}), (Versions{"m"}));
}

TEST(Lineage, MergeAcrossStatementsOfOneTransaction) {
  Log log{entry(3, Operation::kDelete, "a", std::nullopt), update(4, "b", "m")};
  EXPECT_FALSE(Lineage(log).is_ancestor("a", "m"));
  log[1].transaction_id = log[0].transaction_id;
  EXPECT_TRUE(Lineage(log).is_ancestor("a", "m"));
}

TEST(Lineage, DeleteDirectlyAfterCountsUnlessItBelongsToTheNextMerge) {
  Log log{update(1, "b", "m"), entry(2, Operation::kDelete, "a", std::nullopt, 1)};
  EXPECT_TRUE(Lineage(log).is_ancestor("a", "m"));
  log.push_back(entry(3, Operation::kUpdate, "m", "z", 1));
  const Lineage lineage(log);
  EXPECT_FALSE(lineage.is_ancestor("a", "m"));
  EXPECT_TRUE(lineage.is_ancestor("a", "z"));
}

TEST(Lineage, DeleteOfAnotherChangeIsNoParent) {
  const Log log{entry(1, Operation::kDelete, "x", std::nullopt), update(2, "b", "m")};
  EXPECT_FALSE(Lineage(log).is_ancestor("x", "m"));
}

TEST(Lineage, OwnStampsAndReasonsTeachNothing) {
  Log log{update(1, "h", "001")};
  log[0].statement = "SELECT * FROM migfix_stamp('001')";
  EXPECT_FALSE(Lineage(log).is_ancestor("h", "001"));
  log[0].statement = "select tools.migfix_undo(3)";
  EXPECT_FALSE(Lineage(log).is_ancestor("h", "001"));
  log[0].statement = "UPDATE …";
  log[0].reason = "restored from a dump";
  EXPECT_FALSE(Lineage(log).is_ancestor("h", "001"));
  log[0].reason = "";
  EXPECT_TRUE(Lineage(log).is_ancestor("h", "001"));
}

TEST(Lineage, WhatAStampMentionedIsSeen) {
  Log log{update(1, "h", "001"), update(2, "h", "001")};
  log[0].statement = "SELECT migfix_stamp('001')";
  EXPECT_FALSE(Lineage(log).is_ancestor("h", "001"));
}

TEST(Lineage, NullsAndStandstillTeachNothing) {
  const Log log{entry(1, Operation::kUpdate, std::nullopt, "a"),
                entry(2, Operation::kUpdate, "a", std::nullopt), update(3, "b", "b")};
  const Lineage lineage(log);
  EXPECT_FALSE(lineage.is_ancestor("b", "b"));
  EXPECT_FALSE(lineage.is_ancestor("", "a"));
}

TEST(Lineage, LongHistory) {
  Log log{insert(1, "0")};
  for (int i = 1; i < 3000; ++i) {
    log.push_back(entry(i + 1, Operation::kUpdate, std::to_string(i - 1), std::to_string(i), 1));
  }
  const Lineage lineage(log);
  EXPECT_TRUE(lineage.is_ancestor("0", "2999"));
  EXPECT_EQ(lineage.evidence("0", "2999").size(), 2999u);
}

}  // namespace
}  // namespace migfix::core
