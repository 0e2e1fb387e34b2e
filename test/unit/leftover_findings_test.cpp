#include <gtest/gtest.h>

#include "core/diagnosis.hpp"
#include "unit/facts_builder.hpp"

namespace migfix::core {
namespace {

using test::FactsBuilder;

bool has(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

Finding of_index(const InvalidIndex &index) {
  FactsBuilder built;
  built.facts.leftovers.indexes = {index};
  const auto findings = judge_leftovers(built.facts);
  EXPECT_EQ(findings.size(), 1u);
  return findings.at(0);
}

TEST(MF401, EachKindOfIndex) {
  InvalidIndex index{"public.\"I x\"", "public.t"};
  Finding finding = of_index(index);
  EXPECT_EQ(finding.severity, Severity::kWarning);
  EXPECT_EQ(finding.message, "index public.\"I x\" on public.t is invalid");
  EXPECT_EQ(finding.fix, "DROP INDEX CONCURRENTLY public.\"I x\";");
  index.constraint = true;
  EXPECT_EQ(of_index(index).fix, "REINDEX INDEX CONCURRENTLY public.\"I x\";");
  index.partitioned = true;
  EXPECT_TRUE(of_index(index).fix.starts_with("-- "));
  index.constraint = false;
  EXPECT_EQ(of_index(index).fix, "DROP INDEX public.\"I x\";");
  index.build_pid = 77;
  finding = of_index(index);
  EXPECT_EQ(finding.severity, Severity::kNotice);
  EXPECT_EQ(finding.message, "index public.\"I x\" on public.t is being built now by pid 77");
  EXPECT_TRUE(finding.fix.starts_with("-- wait for it"));
}

TEST(MF402, TableAndDomain) {
  FactsBuilder built;
  built.facts.leftovers.constraints = {
      {"fk_a", "public.t", false, "FOREIGN KEY (a) REFERENCES b(id) NOT VALID"},
      {"\"C\"", "public.d", true, "CHECK ((VALUE > 0)) NOT VALID"}};
  const auto findings = judge_leftovers(built.facts);
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].message, "constraint fk_a on public.t is not validated");
  EXPECT_EQ(findings[0].fix, "ALTER TABLE public.t VALIDATE CONSTRAINT fk_a;");
  EXPECT_TRUE(has(findings[0].detail, "FOREIGN KEY (a) REFERENCES b(id) NOT VALID"));
  EXPECT_EQ(findings[1].message, "constraint \"C\" on domain public.d is not validated");
  EXPECT_EQ(findings[1].fix, "ALTER DOMAIN public.d VALIDATE CONSTRAINT \"C\";");
}

TEST(MF403, EndsOnlyWhatIsIdle) {
  FactsBuilder built;
  LockHolder holder;
  holder.version_table = "public.alembic_version";
  holder.pid = 4711;
  holder.role = "appuser";
  holder.application_name = "alembic";
  holder.client_address = "10.0.0.7";
  holder.state = "idle in transaction";
  holder.since = "2026-11-22 03:00:00+00";
  holder.mode = "RowExclusiveLock";
  holder.writes = holder.may_end = true;
  const auto judged = [&] {
    built.facts.leftovers.lock_holders = {holder};
    return judge_leftovers(built.facts).at(0);
  };
  Finding finding = judged();
  EXPECT_EQ(finding.severity, Severity::kWarning);
  EXPECT_EQ(finding.message,
            "a session holds RowExclusiveLock on public.alembic_version (pid 4711, role appuser, application "
            "\"alembic\", from 10.0.0.7) since 2026-11-22 03:00:00+00");
  EXPECT_EQ(finding.fix, "SELECT pg_terminate_backend(4711);");
  EXPECT_TRUE(has(finding.detail, "Ending it rolls back all that its transaction has done"));
  holder.may_end = false;
  EXPECT_EQ(judged().fix,
            "-- this role may not end that session; role appuser, or a superuser, may run:\n"
            "-- SELECT pg_terminate_backend(4711);");
  holder.state = "active";
  holder.may_end = true;
  EXPECT_TRUE(judged().fix.starts_with("-- it is at work"));
  holder.writes = false;
  EXPECT_EQ(judged().severity, Severity::kNotice);
  holder = {holder.version_table, "", 5, "", "", "", "", "", "AccessShareLock", false, false};
  finding = judged();
  EXPECT_EQ(finding.message, "a session holds AccessShareLock on public.alembic_version (pid 5)");
  EXPECT_TRUE(finding.fix.starts_with("-- this role may not see"));
}

TEST(MF404, WhoMigrates) {
  FactsBuilder built;
  LockHolder holder;
  holder.version_table = "public.alembic_version";
  holder.pid = 4711;
  holder.role = "appuser";
  holder.application_name = "alembic";
  holder.state = "active";
  holder.since = "2026-11-22 03:00:00+00";
  holder.may_end = true;
  const auto judged = [&] {
    built.facts.leftovers.runners = {holder};
    return judge_leftovers(built.facts).at(0);
  };
  Finding finding = judged();
  EXPECT_EQ(finding.code, "MF404");
  EXPECT_EQ(finding.severity, Severity::kNotice);
  EXPECT_EQ(finding.version_table, "public.alembic_version");
  EXPECT_EQ(finding.message,
            "a runner is migrating public.alembic_version now (pid 4711, role appuser, application \"alembic\") since "
            "2026-11-22 03:00:00+00");
  EXPECT_TRUE(finding.fix.starts_with("-- it is at work"));
  holder.state = "idle in transaction";
  EXPECT_EQ(judged().fix, "SELECT pg_terminate_backend(4711);");
  holder = {};
  holder.version_table = "public.alembic_version";
  finding = judged();
  EXPECT_EQ(finding.message, "a prepared transaction is migrating public.alembic_version");
  EXPECT_TRUE(has(finding.fix, "-- SELECT * FROM pg_prepared_xacts;"));
  built.facts.leftovers.runners.clear();
  EXPECT_TRUE(judge_leftovers(built.facts).empty());
}

}  // namespace
}  // namespace migfix::core
