#include "core/offline_sql.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"

namespace migfix::core {
namespace {

using Kind = SqlPiece::Kind;
using Names = std::vector<std::string>;

Kind kind_of(std::string_view statement) {
  if (statement == "BEGIN") return Kind::kBegin;
  if (statement == "COMMIT") return Kind::kCommit;
  if (statement.starts_with("CREATE TABLE alembic_version")) return Kind::kCreateVersionTable;
  if (statement.starts_with("DROP TABLE")) return Kind::kDropTable;
  if (statement.starts_with("BROKEN")) return Kind::kUnreadable;
  return Kind::kOther;
}

// A text in which every statement and every comment has a line of its own, given to the reader as the server
// gives it.
class Text {
 public:
  explicit Text(std::string text) : text_(std::move(text)) {
    const std::string_view all = text_;
    std::uint32_t line = 1;
    for (std::size_t begin = 0; begin < all.size(); ++line) {
      const std::size_t next = next_line(all, begin);
      feed(all.substr(begin), line_at(all, begin), line);
      begin = taken_ > 0 ? begin + taken_ : next;
    }
  }
  OfflineSql finish() { return reader_.finish(); }

 private:
  void feed(std::string_view rest, std::string_view line, std::uint32_t number) {
    taken_ = 0;
    if (line.empty() || reader_.comment(line, number)) return;
    if (line.starts_with("--")) return;
    if ((taken_ = reader_.take(rest, number)) > 0) return;
    SqlPiece piece;
    piece.ended = line.ends_with(';');
    piece.text = piece.ended ? line.substr(0, line.size() - 1) : line;
    piece.line = number;
    piece.kind = kind_of(piece.text);
    piece.write.table = "alembic_version";
    if (piece.kind == Kind::kUnreadable) {
      piece.reason = "syntax error";
      piece.error_line = number;
    }
    if (auto write = read_version_line(line)) {
      piece.kind = Kind::kVersionWrite;
      piece.write = std::move(*write);
    }
    reader_.piece(std::move(piece));
  }

