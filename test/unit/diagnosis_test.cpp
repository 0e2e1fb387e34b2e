#include "core/diagnosis.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/folding.hpp"
#include "unit/facts_builder.hpp"

namespace migfix::core {
namespace {

using test::Codes;
using test::codes;
using test::entry;
using test::FactsBuilder;
using test::version_table;

bool has(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

// `count` tenants whose version tables have no guard.
FactsBuilder unguarded(int count) {
  FactsBuilder built;
  for (int i = 0; i < count; ++i) {
    VersionTable table = version_table("t" + std::to_string(i), {"a"});
    table.guard = GuardState::kMissing;
    built.facts.version_tables.push_back(table);
  }
  return built;
}

TEST(Diagnose, NothingWrong) {
  FactsBuilder built;
  built.facts.version_tables = {version_table("public", {"a"})};
  built.table("public", "users");
  EXPECT_TRUE(diagnose(built.facts).empty());
}

TEST(Diagnose, WorstFirst) {
  FactsBuilder built = unguarded(1);
  built.facts.version_tables[0].rows = {"a", "b"};
  built.facts.leftovers.constraints = {{"c", "public.t", false, "CHECK"}};
  EXPECT_EQ(codes(diagnose(built.facts)), (Codes{"MF901", "MF402", "MF105"}));
}

TEST(Fold, ThreeStayAlone) {
  FactsBuilder built = unguarded(3);
  EXPECT_EQ(codes(diagnose(built.facts)), (Codes{"MF901", "MF901", "MF901"}));
}

TEST(Fold, FourBecomeOne) {
  FactsBuilder built = unguarded(4);
  const auto findings = diagnose(built.facts);
  EXPECT_EQ(codes(findings), (Codes{"MF901"}));
  EXPECT_EQ(findings[0].message,
            "the guard is missing on t0.alembic_version; the same is true of t1.alembic_version, "
            "t2.alembic_version "
            "and 1 more");
  EXPECT_EQ(findings[0].version_table, "");
  EXPECT_EQ(
      findings[0].fix,
      "SELECT migfix_protect(t::regclass) FROM unnest(ARRAY['t0.alembic_version', 't1.alembic_version', "
      "'t2.alembic_version', 't3.alembic_version']) t;");
}

TEST(Fold, TenThousandTenants) {
  FactsBuilder built = unguarded(10000);
  built.facts.version_tables[5].guard = GuardState::kTakenOff;
  const auto findings = diagnose(built.facts);
  EXPECT_EQ(codes(findings), (Codes{"MF901", "MF901"}));
  EXPECT_TRUE(has(findings[0].message, " and 9996 more")) << findings[0].message;
  EXPECT_EQ(findings[0].fix, "SELECT migfix_protect();  -- again until it answers 0");
}

TEST(Fold, StatementsAreListedUpToFifty) {
  for (const int count : {4, 50, 51}) {
    FactsBuilder built;
    for (int i = 0; i < count; ++i) {
      VersionTable table = version_table("t" + std::to_string(i), {"a"});
      table.has_key = false;
      built.facts.version_tables.push_back(table);
    }
    const auto findings = diagnose(built.facts);
    ASSERT_EQ(codes(findings), (Codes{"MF107"}));
    const auto lines = std::count(findings[0].fix.begin(), findings[0].fix.end(), '\n') + 1;
    EXPECT_EQ(lines, count <= 50 ? count : 3);
    if (count > 50) {
      EXPECT_EQ(
          findings[0].fix,
          "ALTER TABLE t0.alembic_version ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);\n"
          "-- that is for t0.alembic_version; for each other one see\n"
          "-- SELECT * FROM migfix_findings('t1.alembic_version');");
    }
  }
}

TEST(Fold, DifferentRowsStayApart) {
  FactsBuilder built;
  for (int i = 0; i < 5; ++i) {
    built.facts.version_tables.push_back(
        version_table("t" + std::to_string(i), {"a", "b" + std::to_string(i % 4)}));
  }
  EXPECT_EQ(codes(diagnose(built.facts)), (Codes{"MF105", "MF105", "MF105", "MF105", "MF105"}));
}

TEST(Fold, SchemaInTheMessageAndDetailsThatDiffer) {
  FactsBuilder built;
  for (int i = 0; i < 60; ++i) {
    const std::string schema = "t" + std::to_string(i);
    built.table(schema, "x" + schema, {"a"});
    VersionTable table = version_table(schema, {});
    table.log = {entry(i + 1, Operation::kTruncate, "a", std::nullopt)};
    built.facts.version_tables.push_back(table);
  }
  const auto findings = diagnose(built.facts);
  EXPECT_EQ(codes(findings), (Codes{"MF102"}));
  EXPECT_TRUE(findings[0].detail.starts_with("Of t0.alembic_version: There is table")) << findings[0].detail;
  EXPECT_TRUE(
      findings[0].fix.starts_with("SELECT * FROM migfix_undo(1);\n-- that is for t0.alembic_version;"));
}

TEST(Fold, OneSessionOnManyTablesIsEndedOnce) {
  FactsBuilder built;
  for (int i = 0; i < 100; ++i) {
    LockHolder holder;
    holder.version_table = "t" + std::to_string(i) + ".alembic_version";
    holder.pid = 9;
    holder.state = "idle in transaction";
    holder.mode = "RowExclusiveLock";
    holder.may_end = true;
    built.facts.leftovers.lock_holders.push_back(holder);
  }
  const auto findings = diagnose(built.facts);
  EXPECT_EQ(codes(findings), (Codes{"MF403"}));
  EXPECT_EQ(findings[0].fix, "SELECT pg_terminate_backend(9);");
}

TEST(Fold, Objects) {
  FactsBuilder built;
  for (int i = 0; i < 5; ++i) {
    const std::string schema = "t" + std::to_string(i);
    built.facts.leftovers.indexes.push_back({schema + ".ix", schema + ".users"});
  }
  const auto findings = diagnose(built.facts);
  EXPECT_EQ(codes(findings), (Codes{"MF401"}));
  EXPECT_EQ(findings[0].message,
            "index t0.ix on t0.users is invalid; the same is true of t1.ix, t2.ix and 2 more");
}

}  // namespace
}  // namespace migfix::core
