#include "core/version_history.hpp"

#include <gtest/gtest.h>

#include "unit/facts_builder.hpp"

namespace migfix::core::test {
namespace {

TEST(VersionHistory, TheLatestEntryCounts) {
  const std::vector<LogEntry> log{
      entry(1, Operation::kInsert, std::nullopt, "a"), entry(2, Operation::kUpdate, "a", "b"),
      entry(3, Operation::kInsert, std::nullopt, "a"), entry(4, Operation::kSkip, std::nullopt, "a"),
      entry(5, Operation::kProtect, std::nullopt, std::nullopt)};
  ASSERT_NE(last_change(log), nullptr);
  EXPECT_EQ(last_change(log)->log_id, 3);
  ASSERT_NE(recorded_by(log, "a"), nullptr);
  EXPECT_EQ(recorded_by(log, "a")->log_id, 3);
  EXPECT_EQ(recorded_by(log, "b")->log_id, 2);
  EXPECT_EQ(recorded_by(log, "c"), nullptr);
  EXPECT_EQ(
      recorded_sentence(log, "b"),
      " \"b\" was recorded 2026-11-21 10:03:07+00 by role appuser (application \"alembic\", pid 4711), with "
      "UPDATE of \"a\" to \"b\".");
  EXPECT_EQ(recorded_sentence(log, "c"), "");
}

LogEntry sent(Operation operation, std::optional<std::string> old_version,
              std::optional<std::string> new_version, std::string statement) {
  LogEntry change = entry(1, operation, std::move(old_version), std::move(new_version));
  change.statement = std::move(statement);
  return change;
}

TEST(LeftRecorded, WhatAlembicTookBackIsNot) {
  const LogEntry up = sent(Operation::kInsert, std::nullopt, "1", "INSERT INTO …");
  const LogEntry on =
      sent(Operation::kUpdate, "1", "2",
           "UPDATE alembic_version SET version_num='2' WHERE alembic_version.version_num = '1'");
  const LogEntry back =
      sent(Operation::kUpdate, "2", "1",
           "UPDATE alembic_version SET version_num='1' WHERE alembic_version.version_num = '2'");
  const LogEntry off = sent(Operation::kDelete, "1", std::nullopt,
                            "DELETE FROM alembic_version WHERE alembic_version.version_num = '1'");
  EXPECT_EQ(left_recorded({up, on}), (std::vector<std::string>{"2"}));
  EXPECT_EQ(left_recorded({up, on, back}), (std::vector<std::string>{"1"}));
  EXPECT_TRUE(left_recorded({up, on, back, off}).empty());
  EXPECT_EQ(left_recorded({up, off, up}), (std::vector<std::string>{"1"}));
}

TEST(LeftRecorded, WhatAPersonTookAwayIs) {
  const LogEntry up = sent(Operation::kInsert, std::nullopt, "1", "INSERT INTO …");
  EXPECT_EQ(left_recorded({up, sent(Operation::kDelete, "1", std::nullopt, "DELETE FROM alembic_version")}),
            (std::vector<std::string>{"1"}));
  EXPECT_EQ(left_recorded({up, sent(Operation::kTruncate, "1", std::nullopt, "TRUNCATE alembic_version")}),
            (std::vector<std::string>{"1"}));
  EXPECT_EQ(
      left_recorded({up, sent(Operation::kUpdate, "1", "0", "UPDATE alembic_version SET version_num = '0'")}),
      (std::vector<std::string>{"0", "1"}));
}

TEST(VersionHistory, AnEmptyLogTellsNothing) {
  EXPECT_EQ(last_change({}), nullptr);
  EXPECT_EQ(recorded_sentence({}, "a"), "");
}

}  // namespace
}  // namespace migfix::core::test
