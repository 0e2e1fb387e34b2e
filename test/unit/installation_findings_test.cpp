#include <gtest/gtest.h>

#include "core/diagnosis.hpp"
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

TEST(MF901, MissingAndTakenOff) {
  FactsBuilder built;
  VersionTable table = version_table("public", {"a"});
  EXPECT_TRUE(judge_installation(built.facts).empty());
  table.guard = GuardState::kMissing;
  built.facts.version_tables = {table};
  built.facts.installation.schema_name = "tools";
  auto findings = judge_installation(built.facts);
  EXPECT_EQ(codes(findings), (Codes{"MF901"}));
  EXPECT_EQ(findings[0].severity, Severity::kError);
  EXPECT_EQ(findings[0].fix, "SELECT tools.migfix_protect('public.alembic_version');");
  built.facts.version_tables[0].guard = GuardState::kTakenOff;
  built.facts.version_tables[0].taken_off = entry(5, Operation::kUnprotect, std::nullopt, std::nullopt);
  findings = judge_installation(built.facts);
  EXPECT_EQ(findings[0].severity, Severity::kWarning);
  EXPECT_EQ(findings[0].message, "the guard was taken off public.alembic_version");
  EXPECT_TRUE(
      has(findings[0].detail, "migfix_unprotect was called at 2026-11-21 10:03:07+00 by role appuser"));
}

TEST(MF901, NotForWhatCannotCarryIt) {
  FactsBuilder built;
  VersionTable table = version_table("public", {"a"});
  table.guard = GuardState::kMissing;
  for (const RelationKind kind :
       {RelationKind::kView, RelationKind::kMaterializedView, RelationKind::kForeignTable}) {
    table.kind = kind;
    built.facts.version_tables = {table};
    EXPECT_TRUE(judge_installation(built.facts).empty());
  }
  table.kind = RelationKind::kTable;
  table.has_column = false;
  built.facts.version_tables = {table};
  EXPECT_TRUE(judge_installation(built.facts).empty());
}

TEST(MF902, DisabledTriggers) {
  FactsBuilder built;
  VersionTable table = version_table("public", {"a"});
  table.guard = GuardState::kDisabled;
  table.disabled_triggers = {"migfix_row", "migfix_end"};
  built.facts.version_tables = {table};
  const auto findings = judge_installation(built.facts);
  EXPECT_EQ(codes(findings), (Codes{"MF902"}));
  EXPECT_EQ(findings[0].message,
            "the guard on public.alembic_version is disabled (triggers migfix_row and migfix_end)");
  EXPECT_EQ(findings[0].fix,
            "ALTER TABLE public.alembic_version ENABLE TRIGGER migfix_row;\n"
            "ALTER TABLE public.alembic_version ENABLE TRIGGER migfix_end;");
}

TEST(MF903, EventTriggers) {
  FactsBuilder built;
  built.facts.installation.event_triggers = {{"migfix_ok", "sql_drop", "public.f", true, true},
                                             {"migfix_off", "sql_drop", "public.f", true, false},
                                             {"migfix_gone", "ddl_command_end", "tools.g", false, false}};
  const auto findings = judge_installation(built.facts);
  EXPECT_EQ(codes(findings), (Codes{"MF903", "MF903"}));
  EXPECT_EQ(findings[0].fix, "ALTER EVENT TRIGGER migfix_off ENABLE;");
  EXPECT_EQ(findings[1].fix,
            "CREATE EVENT TRIGGER migfix_gone ON ddl_command_end EXECUTE FUNCTION tools.g();\n"
            "ALTER EXTENSION migfix ADD EVENT TRIGGER migfix_gone;");
}

TEST(MF904, Settings) {
  FactsBuilder built;
  built.facts.installation.guard_settings = {
      {"off", "role appuser", "ALTER ROLE appuser RESET migfix.guard;"},
      {"heal", "this session", "RESET migfix.guard;"}};
  const auto findings = judge_installation(built.facts);
  EXPECT_EQ(codes(findings), (Codes{"MF904", "MF904"}));
  EXPECT_EQ(findings[0].severity, Severity::kWarning);
  EXPECT_EQ(findings[0].message, "migfix.guard is off for role appuser");
  EXPECT_EQ(findings[0].fix, "ALTER ROLE appuser RESET migfix.guard;");
  EXPECT_EQ(findings[1].severity, Severity::kNotice);
}

TEST(MF905, NotChecked) {
  FactsBuilder built;
  VersionTable table = version_table("public", {});
  table.not_checked = "role r has no SELECT privilege on it";
  table.not_checked_fix = "GRANT SELECT ON public.alembic_version TO r;";
  built.facts.version_tables = {table};
  built.facts.installation.not_checked = {
      {"migfix.version_log", "role r may not read it", "migfix.version_log", ""}};
  const auto findings = judge_installation(built.facts);
  EXPECT_EQ(codes(findings), (Codes{"MF905", "MF905"}));
  EXPECT_EQ(findings[0].message,
            "the rows of public.alembic_version could not be checked: role r has no SELECT privilege on it");
  EXPECT_EQ(findings[0].fix, "GRANT SELECT ON public.alembic_version TO r;");
  EXPECT_EQ(findings[1].message, "could not check migfix.version_log: role r may not read it");
  EXPECT_TRUE(findings[1].fix.starts_with("-- "));
}

TEST(MF906, Versions) {
  FactsBuilder built;
  built.facts.installation.library_version = "0.10.0";
  built.facts.installation.sql_version = "0.9.1";
  EXPECT_EQ(judge_installation(built.facts).at(0).fix, "ALTER EXTENSION migfix UPDATE;");
  built.facts.installation.sql_version = "0.11.0";
  EXPECT_TRUE(judge_installation(built.facts).at(0).fix.starts_with("-- connect again"));
  built.facts.installation.sql_version = "0.10.0";
  EXPECT_TRUE(judge_installation(built.facts).empty());
}

}  // namespace
}  // namespace migfix::core
