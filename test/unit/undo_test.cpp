#include "core/undo.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "unit/facts_builder.hpp"

namespace migfix::core {
namespace {

using test::entry;

UndoRequest request(std::vector<LogEntry> change, std::vector<LogEntry> since = {}) {
  UndoRequest request;
  request.log_id = change.empty() ? 1 : change.back().log_id;
  request.version_table = "public.alembic_version";
  request.change = std::move(change);
  request.since = std::move(since);
  return request;
}

Error raised(const Rows &now, const UndoRequest &request) {
  try {
    rows_before(now, request);
  } catch (const Error &error) {
    return error;
  }
  ADD_FAILURE() << "nothing was raised";
  return Error("00000", "");
}

TEST(RowsBefore, TakesAnInsertOut) {
  EXPECT_EQ(rows_before({"a", "b"}, request({entry(1, Operation::kInsert, std::nullopt, "b")})), Rows({"a"}));
}

TEST(RowsBefore, TurnsAnUpdateRound) {
  EXPECT_EQ(rows_before({"b"}, request({entry(1, Operation::kUpdate, "a", "b")})), Rows({"a"}));
}

TEST(RowsBefore, PutsBackWhatWasTaken) {
  for (const Operation operation : {Operation::kDelete, Operation::kTruncate, Operation::kDrop}) {
    EXPECT_EQ(rows_before({}, request({entry(1, operation, "a", std::nullopt),
                                       entry(2, operation, "b", std::nullopt, 1)})),
              Rows({"a", "b"}));
  }
  EXPECT_EQ(rows_before({"c"}, request({entry(1, Operation::kDelete, "a", std::nullopt)})), Rows({"a", "c"}));
}

TEST(RowsBefore, PutsBackANullRow) {
  EXPECT_EQ(rows_before({std::nullopt}, request({entry(1, Operation::kDelete, std::nullopt, std::nullopt)})),
            Rows({std::nullopt, std::nullopt}));
  EXPECT_EQ(rows_before({"a"}, request({entry(1, Operation::kUpdate, std::nullopt, "a")})),
            Rows({std::nullopt}));
}

TEST(RowsBefore, TakesTheDropOfAnEmptyTableForNoRows) {
  UndoRequest dropped = request({entry(1, Operation::kDrop, std::nullopt, std::nullopt)});
  dropped.table_exists = false;
  EXPECT_EQ(rows_before({}, dropped), Rows());
}

TEST(RowsBefore, TakesAWholeUpgradeBack) {
  const std::vector<LogEntry> upgrade = {
      entry(1, Operation::kInsert, std::nullopt, "a"),    entry(2, Operation::kUpdate, "a", "b", 1),
      entry(3, Operation::kInsert, std::nullopt, "c", 1), entry(4, Operation::kDelete, "c", std::nullopt, 1),
      entry(5, Operation::kUpdate, "b", "merge", 1),
  };
  EXPECT_EQ(rows_before({"merge"}, request(upgrade)), Rows());
}

// heal: the INSERT that was passed over changed nothing, the removed twin comes back.
TEST(RowsBefore, PassesOverWhatChangedNothing) {
  const std::vector<LogEntry> healed = {
      entry(1, Operation::kSkip, std::nullopt, "x"),
      entry(2, Operation::kDelete, "b", std::nullopt, 1),
      entry(3, Operation::kUpdate, "a", "b", 1),
      entry(4, Operation::kRename, std::nullopt, std::nullopt, 1),
  };
  EXPECT_EQ(rows_before({"b"}, request(healed)), Rows({"b", "a"}));
}

TEST(RowsBefore, RefusesAnEntryWithoutRows) {
  const std::pair<Operation, const char *> kOthers[] = {
      {Operation::kSkip, "skip"},
      {Operation::kRename, "rename"},
      {Operation::kProtect, "protect"},
      {Operation::kUnprotect, "unprotect"},
  };
  for (const auto &[operation, name] : kOthers) {
    const Error error = raised({}, request({entry(9, operation, std::nullopt, std::nullopt)}));
    EXPECT_STREQ(error.sqlstate(), "22023");
    EXPECT_EQ(error.message(), "log entry 9 changed no version rows");
    EXPECT_EQ(error.detail(), std::string("Its operation is ") + name + ".");
  }
}

TEST(RowsBefore, RefusesWhereSomethingMovedSince) {
  UndoRequest late =
      request({entry(1, Operation::kUpdate, "a", "b")},
              {entry(2, Operation::kUpdate, "b", "c"), entry(3, Operation::kUpdate, "c", "d")});
  late.functions = "ops.";
  const Error error = raised({"d"}, late);
  EXPECT_STREQ(error.sqlstate(), "55000");
  EXPECT_EQ(error.message(), "cannot undo log entry 1: public.alembic_version has changed since");
  EXPECT_EQ(
      error.detail(),
      "Since then: log 2: UPDATE of \"b\" to \"c\" 2026-11-21 10:03:07+00 by role appuser (application "
      "\"alembic\", pid 4711) and log 3: UPDATE of \"c\" to \"d\" 2026-11-21 10:03:07+00 by role appuser "
      "(application \"alembic\", pid 4711).");
  EXPECT_EQ(error.hint(), "Undo the latest change first:\nSELECT * FROM ops.migfix_undo(3);");
}

TEST(RowsBefore, CountsWhatItDoesNotName) {
  std::vector<LogEntry> since;
  for (int id = 2; id <= 9; ++id)
    since.push_back(entry(id, Operation::kInsert, std::nullopt, std::to_string(id)));
  const Error error = raised({}, request({entry(1, Operation::kDelete, "a", std::nullopt)}, since));
  EXPECT_NE(error.detail().find("log 6: "), std::string::npos);
  EXPECT_EQ(error.detail().find("log 7: "), std::string::npos);
  EXPECT_TRUE(error.detail().ends_with(" and 3 more.")) << error.detail();
  EXPECT_EQ(error.hint(), "Undo the latest change first:\nSELECT * FROM migfix_undo(9);");
}

TEST(RowsBefore, RefusesWhereARowIsGoneThatNobodyLogged) {
  for (const LogEntry &change :
       {entry(1, Operation::kInsert, std::nullopt, "b"), entry(1, Operation::kUpdate, "a", "b")}) {
    const Error error = raised({"c"}, request({change}));
    EXPECT_STREQ(error.sqlstate(), "55000");
    EXPECT_EQ(error.message(), "cannot undo log entry 1: public.alembic_version has changed since");
    EXPECT_EQ(
        error.detail(),
        "\"b\" is not recorded there any more, and the log does not say how that came: the guard was off or "
        "passed over.");
    EXPECT_EQ(error.hint(),
              "SELECT * FROM migfix_current(); shows the rows of now; migfix_stamp records what is right.");
  }
}

TEST(RowsBefore, RefusesWhereANullRowIsGone) {
  EXPECT_EQ(raised({"c"}, request({entry(1, Operation::kInsert, std::nullopt, std::nullopt)})).detail(),
            "A NULL row is not recorded there any more, and the log does not say how that came: the guard "
            "was off or "
            "passed over.");
}

TEST(RowsBefore, RefusesWhereARowIsThereAgainThatNobodyLogged) {
  for (const LogEntry &change :
       {entry(1, Operation::kDelete, "a", std::nullopt), entry(1, Operation::kTruncate, "a", std::nullopt)}) {
    const Error error = raised({"a"}, request({change}));
    EXPECT_STREQ(error.sqlstate(), "55000");
    EXPECT_EQ(
        error.detail(),
        "\"a\" is recorded there again, and the log does not say how that came: the guard was off or passed "
        "over.");
  }
}

TEST(RowsBefore, RefusesForATableThatIsGone) {
  UndoRequest gone = request({entry(1, Operation::kInsert, std::nullopt, "a")});
  gone.table_exists = false;
  const Error error = raised({}, gone);
  EXPECT_STREQ(error.sqlstate(), "42P01");
  EXPECT_EQ(error.message(), "version table public.alembic_version does not exist");
  EXPECT_EQ(error.detail(), "Log entry 1 is about its rows.");
}

TEST(RowsBefore, BringsTheRowsOfADroppedTableBack) {
  UndoRequest dropped =
      request({entry(1, Operation::kUpdate, "a", "b"), entry(2, Operation::kDrop, "b", std::nullopt, 1)});
  dropped.table_exists = false;
  EXPECT_EQ(rows_before({}, dropped), Rows({"a"}));
}

}  // namespace
}  // namespace migfix::core