  std::string text_;
  OfflineSqlReader reader_;
  std::size_t taken_ = 0;
};

const std::string kBegin = "BEGIN;\nCREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);\n";

std::string inserted(const std::string &id) {
  return "INSERT INTO alembic_version (version_num) VALUES ('" + id +
         "') RETURNING alembic_version.version_num;\n";
}
std::string updated(const std::string &from, const std::string &to) {
  return "UPDATE alembic_version SET version_num='" + to + "' WHERE alembic_version.version_num = '" + from +
         "';\n";
}
std::string deleted(const std::string &id) {
  return "DELETE FROM alembic_version WHERE alembic_version.version_num = '" + id + "';\n";
}
std::string marker(const std::string &names) {
  return "-- Running upgrade " + names + "\n\n";
}
std::string base(const std::string &id, const std::string &body = {}) {
  return marker(" -> " + id) + body + inserted(id);
}
std::string step(const std::string &from, const std::string &to, const std::string &body = {}) {
  return marker(from + " -> " + to) + body + updated(from, to);
}

// "b(a;d): SELECT 1 | SELECT 2", a line a revision.
std::string drawn(const OfflineSql &sql) {
  std::string text;
  for (const OfflineRevision &told : sql.revisions) {
    text += told.revision.revision + "(";
    for (std::size_t i = 0; i < told.revision.down_revision.size(); ++i)
      text += (i > 0 ? "," : "") + told.revision.down_revision[i];
    for (std::size_t i = 0; i < told.revision.depends_on.size(); ++i)
      text += (i > 0 ? "," : ";") + told.revision.depends_on[i];
    text += ")";
    for (std::size_t i = 0; i < told.statements.size(); ++i) {
      const OfflineStatement &statement = told.statements[i];
      text += (i > 0 ? " | " : ": ") + std::string(statement.text) +
              (statement.in_transaction ? "" : " (outside)") +
              (statement.unreadable.empty() ? "" : " (unreadable)");
    }
    text += "\n";
  }
  return text;
}

// "broken off 5 b: reason", a line a problem.
std::string problems(const OfflineSql &sql) {
  std::string text;
  for (const OfflineProblem &problem : sql.problems) {
    text += std::string(offline_problem_kind_name(problem.kind)) + " " + std::to_string(problem.line) + " " +
            problem.revision + ": " + problem.reason + "\n";
  }
  return text;
}

std::string refused(const std::string &text) {
  try {
    Text(text).finish();
  } catch (const Error &error) {
    EXPECT_STREQ(error.sqlstate(), kInvalidParameterValue);
    EXPECT_NE(error.hint().find("alembic upgrade base:heads --sql"), std::string::npos);
    return error.message() + " / " + error.detail();
  }
  return "not refused";
}

// The text drawn, and no problem in it.
void expect_drawn(const std::string &text, const std::string &drawing) {
  Text fed(text);
  const OfflineSql sql = fed.finish();
  EXPECT_EQ(drawn(sql), drawing);
  EXPECT_EQ(problems(sql), "");
}

TEST(OfflineSql, Linear) {
  Text text(kBegin + base("a", "SELECT 1;\nSELECT 2;\n") + step("a", "b") + "COMMIT;\n");
  const OfflineSql sql = text.finish();
  EXPECT_EQ(drawn(sql), "a(): SELECT 1 | SELECT 2\nb(a)\n");
  EXPECT_EQ(problems(sql), "");
  EXPECT_EQ(sql.version_table, "alembic_version");
  EXPECT_EQ(sql.revisions[0].line, 3U);
  EXPECT_EQ(sql.revisions[0].statements[1].line, 6U);
}

TEST(OfflineSql, BranchesAndMerges) {
  expect_drawn(kBegin + base("a") + step("a", "b") + marker("a -> c") + inserted("c") + marker("b, c -> m") +
                   "SELECT 1;\n" + deleted("b") + updated("c", "m") + "COMMIT;\n",
               "a()\nb(a)\nc(a)\nm(b,c): SELECT 1\n");
}

TEST(OfflineSql, DependenciesShowInTheRowsThatGo) {
  expect_drawn(kBegin + base("a") + base("d") + base("e") + marker("a -> b") + deleted("e") + deleted("a") +
                   updated("d", "b") + "COMMIT;\n",
               "a()\nd()\ne()\nb(a;d,e)\n");
  // A base that depends on a revision.
  expect_drawn(kBegin + base("d") + marker(" -> r") + updated("d", "r") + "COMMIT;\n", "d()\nr(;d)\n");
}

TEST(OfflineSql, TransactionPerMigrationAndAutocommit) {
  expect_drawn(kBegin + base("a") + "COMMIT;\nBEGIN;\n" +
                   step("a", "b", "SELECT 1;\nCOMMIT;\nSELECT 2;\nBEGIN;\nSELECT 3;\n") + "COMMIT;\n",
               "a()\nb(a): SELECT 1 | SELECT 2 (outside) | SELECT 3\n");
  expect_drawn(
      "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);\n" + base("a", "SELECT 1;\n"),
      "a(): SELECT 1 (outside)\n");
}

TEST(OfflineSql, Range) {
  expect_drawn("BEGIN;\n" + step("p", "q", "SELECT 1;\n") + "COMMIT;\n", "q(p): SELECT 1\n");
  expect_drawn("BEGIN;\n" + marker("p -> q") + deleted("d") + updated("p", "q") + "COMMIT;\n", "q(p;d)\n");
}

TEST(OfflineSql, BodyWritesTheVersionTable) {
  // What stands last counts; a DELETE of what is no row is the body's own.
  expect_drawn(
      kBegin + base("a") +
          step("a", "b",
               updated("a", "zzz") + inserted("b") + "SELECT 1;\n" + updated("old", "b") + deleted("older")) +
          "COMMIT;\n",
      "a()\nb(a): " + updated("a", "zzz").substr(0, updated("a", "zzz").size() - 2) + " | " +
          inserted("b").substr(0, inserted("b").size() - 2) + " | SELECT 1 | " +
          updated("old", "b").substr(0, updated("old", "b").size() - 2) + " | " +
          deleted("older").substr(0, deleted("older").size() - 2) + "\n");
  // An INSERT never has a DELETE before it.
  expect_drawn(kBegin + base("a") + marker(" -> b") + deleted("a") + inserted("b") + "COMMIT;\n",
               "a()\nb(): " + deleted("a").substr(0, deleted("a").size() - 2) + "\n");
}

TEST(OfflineSql, MarkersInComments) {
  // The comment belongs to the statement behind it.
  const std::string comment = "-- Running upgrade x -> y";
  expect_drawn(
      kBegin + base("a", "SELECT 0;\n" + comment + "\nSELECT 1;\nSELECT 2;\n") + step("a", "b") + "COMMIT;\n",
      "a(): SELECT 0 | " + comment + "\nSELECT 1 | SELECT 2\nb(a)\n");
  // As the first line of a body, of the same revision, and of a downgrade.
  expect_drawn(kBegin + base("a", "-- Running upgrade  -> a\nSELECT 1;\n") + "COMMIT;\n",
               "a(): -- Running upgrade  -> a\nSELECT 1\n");
  expect_drawn(kBegin + base("a", "-- Running downgrade b -> a\nSELECT 1;\n") + "COMMIT;\n",
               "a(): -- Running downgrade b -> a\nSELECT 1\n");
}

TEST(OfflineSql, OddIds) {
  const std::string long_id(40, 'x');
  expect_drawn(kBegin + base("it's") + step("it's", "bücher") + step("bücher", long_id) + "COMMIT;\n",
               "it's()\nbücher(it's)\n" + long_id + "(bücher)\n");
  expect_drawn(kBegin + base("a, b") + base("c") + marker("a, b, c -> d") + deleted("c") +
                   updated("a, b", "d") + step("d", "f") + "COMMIT;\n",
               "a, b()\nc()\nd(a, b,c)\nf(d)\n");
  Text text(kBegin + base("a\x01z") + base("b") + "COMMIT;\n");
  const OfflineSql sql = text.finish();
  EXPECT_EQ(drawn(sql), "b()\n");
  EXPECT_EQ(problems(sql), "invalid 3 : not loaded: one of its names holds a control character\n");
}

TEST(OfflineSql, QuoteBeginsNoOtherStatement) {
  // Once an id holds a quote, only Alembic's own shapes are read by their text.
  expect_drawn(kBegin + base("it's", "UPDATE other SET x='a' WHERE y = 'b';\n") + "COMMIT;\n",
               "it's(): UPDATE other SET x='a' WHERE y = 'b'\n");
}

TEST(OfflineSql, SyntaxErrorStaysInItsPlace) {
  Text text(kBegin + base("a", "SELECT 1;\nBROKEN;\nSELECT 2;\n") + "COMMIT;\n");
  const OfflineSql sql = text.finish();
  EXPECT_EQ(drawn(sql), "a(): SELECT 1 | BROKEN (unreadable) | SELECT 2\n");
  EXPECT_EQ(problems(sql), "syntax 6 a: syntax error\n");
}

TEST(OfflineSql, BrokenOff) {
  const std::string before = kBegin + base("a") + marker("a -> b");
  const auto said = [](const std::string &text) {
    Text fed(text);
    const OfflineSql sql = fed.finish();
    EXPECT_EQ(drawn(sql), "a()\n") << text;
    return problems(sql);
  };
  EXPECT_EQ(
      said(before + "SELECT 1;\n"),
      "broken off 6 b: not loaded: the text ends before the statement that records the revision; it was cut "
      "off, or Alembic stopped with an error, as it does where a migration reads from the database\n");
  EXPECT_EQ(
      said(before + "SELECT 'abc"),
      "broken off 6 b: not loaded: the text ends within the statement on line 8; it was cut off, or Alembic "
      "stopped with an error, as it does where a migration reads from the database\n");
  // Its version statement without the semicolon may lack more.
  EXPECT_NE(
      said(before + "UPDATE alembic_version SET version_num='b'").find("within the statement on line 8"),
      std::string::npos);
  EXPECT_EQ(said(before + "Traceback (most recent call last):\n  File \"x\"\nValueError: no\n"),
            "broken off 6 b: not loaded: Alembic stopped there: ValueError: no\n");
  EXPECT_EQ(said(kBegin + base("a")),
            "broken off 1 : the transaction that begins here has no COMMIT: the text was cut off, and "
            "revisions may "
            "be missing\n");
  // Not the last one, as after joining outputs.
  Text joined(before + "COMMIT;\n" + base("c") + "COMMIT;\n");
  const OfflineSql sql = joined.finish();
  EXPECT_EQ(drawn(sql), "a()\nc()\n");
  EXPECT_EQ(problems(sql), "broken off 6 b: not loaded: no statement records it\n");
}

TEST(OfflineSql, OutputsOneBehindTheOther) {
  // The second run starts from an empty table: c's parent is no dependency.
  expect_drawn(kBegin + base("a") + "COMMIT;\n" + kBegin + base("d") + marker(" -> c") + deleted("a") +
                   updated("d", "c") + "COMMIT;\n",
               "a()\nd()\nc(;d): " + deleted("a").substr(0, deleted("a").size() - 2) + "\n");
}

TEST(OfflineSql, Refused) {
  const std::string no_output = "the text is no output of \"alembic upgrade --sql\" / ";
  EXPECT_EQ(refused(""), no_output + "No line of it begins with \"-- Running upgrade\".");
  EXPECT_EQ(refused("SELECT 1;\n"), no_output + "No line of it begins with \"-- Running upgrade\".");
  EXPECT_EQ(refused("INFO  [alembic.runtime.migration] Running upgrade  -> a, first\n"),
            no_output + "It holds lines of Alembic's log, but none that begins with \"-- Running upgrade\".");
  EXPECT_EQ(
      refused("BEGIN;\nFAILED: no such revision\n"),
      no_output +
          "No line of it begins with \"-- Running upgrade\". Alembic stopped: FAILED: no such revision");
  EXPECT_EQ(refused("BEGIN;\n-- Running downgrade b -> a\n"),
            "the text is a downgrade script, which does not tell what an upgrade does / "
            "Line 2 reads: -- Running downgrade b -> a");
  EXPECT_EQ(
      refused("-- Running downgrade a -> \n" + deleted("a") + "DROP TABLE alembic_version;\n").substr(0, 29),
      "the text is a downgrade scrip");
  EXPECT_EQ(refused("-- Running stamp_revision a -> h\n"),
            "the text is a stamp script, which does not tell what revisions do / "
            "Line 1 reads: -- Running stamp_revision a -> h");
  // Behind an upgrade too.
  EXPECT_EQ(refused(kBegin + base("a") + "-- Running downgrade a -> \n" + deleted("a")).substr(0, 29),
            "the text is a downgrade scrip");
}

TEST(OfflineSql, WhatIsNoSql) {
  Text text("INFO  [alembic] Generating static SQL\n" + kBegin +
            "INFO  [alembic] Running upgrade  -> a, it's\n" + base("a", "\\connect other\nSELECT 1;\n") +
            "COMMIT;\n");
  const OfflineSql sql = text.finish();
  EXPECT_EQ(drawn(sql), "a(): SELECT 1\n");
  EXPECT_EQ(problems(sql),
            "not SQL 7 a: a command of psql, passed over: \\connect other\n"
            "not SQL 1 : 2 lines of Alembic's log among the SQL from here on, passed over; \"2>alembic.log\" "
            "keeps them apart\n");
}

TEST(OfflineSql, StatementsOfNoRevision) {
  Text text("CREATE SCHEMA app;\n" + kBegin + base("a") + "SELECT 1;\n" + step("a", "b") +
            "DROP TABLE alembic_version;\nCOMMIT;\n");
  const OfflineSql sql = text.finish();
  EXPECT_EQ(drawn(sql), "a()\nb(a)\n");
  EXPECT_EQ(
      problems(sql),
      "notice 1 : 2 statements of no revision, before the first one or behind a version statement; the first "
      "stands here\n");
}

TEST(OfflineSql, ManyProblemsAreCounted) {
  std::string lines;
  for (int i = 0; i < 150; ++i) lines += "\\x\n";
  Text text(kBegin + base("a", lines) + "COMMIT;\n");
  const OfflineSql sql = text.finish();
  EXPECT_EQ(sql.problems.size(), 101U);
  EXPECT_EQ(sql.problems.back().reason, "and 50 more");
  std::string broken;
  for (int i = 0; i < 150; ++i) broken += "BROKEN;\n";
  Text errors(kBegin + base("a", broken) + "COMMIT;\n");
  EXPECT_EQ(errors.finish().problems.size(), 101U);
}

TEST(OfflineSql, RecoveryPoint) {
  OfflineSqlReader reader;
  reader.comment("-- Running upgrade a -> b", 1);
  const auto rest = [&](const std::string &text) { return text.substr(reader.recovery_point(text)); };
  const std::string stray = "SELECT 'abc;\n\n";
  EXPECT_EQ(rest(stray + updated("a", "b") + "\nCOMMIT;\n"), updated("a", "b") + "\nCOMMIT;\n");
  EXPECT_EQ(rest(stray + updated("a", "c") + marker("b -> c")), marker("b -> c"));
  EXPECT_EQ(rest("SELECT 1 -- x;\n\nSELECT 2;\n"), "\nSELECT 2;\n");
  EXPECT_EQ(reader.recovery_point("SELECT (;\n\nSELECT 2;\n"), 0U);
  EXPECT_EQ(reader.recovery_point(""), 0U);
}

TEST(OfflineLine, Marker) {
  const auto names = [](std::string_view line) {
    const auto marker = read_offline_marker(line);
    return marker ? std::string(marker->names) : "none";
  };
  EXPECT_EQ(names("-- Running upgrade  -> a"), "-> a");
  EXPECT_EQ(names("-- Running upgrade -> a"), "-> a");
  EXPECT_EQ(names("-- Running upgrade a, b -> m\r"), "a, b -> m");
  EXPECT_EQ(names("-- Running downgrade a -> "), "a ->");
  EXPECT_EQ(names("-- Running upgrades"), "none");
  EXPECT_EQ(names("-- Running upgrade"), "none");
  EXPECT_EQ(names("-- Running upgrade a"), "none");
  EXPECT_EQ(names(" -- Running upgrade a -> b"), "none");
}

TEST(OfflineLine, VersionWrite) {
  auto write =
      read_version_line("UPDATE app.\"V t\" SET version_num='it''s' WHERE app.\"V t\".version_num = 'o';'; ");
  ASSERT_TRUE(write);
  EXPECT_EQ(write->table + "|" + write->from + "|" + write->to, "app.\"V t\"|o';|it''s");
  write = read_version_line("INSERT INTO v (version_num) VALUES ('a')');");
  ASSERT_TRUE(write);
  EXPECT_EQ(write->table + "|" + write->to, "v|a')");
  EXPECT_FALSE(read_version_line("INSERT INTO v (version_num) VALUES ('a')"));
  EXPECT_FALSE(read_version_line("INSERT INTO v (version_num) VALUES (');"));
  EXPECT_FALSE(read_version_line("UPDATE v SET version_num='b' WHERE w.version_num = 'a';"));
  EXPECT_FALSE(read_version_line("UPDATE v SET version_num='b' WHERE v.version_num = ';"));
  EXPECT_FALSE(read_version_line("DELETE FROM v WHERE version_num = 'a';"));
  EXPECT_FALSE(read_version_line(";"));
}

TEST(OfflineLine, LogAndFailure) {
  EXPECT_TRUE(is_log_line("INFO  [alembic.runtime.migration] Context impl PostgresqlImpl."));
  EXPECT_TRUE(is_log_line("WARNI [x] y"));
  EXPECT_TRUE(is_log_line("INFO:alembic:z"));
  EXPECT_FALSE(is_log_line("INFO"));
  EXPECT_FALSE(is_log_line("INSERT INTO x"));
  EXPECT_TRUE(is_failure_line("  FAILED: Can't locate revision"));
  EXPECT_FALSE(is_failure_line("SELECT 'FAILED: '"));
}

TEST(OfflineLine, TextAsWritten) {
  EXPECT_EQ(offline_text("\xEF\xBB\xBFSELECT 1;\r\n'a\r\nb';\r\n"), "SELECT 1;\n'a\nb';\n");
  EXPECT_EQ(offline_text("SELECT 'a\r\nb';\n"), "SELECT 'a\r\nb';\n");
  EXPECT_EQ(offline_text("a\rb"), "a\rb");
  EXPECT_EQ(offline_text(""), "");
}

}  // namespace
}  // namespace migfix::core
