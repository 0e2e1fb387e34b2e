#include "core/log_entry.hpp"

#include <gtest/gtest.h>

#include "unit/facts_builder.hpp"

namespace migfix::core {
namespace {

using test::entry;

TEST(OperationName, RoundTrip) {
  for (const Operation operation :
       {Operation::kInsert, Operation::kUpdate, Operation::kDelete, Operation::kTruncate, Operation::kDrop,
        Operation::kSkip, Operation::kRename, Operation::kProtect, Operation::kUnprotect}) {
    EXPECT_EQ(operation_named(operation_name(operation)), operation);
  }
  EXPECT_STREQ(operation_name(Operation::kInsert), "insert");
  EXPECT_STREQ(operation_name(Operation::kUnprotect), "unprotect");
  EXPECT_FALSE(operation_named("INSERT"));
  EXPECT_FALSE(operation_named(""));
}

TEST(ChangesRows, OnlyWhatTouchesVersions) {
  EXPECT_TRUE(changes_rows(Operation::kInsert));
  EXPECT_TRUE(changes_rows(Operation::kTruncate));
  EXPECT_TRUE(changes_rows(Operation::kDrop));
  EXPECT_FALSE(changes_rows(Operation::kSkip));
  EXPECT_FALSE(changes_rows(Operation::kRename));
  EXPECT_FALSE(changes_rows(Operation::kProtect));
}

TEST(WhoAndWhen, NamesWhatIsKnown) {
  LogEntry one = entry(1, Operation::kInsert, std::nullopt, "a");
  EXPECT_EQ(who_and_when(one), "2026-11-21 10:03:07+00 by role appuser (application \"alembic\", pid 4711)");
  one.current_role = "deployer";
  one.client_address = "10.0.0.7";
  EXPECT_EQ(who_and_when(one),
            "2026-11-21 10:03:07+00 by role appuser as deployer (application \"alembic\", pid 4711, from "
            "10.0.0.7)");
  one.application_name = "";
  one.current_role = "appuser";
  one.client_address = "";
  EXPECT_EQ(who_and_when(one), "2026-11-21 10:03:07+00 by role appuser (pid 4711)");
}

TEST(What, SaysEachOperation) {
  EXPECT_EQ(what(entry(1, Operation::kUpdate, "a", "b")), "UPDATE of \"a\" to \"b\"");
  EXPECT_EQ(what(entry(1, Operation::kInsert, std::nullopt, "a")), "INSERT of \"a\"");
  EXPECT_EQ(what(entry(1, Operation::kDelete, "a", std::nullopt)), "DELETE of \"a\"");
  EXPECT_EQ(what(entry(1, Operation::kDelete, std::nullopt, std::nullopt)), "DELETE of NULL");
  EXPECT_EQ(what(entry(1, Operation::kTruncate, "a", std::nullopt)), "TRUNCATE with \"a\"");
  EXPECT_EQ(what(entry(1, Operation::kDrop, "a", std::nullopt)), "DROP with \"a\"");
  EXPECT_EQ(what(entry(1, Operation::kSkip, std::nullopt, "a")), "INSERT of \"a\", passed over");
}

}  // namespace
}  // namespace migfix::core
