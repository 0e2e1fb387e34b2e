#include <gtest/gtest.h>

#include "core/diagnosis.hpp"
#include "unit/facts_builder.hpp"

namespace migfix::core {
namespace {

using test::Codes;
using test::codes;
using test::FactsBuilder;

bool has(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

TEST(MF501, SchemaOnceAndTable) {
  FactsBuilder built;
  built.facts.privileges.role_name = "\"App\"";
  built.facts.privileges.missing = {{"app.alembic_version", "app", true, true, {"SELECT", "INSERT"}},
                                    {"app.other_version", "app", true, true, {}},
                                    {"b.alembic_version", "b", false, false, {"DELETE"}}};
  const auto findings = judge_privileges(built.facts);
  EXPECT_EQ(codes(findings), (Codes{"MF501", "MF502", "MF502"}));
  EXPECT_EQ(findings[0].message, "role \"App\" has no USAGE and CREATE privilege on schema app");
  EXPECT_EQ(findings[0].fix, "GRANT USAGE, CREATE ON SCHEMA app TO \"App\";");
  EXPECT_EQ(findings[1].fix, "GRANT SELECT, INSERT ON app.alembic_version TO \"App\";");
  EXPECT_TRUE(has(findings[1].detail, "Every Alembic command fails"));
  EXPECT_EQ(findings[2].fix, "GRANT DELETE ON b.alembic_version TO \"App\";");
  EXPECT_TRUE(has(findings[2].detail, "The body of a migration runs"));
}

TEST(MF503, OneFindingPerOwner) {
  FactsBuilder built;
  built.facts.privileges.foreign_owners = {{"a", "Boss", "\"Boss\"", false, {"TABLE a.x"}, 1},
                                           {"b", "Boss", "\"Boss\"", false, {"TYPE b.y"}, 1},
                                           {"a", "postgres", "postgres", true, {"TABLE a.z", "TYPE a.s"}, 2}};
  const auto findings = judge_privileges(built.facts);
  EXPECT_EQ(codes(findings), (Codes{"MF503", "MF503"}));
  EXPECT_EQ(findings[0].message,
            "role appuser does not own 2 objects in schemas a and b, which role \"Boss\" owns");
  EXPECT_EQ(findings[0].fix, "GRANT \"Boss\" TO appuser;");
  EXPECT_TRUE(has(findings[0].detail, "TABLE a.x and TYPE b.y."));
  EXPECT_EQ(findings[1].fix, "ALTER TABLE a.z OWNER TO appuser; ALTER TYPE a.s OWNER TO appuser;");
}

TEST(MF503, ManyObjectsOfASuperuser) {
  FactsBuilder built;
  built.facts.privileges.foreign_owners = {
      {"public", "postgres", "postgres", true, std::vector<std::string>(20, "TABLE public.t"), 100}};
  const Finding finding = judge_privileges(built.facts).at(0);
  EXPECT_TRUE(has(finding.detail, " and 95 more.")) << finding.detail;
  EXPECT_TRUE(finding.fix.starts_with("DO $migfix$\n"));
  EXPECT_TRUE(has(finding.fix, "c.relowner = 'postgres'::regrole"));
  EXPECT_TRUE(has(finding.fix, "ANY (ARRAY['public']::regnamespace[])"));
}

}  // namespace
}  // namespace migfix::core
