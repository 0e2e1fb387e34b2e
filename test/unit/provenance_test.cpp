#include "core/provenance.hpp"

#include <gtest/gtest.h>

#include "unit/facts_builder.hpp"

namespace migfix::core::test {
namespace {

const std::string kTable = "public.alembic_version";

// Answers of a log: by the name of the object, or of its table and the part.
struct Log {
  std::map<std::string, DdlEntry> entries;
  std::map<std::string, bool> transactions;
  int asked = 0;
  int transactions_asked = 0;

  DdlEntry &add(const std::string &name, const std::string &tag, const std::string &transaction) {
    DdlEntry &entry = entries[name];
    entry.logged_at = "2026-11-21 10:03:07+00";
    entry.transaction_id = transaction;
    entry.session_role = entry.current_role = "appuser";
    entry.application_name = "init_db.py";
    entry.pid = 4711;
    entry.command_tag = tag;
    return entry;
  }

  DdlMemory memory() {
    return {[this](const DdlName &name) -> std::optional<DdlEntry> {
              ++asked;
              const auto found = entries.find(name.part.empty() ? name.name : name.name + "." + name.part);
              return found == entries.end() ? std::nullopt : std::optional<DdlEntry>(found->second);
            },
            [this](const std::string &transaction) -> std::optional<bool> {
              ++transactions_asked;
              const auto found = transactions.find(transaction);
              return found == transactions.end() ? std::nullopt : std::optional<bool>(found->second);
            }};
  }
};

Facts facts(Log &log, SchemaStanding standing) {
  Facts facts;
  standing.version_table = kTable;
  standing.schema = "public";
  facts.standings.push_back(std::move(standing));
  facts.version_tables.push_back(version_table("public", {"2"}));
  facts.ddl = log.memory();
  return facts;
}

std::string traced(const Facts &facts, const char *code, const std::string &table = kTable) {
  std::vector<Finding> findings{{code, Severity::kError, table, "", "message", "Detail.", "fix"}};
  trace(facts, findings);
  return findings.front().detail;
}

ObjectId table(const char *name) {
  return {ObjectKind::kTable, "", "", name};
}

constexpr const char *kOutside =
    "created 2026-11-21 10:03:07+00 by role appuser (application \"init_db.py\", pid 4711), outside any "
    "migration.";

TEST(Trace, WhatOneTransactionMadeIsToldTogether) {
  Log log;
  log.add("a", "CREATE TABLE", "7");
  log.add("b", "CREATE TABLE", "7");
  log.add("c", "CREATE TABLE", "8");
  SchemaStanding standing;
  standing.unexplained = {table("a"), table("b"), table("c"), table("before_the_log")};
  EXPECT_EQ(traced(facts(log, standing), "MF205"),
            std::string("Detail. Table a and table b: ") + kOutside + " Table c: " + kOutside);
}

TEST(Trace, WhatStandsInTheWay) {
  Log log;
  log.add("processingstatus", "CREATE TYPE", "7");
  log.add("t.c", "ALTER TABLE", "9").revision = "x";
  log.entries["t.c"].version_table = kTable;
  SchemaStanding standing;
  const ObjectId type{ObjectKind::kEnum, "", "", "processingstatus"};
  standing.collisions = {{"1", "42710", "m", "s", type},
                         {"1", "42710", "m", "s", type},
                         {"2", "42701", "m", "s", {ObjectKind::kColumn, "", "t", "c"}}};
  EXPECT_EQ(
      traced(facts(log, standing), "MF301"),
      std::string("Detail. Enum processingstatus: ") + kOutside +
          " Column t.c: ALTER TABLE 2026-11-21 10:03:07+00 by role appuser (application \"init_db.py\", pid "
          "4711), within revision \"x\" of public.alembic_version.");
}

TEST(Trace, WhatIsThereOfRevisionsThatAreNotRecorded) {
  Log log;
  log.add("a", "CREATE TABLE", "7");
  SchemaStanding standing;
  standing.there = {table("a")};
  const Facts all = facts(log, standing);
  for (const char *code : {"MF201", "MF203"})
    EXPECT_EQ(traced(all, code), std::string("Detail. Table a: ") + kOutside);
  EXPECT_EQ(traced(all, "MF204"), "Detail.");
  EXPECT_EQ(traced(all, "MF201", ""), "Detail.");  // folded
}

TEST(Trace, AStampLeavesNoTrace) {
  Log log;
  SchemaStanding standing;
  standing.unapplied = {"2"};
  Facts all = facts(log, standing);
  all.version_tables[0].log = {entry(1, Operation::kInsert, std::nullopt, "2")};
  EXPECT_EQ(traced(all, "MF202"), "Detail.");  // the log does not reach back
  log.transactions = {{"1001", false}};
  EXPECT_EQ(traced(all, "MF202"),
            "Detail. \"2\" was recorded 2026-11-21 10:03:07+00 by role appuser (application \"alembic\", pid "
            "4711), "
            "with INSERT of \"2\". No DDL ran in that transaction: it left no trace.");
  log.transactions = {{"1001", true}};
  EXPECT_EQ(traced(all, "MF202"), "Detail.");
}

TEST(Trace, ALogThatMayNotBeReadTellsNothing) {
  Log log;
  log.add("a", "CREATE TABLE", "7");
  SchemaStanding standing;
  standing.unexplained = {table("a")};
  standing.unapplied = {"2"};
  Facts all = facts(log, standing);
  all.ddl = {};
  EXPECT_EQ(traced(all, "MF205"), "Detail.");
  EXPECT_EQ(traced(all, "MF202"), "Detail.");
}

TEST(Trace, QueriesAreBounded) {
  Log log;
  SchemaStanding standing;
  for (int i = 0; i < 1000; ++i)
    standing.unexplained.push_back({ObjectKind::kTable, "", "", std::to_string(i)});
  const Facts all = facts(log, standing);
  std::vector<Finding> findings(50, {"MF205", Severity::kNotice, kTable, "", "message", "Detail.", "fix"});
  trace(all, findings);
  EXPECT_EQ(log.asked, 100);
}

TEST(Trace, StampsAreLookedForThrice) {
  Log log;
  SchemaStanding standing;
  standing.unapplied = {"2"};
  Facts all = facts(log, standing);
  all.version_tables[0].log = {entry(1, Operation::kInsert, std::nullopt, "2")};
  std::vector<Finding> findings(50, {"MF202", Severity::kError, kTable, "", "message", "Detail.", "fix"});
  trace(all, findings);
  EXPECT_EQ(log.transactions_asked, 3);
}

}  // namespace
}  // namespace migfix::core::test
