#include <gtest/gtest.h>

#include "core/runner.hpp"

namespace migfix::core {
namespace {

LogEntry recorded_by_another() {
  LogEntry entry;
  entry.log_id = 12;
  entry.logged_at = "2026-11-21 10:03:07+00";
  entry.operation = Operation::kUpdate;
  entry.old_version = "001";
  entry.new_version = "002";
  entry.session_role = "appuser";
  entry.current_role = "appuser";
  entry.application_name = "alembic";
  entry.pid = 4711;
  return entry;
}

RunnerHolder somebody() {
  return {4711, "appuser", "alembic", "10.0.0.7", "2026-11-21 10:03:07+00"};
}

TEST(AlembicRead, WhatAlembicSends) {
  for (const char *text : {
           "SELECT alembic_version.version_num \nFROM alembic_version",
           "SELECT app.alembic_version.version_num \nFROM app.alembic_version",
           "SELECT \"My-Ver\".version_num \nFROM \"My-Ver\"",
           "SELECT \"App\".\"My-Ver\".version_num \nFROM \"App\".\"My-Ver\"",
           "  SELECT my_ver.version_num \nFROM my_ver ; ",
           "/* traced */ SELECT my_ver.version_num \nFROM my_ver",
           "SELECT my_ver.version_num \nFROM my_ver /*traceparent='00-1'*/",
           "/* a */ SELECT my_ver.version_num \nFROM my_ver /* b */;",
       })
    EXPECT_TRUE(is_alembic_read(text)) << text;
}

TEST(AlembicRead, WhatOthersSend) {
  for (const char *text : {
           "",
           ";",
           "/*",
           "*/",
           "/* SELECT my_ver.version_num \nFROM my_ver",
           "SELECT version_num FROM alembic_version",
           "SELECT * FROM alembic_version",
           "SELECT alembic_version.version_num FROM alembic_version",
           "SELECT alembic_version.version_num\nFROM alembic_version",
           "select alembic_version.version_num \nfrom alembic_version",
           "SELECT alembic_version.version_num \nFROM app.alembic_version",
           "SELECT alembic_version.version_num \nFROM alembic_version LIMIT 1",
           "SELECT alembic_version.version_num \nFROM alembic_version WHERE true",
           "SELECT alembic_version.version_num \nFROM alembic_version, alembic_version",
           "EXPLAIN SELECT alembic_version.version_num \nFROM alembic_version",
           "SELECT .version_num \nFROM ",
       })
    EXPECT_FALSE(is_alembic_read(text)) << text;
}

TEST(Runner, HolderAndDuration) {
  EXPECT_EQ(holder_words(somebody()), "pid 4711, role appuser, application \"alembic\", from 10.0.0.7");
  EXPECT_EQ(holder_words({7, "", "", "", ""}), "pid 7");
  EXPECT_EQ(holder_words({}), "a prepared transaction");
  EXPECT_EQ(duration_words(300000), "5min");
  EXPECT_EQ(duration_words(90000), "90s");
  EXPECT_EQ(duration_words(1500), "1500ms");
  EXPECT_EQ(duration_words(0), "0ms");
}

TEST(Runner, SameState) {
  EXPECT_TRUE(same_state(Rows{"a", "b"}, Rows{"b", "a"}));
  EXPECT_TRUE(same_state(std::nullopt, std::nullopt));
  EXPECT_TRUE(same_state(Rows{std::nullopt}, Rows{std::nullopt}));
  EXPECT_FALSE(same_state(std::nullopt, Rows{}));
  EXPECT_FALSE(same_state(Rows{}, std::nullopt));
  EXPECT_FALSE(same_state(Rows{"a"}, Rows{"a", "a"}));
  EXPECT_FALSE(same_state(Rows{"a"}, Rows{std::nullopt}));
}

TEST(Runner, Overtaken) {
  Meanwhile meanwhile{"public.alembic_version", Rows{"001"}, Rows{"002"}, recorded_by_another(), "tools."};
  Error error = overtaken(meanwhile);
  EXPECT_STREQ(error.sqlstate(), "40001");
  EXPECT_EQ(error.message(), "another runner has migrated public.alembic_version meanwhile");
  EXPECT_EQ(
      error.detail(),
      "This session has read \"001\" there; now there is \"002\": 2026-11-21 10:03:07+00 by role appuser "
      "(application \"alembic\", pid 4711), with UPDATE of \"001\" to \"002\" (log 12).");
  EXPECT_EQ(error.hint(),
            "Nothing of this transaction is kept. Run it again: it goes on from what is recorded now:\n"
            "SELECT * FROM tools.migfix_current();");
  meanwhile.read.reset();
  meanwhile.changed.reset();
  meanwhile.now = Rows{"a", "b"};
  EXPECT_EQ(overtaken(meanwhile).detail(),
            "This session has found no such table; now there is \"a\" and \"b\".");
  meanwhile.read = Rows{};
  meanwhile.now.reset();
  EXPECT_EQ(overtaken(meanwhile).detail(), "This session has read no version there; now the table is gone.");
}

TEST(Runner, WaitedInVain) {
  Error error = waited_in_vain("public.alembic_version", somebody(), 300000);
  EXPECT_STREQ(error.sqlstate(), "55P03");
  EXPECT_EQ(error.message(), "another runner is migrating public.alembic_version");
  EXPECT_EQ(
      error.detail(),
      "Its runner lock was waited for as long as migfix.runner_timeout and lock_timeout allow (5min); it is "
      "held by "
      "pid 4711, role appuser, application \"alembic\", from 10.0.0.7, in a transaction since 2026-11-21 "
      "10:03:07+00.");
  EXPECT_EQ(error.hint(),
            "Nothing of this transaction is kept. Run it again when the other one has ended. What it does:\n"
            "SELECT * FROM pg_stat_activity WHERE pid = 4711;");
  error = waited_in_vain("t", RunnerHolder{}, 1);
  EXPECT_NE(error.hint().find("pg_prepared_xacts"), std::string::npos);
  error = waited_in_vain("t", std::nullopt, 1);
  EXPECT_NE(error.detail().find("until just now"), std::string::npos);
  EXPECT_EQ(error.hint().find("SELECT"), std::string::npos);
}

TEST(Runner, GivesWayAndReadsOn) {
  const Error error = gives_way("public.alembic_version", somebody(), "");
  EXPECT_STREQ(error.sqlstate(), "40001");
  EXPECT_NE(error.detail().find("pid 4711"), std::string::npos);
  EXPECT_NE(error.hint().find("Run it again"), std::string::npos);
  const Notice notice = reads_on("public.alembic_version", somebody(), 200);
  EXPECT_EQ(notice.message, "reading public.alembic_version while another runner migrates it");
  EXPECT_NE(notice.detail.find("(200ms); it is held by pid 4711"), std::string::npos);
}

}  // namespace
}  // namespace migfix::core
