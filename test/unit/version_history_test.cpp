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

TEST(VersionHistory, AnEmptyLogTellsNothing) {
  EXPECT_EQ(last_change({}), nullptr);
  EXPECT_EQ(recorded_sentence({}, "a"), "");
}

}  // namespace
}  // namespace migfix::core::test
