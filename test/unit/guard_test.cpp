#include "core/guard.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "unit/facts_builder.hpp"

namespace migfix::core {
namespace {

using test::entry;

constexpr GuardMode kAllModes[] = {GuardMode::kEnforce, GuardMode::kHeal, GuardMode::kObserve,
                                   GuardMode::kOff};

RowWrite insert(std::optional<std::string> version) {
  RowWrite write;
  write.version_table = "public.alembic_version";
  write.new_version = std::move(version);
  return write;
}

RowWrite update(std::optional<std::string> from, std::optional<std::string> to) {
  RowWrite write = insert(std::move(to));
  write.old_version = std::move(from);
  write.update = true;
  return write;
}

RowWrite under(GuardMode mode, RowWrite write) {
  write.mode = mode;
  return write;
}

Twin logged_twin() {
  Twin twin;
  twin.recorded = entry(412, Operation::kUpdate, "a", "b");
  return twin;
}

const std::string kRecorded =
    "It was recorded 2026-11-21 10:03:07+00 by role appuser (application \"alembic\", pid 4711), with UPDATE "
    "of "
    "\"a\" to \"b\" (log 412).";

RowVerdict verdict(const RowWrite &write, const std::optional<Twin> &twin = std::nullopt) {
  return judge_row(write, twin, "", "appdb");
}

// What the judge raises; the test fails where it raises nothing.
Error raised(const RowWrite &write, const std::optional<Twin> &twin = std::nullopt,
             const std::string &functions = "") {
  try {
    judge_row(write, twin, functions, "appdb");
  } catch (const Error &error) {
    return error;
  }
  ADD_FAILURE() << "nothing was raised";
  return Error("00000", "");
}

TEST(TwinsMatter, OnlyWhereAVersionComesAndIsJudged) {
  EXPECT_TRUE(twins_matter(under(GuardMode::kEnforce, insert("b"))));
  EXPECT_TRUE(twins_matter(under(GuardMode::kHeal, insert("b"))));
  EXPECT_TRUE(twins_matter(update("a", "b")));
  EXPECT_TRUE(twins_matter(update(std::nullopt, "b")));
  EXPECT_FALSE(twins_matter(under(GuardMode::kObserve, insert("b"))));
  EXPECT_FALSE(twins_matter(under(GuardMode::kOff, insert("b"))));
  EXPECT_FALSE(twins_matter(update("b", "b")));
  EXPECT_FALSE(twins_matter(insert(std::nullopt)));
}

TEST(JudgeRow, AcceptsANewVersion) {
  for (const GuardMode mode : kAllModes) {
    EXPECT_EQ(verdict(under(mode, insert("b"))), RowVerdict::kAccept);
    EXPECT_EQ(verdict(under(mode, update("a", "b"))), RowVerdict::kAccept);
  }
}

TEST(JudgeRow, AcceptsAnythingWhereItOnlyLogs) {
  for (const GuardMode mode : {GuardMode::kObserve, GuardMode::kOff}) {
    EXPECT_EQ(verdict(under(mode, insert(std::nullopt))), RowVerdict::kAccept);
    EXPECT_EQ(verdict(under(mode, insert("head"))), RowVerdict::kAccept);
    EXPECT_EQ(verdict(under(mode, insert("b")), logged_twin()), RowVerdict::kAccept);
    EXPECT_EQ(verdict(under(mode, update("a", "b")), logged_twin()), RowVerdict::kAccept);
  }
}

TEST(JudgeRow, LeavesAnUpdateAloneThatChangesNothing) {
  EXPECT_EQ(verdict(update("b", "b"), logged_twin()), RowVerdict::kAccept);
  EXPECT_EQ(verdict(update("head", "head")), RowVerdict::kAccept);
  EXPECT_EQ(verdict(update(std::nullopt, std::nullopt)), RowVerdict::kAccept);
}

TEST(JudgeRow, RejectsNull) {
  for (const RowWrite &write :
       {insert(std::nullopt), update("a", std::nullopt), under(GuardMode::kHeal, insert(std::nullopt))}) {
    const Error error = raised(write);
    EXPECT_STREQ(error.sqlstate(), "23502");
    EXPECT_EQ(error.message(), "a version in public.alembic_version cannot be NULL");
    EXPECT_EQ(error.detail(), "Alembic takes a NULL row for an empty database and never removes it.");
    EXPECT_EQ(error.hint(), "Record a revision's own id, as \"alembic history\" lists it.");
  }
}

TEST(JudgeRow, RejectsWhatCanNeverBeARevision) {
  const Error head = raised(insert("head"));
  EXPECT_STREQ(head.sqlstate(), "23514");
  EXPECT_EQ(head.message(), "\"head\" can never be a revision in public.alembic_version");
  EXPECT_EQ(
      head.detail(),
      "\"head\" is a word of Alembic's command line, not a revision. Alembic resolves the row to the newest "
      "revision on every run, so that no migration is ever run again, and no error is shown.");
  EXPECT_EQ(head.hint(), "Record the revision's own id, as \"alembic heads\" lists it.");

  EXPECT_EQ(
      raised(update("a", "base")).detail(),
      "\"base\" is a word of Alembic's command line, not a revision. Alembic resolves the row as if it were "
      "typed on its command line, upgrades from there and leaves the row behind, so that a later upgrade "
      "fails with \"Requested revision ... overlaps with other requested revisions ...\".");

  for (const char *never : {"", " a", "a ", "heads", "+1", "-1", "branch@head", "a:b"}) {
    for (const GuardMode mode : {GuardMode::kEnforce, GuardMode::kHeal}) {
      EXPECT_STREQ(raised(under(mode, insert(never))).sqlstate(), "23514") << never;
      EXPECT_STREQ(raised(under(mode, update("a", never))).sqlstate(), "23514") << never;
    }
  }
}

// Every sentence of the detail begins with a capital, as PostgreSQL's do.
TEST(JudgeRow, SpeaksOfTheEmptyStringInASentence) {
  EXPECT_EQ(raised(insert("")).message(), "\"\" can never be a revision in public.alembic_version");
  EXPECT_EQ(raised(insert("")).detail(),
            "The empty string is not a revision. Every `alembic upgrade` stops with a bare AssertionError.");
}

TEST(JudgeRow, SaysWhatIsWrongBeforeItSaysThatItIsThere) {
  EXPECT_STREQ(raised(insert("head"), logged_twin()).sqlstate(), "23514");
}

TEST(JudgeRow, NamesWhoRecordedTheVersionEarlier) {
  for (const RowWrite &write : {insert("b"), update("c", "b")}) {
    const Error error = raised(write, logged_twin());
    EXPECT_STREQ(error.sqlstate(), "23505");
    EXPECT_EQ(error.message(), "version \"b\" is already recorded in public.alembic_version");
    EXPECT_EQ(error.detail(), kRecorded);
    EXPECT_EQ(error.hint(),
              "If \"b\" is applied here, this script starts from a state that the database is not in: run "
              "\"alembic "
              "upgrade head\" instead. If it is not applied, take the record back first:\n"
              "SELECT * FROM migfix_undo(412);\n"
              "What else is out of step: SELECT migfix_diagnose();");
  }
}

TEST(JudgeRow, NamesTheRunnerThatWasFaster) {
  Twin twin = logged_twin();
  twin.meanwhile = true;
  const Error error = raised(insert("b"), twin);
  EXPECT_EQ(error.detail(), kRecorded);
  EXPECT_EQ(error.hint(),
            "Another runner migrated meanwhile and nothing of this run was kept. Run it again: it goes on "
            "from what "
            "is recorded now:\nSELECT * FROM migfix_current();");
}

TEST(JudgeRow, NamesTheMigrationThatWritesTheRowItself) {
  Twin twin = logged_twin();
  twin.this_transaction = true;
  const Error error = raised(update("a", "b"), twin);
  EXPECT_EQ(error.detail(), kRecorded);
  EXPECT_EQ(
      error.hint(),
      "This same transaction recorded it before: the migration itself (a body, a dump that it loads) writes "
      "the version table. Take that statement out of it; or let the guard absorb it, as a superuser, and run "
      "the migration again:\n"
      "ALTER DATABASE appdb SET migfix.guard = 'heal';\n"
      "What stands now: SELECT * FROM migfix_current();");
}

TEST(JudgeRow, AdmitsThatNobodyLoggedTheRow) {
  const Error error = raised(insert("b"), Twin());
  EXPECT_STREQ(error.sqlstate(), "23505");
  EXPECT_EQ(error.detail(),
            "It was recorded before migfix watched this table, or past its guard: migfix.version_log has no "
            "entry.");
  EXPECT_EQ(
      error.hint(),
      "If \"b\" is applied here, this script starts from a state that the database is not in: run \"alembic "
      "upgrade head\" instead. What is out of step:\nSELECT migfix_diagnose();");
}

TEST(JudgeRow, PutsTheSchemaBeforeTheCallsOfItsHints) {
  Twin meanwhile = logged_twin();
  meanwhile.meanwhile = true;
  EXPECT_NE(raised(insert("b"), logged_twin(), "ops.").hint().find("SELECT * FROM ops.migfix_undo(412);"),
            std::string::npos);
  EXPECT_NE(raised(insert("b"), logged_twin(), "ops.").hint().find("SELECT ops.migfix_diagnose();"),
            std::string::npos);
  EXPECT_NE(raised(insert("b"), meanwhile, "ops.").hint().find("SELECT * FROM ops.migfix_current();"),
            std::string::npos);
  EXPECT_NE(raised(insert("b"), Twin(), "ops.").hint().find("SELECT ops.migfix_diagnose();"),
            std::string::npos);
}

TEST(JudgeRow, LeavesAConflictToTheStatementThatHandlesIt) {
  RowWrite write = insert("b");
  write.may_resolve = true;
  EXPECT_EQ(verdict(write, logged_twin()), RowVerdict::kAccept);
  write.new_version = "head";
  EXPECT_STREQ(raised(write).sqlstate(), "23514");
}

TEST(JudgeRow, HealsWithoutAskingWhoWasFirst) {
  for (const bool may_resolve : {false, true}) {
    RowWrite write = under(GuardMode::kHeal, insert("b"));
    write.may_resolve = may_resolve;
    EXPECT_EQ(verdict(write, logged_twin()), RowVerdict::kSkip);
    EXPECT_EQ(verdict(write, Twin()), RowVerdict::kSkip);
  }
  EXPECT_EQ(verdict(under(GuardMode::kHeal, update("a", "b")), logged_twin()), RowVerdict::kRemoveTwin);
  EXPECT_EQ(verdict(under(GuardMode::kHeal, update(std::nullopt, "b")), Twin()), RowVerdict::kRemoveTwin);
}

TEST(Healed, SaysWhichInsertWasPassedOver) {
  const Notice notice = healed(under(GuardMode::kHeal, insert("b")), RowVerdict::kSkip, logged_twin());
  EXPECT_EQ(notice.message,
            "version \"b\" is already recorded in public.alembic_version: INSERT passed over");
  EXPECT_EQ(notice.detail, kRecorded);
  EXPECT_EQ(notice.hint, "");
}

TEST(Healed, SaysWhichRowGaveWay) {
  EXPECT_EQ(
      healed(update("a", "b"), RowVerdict::kRemoveTwin, logged_twin()).message,
      "version \"b\" was already recorded in public.alembic_version: its row gives way to the one that was "
      "\"a\"");
  const Notice from_null = healed(update(std::nullopt, "b"), RowVerdict::kRemoveTwin, Twin());
  EXPECT_EQ(
      from_null.message,
      "version \"b\" was already recorded in public.alembic_version: its row gives way to the one that was "
      "NULL");
  EXPECT_EQ(from_null.detail,
            "It was recorded before migfix watched this table, or past its guard: migfix.version_log has no "
            "entry.");
}

TEST(EmptiedWithoutDdl, NamesTheUndo) {
  const Notice notice =
      emptied_without_ddl("public.alembic_version", entry(77, Operation::kDelete, "b", std::nullopt), "ops.");
  EXPECT_EQ(notice.message, "public.alembic_version records no version any more, and no DDL ran with that");
  EXPECT_EQ(notice.detail,
            "The next \"alembic upgrade\" starts from the very first revision and fails on the first object "
            "that is "
            "there already.");
  EXPECT_EQ(notice.hint,
            "If that was not meant, this puts the rows back:\nSELECT * FROM ops.migfix_undo(77);");
}

TEST(EmptiedWithoutDdl, WithoutALogEntryNamesTheDiagnosis) {
  EXPECT_EQ(emptied_without_ddl("public.alembic_version", std::nullopt, "").hint,
            "If that was not meant: SELECT migfix_diagnose();");
}

}  // namespace
}  // namespace migfix::core
