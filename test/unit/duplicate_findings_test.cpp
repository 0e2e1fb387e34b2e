#include <ctime>

#include <gtest/gtest.h>

#include "core/diagnosis.hpp"
#include "core/families.hpp"
#include "unit/facts_builder.hpp"

namespace migfix::core {
namespace {

using test::Codes;
using test::codes;
using test::FactsBuilder;

bool has(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

std::vector<Finding> judged(FactsBuilder &built) {
  return judge_duplicates(built.with_parts());
}

void tenants(FactsBuilder &built, int count, int tables, int enums) {
  for (int i = 0; i < count; ++i) {
    const std::string schema = "t" + std::to_string(i);
    for (int n = 0; n < tables; ++n)
      built.table(schema, "table" + std::to_string(n), {"id integer", "n" + std::to_string(n)});
    for (int n = 0; n < enums; ++n)
      built.enumeration(schema, "enum" + std::to_string(n), {"on", "n" + std::to_string(n)});
  }
}

TEST(Families, OverlapByMoreThanHalfOfTheLarger) {
  EXPECT_TRUE(families_of({}).empty());
  const auto families =
      families_of({{0, {1, 2}}, {1, {1, 2, 3, 4}}, {2, {1, 2, 3}}, {3, {7, 8}}, {4, {1, 2, 3, 4}}});
  ASSERT_EQ(families.size(), 3u);
  EXPECT_EQ(families[0].keys, (std::vector<std::size_t>{1, 4, 2}));
  EXPECT_EQ(families[1].keys, (std::vector<std::size_t>{0}));  // half is not more than half
  EXPECT_EQ(families[2].keys, (std::vector<std::size_t>{3}));
}

TEST(MF302, OneHidesTheOther) {
  FactsBuilder built;
  built.enumeration("app", "status", {"new", "done"});
  built.enumeration("public", "status", {"new", "failed", "done"});
  built.path("role appuser", {"app", "public"});
  const auto findings = judged(built);
  EXPECT_EQ(codes(findings), (Codes{"MF302"}));
  EXPECT_EQ(findings[0].message, "enum app.\"status\" hides public.\"status\" on one search_path");
  EXPECT_EQ(findings[0].detail,
            "The search_path of role appuser is app and public. They differ: public.\"status\" has also "
            "\"failed\". A "
            "migration that says status without a schema means the first one.");
  EXPECT_TRUE(findings[0].fix.starts_with("-- "));
}

TEST(MF302, UnusedEnumIsDropped) {
  FactsBuilder built;
  built.enumeration("app", "status", {"new"}, false);
  built.enumeration("public", "status", {"new"});
  built.path("role appuser", {"app", "public"});
  const auto findings = judged(built);
  EXPECT_EQ(codes(findings), (Codes{"MF302", "MF306"}));
  EXPECT_EQ(findings[0].fix, "DROP TYPE app.\"status\";");
  EXPECT_TRUE(has(findings[0].detail, "The two are identical."));
}

TEST(MF302, OfTypesAndPathsApart) {
  FactsBuilder built;
  built.enumeration("app", "status");
  built.table("public", "status");
  built.path("role a", {"app", "public"});
  built.table("x", "users");
  built.table("y", "users");
  built.path("role x", {"x"});
  built.path("role y", {"y"});
  const auto findings = judged(built);
  EXPECT_EQ(codes(findings), (Codes{"MF303"}));
  EXPECT_EQ(findings[0].severity, Severity::kNotice);
  EXPECT_EQ(findings[0].message, "table \"users\" stands in 2 schemas: x and y");
  EXPECT_EQ(findings[0].detail, "The two are identical.");
}

TEST(MF302, TenThousandPathsIntoOne) {
  FactsBuilder built;
  tenants(built, 10000, 3, 0);
  for (int n = 0; n < 3; ++n)
    built.table("public", "table" + std::to_string(n), {"id integer", "n" + std::to_string(n)});
  for (int i = 0; i < 10000; ++i) {
    built.path("role r" + std::to_string(i), {"t" + std::to_string(i), "public"});
    built.path("role s" + std::to_string(i), {"t" + std::to_string(i), "public"});
  }
  const auto findings = judged(built);
  EXPECT_EQ(codes(findings), (Codes{"MF302", "MF302", "MF302", "MF303"}));
  EXPECT_TRUE(has(findings[0].detail, "hidden in the same way on 9999 other search_paths"))
      << findings[0].detail;
  EXPECT_TRUE(has(findings[0].detail, "The search_path of role r0 and role s0 is t0 and public."))
      << findings[0].detail;
}

TEST(MF303, TenThousandTenantsThatAgree) {
  FactsBuilder built;
  tenants(built, 10000, 4, 2);
  const std::clock_t start = std::clock();  // of the processor: other work does not count
  const auto findings = judged(built);
  const double took = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  EXPECT_EQ(codes(findings), (Codes{"MF303"}));
  EXPECT_EQ(findings[0].severity, Severity::kNotice);
  EXPECT_EQ(findings[0].message, "4 tables and 2 enums stand in each of 10000 schemas");
  EXPECT_TRUE(has(findings[0].detail, "They are identical everywhere."));
  EXPECT_EQ(built.parts_read, 0);
  // 0.1 s without sanitizers; this bound, for a build with them, catches what is not near-linear.
  EXPECT_LT(took, 10);
}

TEST(MF303, NamesTheOddOnes) {
  FactsBuilder built;
  tenants(built, 100, 4, 1);
  auto &objects = built.facts.schema.objects;
  for (int i = 10; i < 17; ++i) {
    SchemaObject &odd = objects[static_cast<std::size_t>(i) * 5];
    odd = built.table("t" + std::to_string(i), "table0", {"id integer", "tag text"});
    objects.pop_back();
  }
  objects.erase(objects.begin() + 99 * 5 + 1);  // t99.table1
  const auto findings = judged(built);
  EXPECT_EQ(codes(findings), (Codes{"MF303"}));
  EXPECT_EQ(findings[0].severity, Severity::kWarning);
  EXPECT_EQ(findings[0].message, "4 tables and 1 enum stand in each of 100 schemas; 8 of the schemas differ");
  EXPECT_TRUE(has(findings[0].detail, "table t10.\"table0\" lacks \"n0\" and has \"tag text\"."))
      << findings[0].detail;
  EXPECT_TRUE(has(findings[0].detail, "table t14.")) << findings[0].detail;
  EXPECT_FALSE(has(findings[0].detail, "table t15.")) << findings[0].detail;
  EXPECT_TRUE(has(findings[0].detail, "3 more schemas differ too.")) << findings[0].detail;
  EXPECT_LE(built.parts_read, 10);
}

TEST(MF303, MissingObject) {
  FactsBuilder built;
  tenants(built, 5, 3, 0);
  built.facts.schema.objects.erase(built.facts.schema.objects.begin() + 4);  // t1.table1
  const auto findings = judged(built);
  EXPECT_EQ(codes(findings), (Codes{"MF303"}));
  EXPECT_EQ(findings[0].message, "3 tables stand in each of 5 schemas; 1 of the schemas differs");
  EXPECT_TRUE(has(findings[0].detail, "t1 has no table table1.")) << findings[0].detail;
}

TEST(MF303, PairThatDiffers) {
  FactsBuilder built;
  built.table("app", "users", {"id integer"});
  built.table("audit", "users", {"id bigint"});
  auto findings = judged(built);
  EXPECT_EQ(codes(findings), (Codes{"MF303"}));
  EXPECT_EQ(findings[0].severity, Severity::kNotice);
  EXPECT_TRUE(has(findings[0].detail,
                  "table audit.\"users\" lacks \"id integer\" and has \"id bigint\", against app.\"users\"."))
      << findings[0].detail;
  built.table("app", "groups", {"id integer"});
  built.table("audit", "groups", {"id integer"});
  findings = judged(built);
  EXPECT_EQ(codes(findings), (Codes{"MF303"}));
  EXPECT_EQ(findings[0].severity, Severity::kWarning);
  EXPECT_EQ(findings[0].message, "2 tables stand in both app and audit, and differ");
}

TEST(MF304, EqualLabelsUnderTwoNames) {
  FactsBuilder built;
  built.enumeration("public", "a_status", {"new", "done"});
  built.enumeration("public", "b_state", {"new", "done"});
  built.enumeration("public", "c_one", {"x"});
  built.enumeration("public", "d_one", {"x"});
  built.table("public", "t_one", {"id integer", "n text"});
  built.table("public", "t_two", {"id integer", "n text"});
  const auto findings = judged(built);
  EXPECT_EQ(codes(findings), (Codes{"MF304"}));
  EXPECT_EQ(findings[0].message, "enums public.a_status and public.b_state have the same labels");
}

TEST(MF304, FoldedOverTenants) {
  FactsBuilder built;
  for (int i = 0; i < 4; ++i) {
    built.table("t" + std::to_string(i), "old_users", {"a", "b", "c"});
    built.table("t" + std::to_string(i), "new_users", {"a", "b", "c"});
  }
  const auto findings = judged(built);
  EXPECT_EQ(codes(findings), (Codes{"MF303", "MF304"}));
  EXPECT_EQ(
      findings[1].message,
      "tables new_users and old_users in each of 4 schemas (t0, t1, t2 and 1 more) have the same columns");
}

TEST(MF305, CaseAndUnderscores) {
  FactsBuilder built;
  built.enumeration("public", "ProcessingStatus", {"a", "b"}, false);
  built.enumeration("public", "processing_status", {"a", "b"});
  auto findings = judged(built);
  EXPECT_EQ(codes(findings), (Codes{"MF305", "MF306"}));
  EXPECT_EQ(findings[0].message,
            "enums public.\"ProcessingStatus\" and public.processing_status differ in name only by case or "
            "underscores");
  EXPECT_TRUE(has(findings[0].detail, "They are identical otherwise."));
  EXPECT_EQ(findings[0].fix, "DROP TYPE IF EXISTS public.\"ProcessingStatus\";");
  built.enumeration("public", "processingstatus", {"a"});
  findings = judged(built);
  EXPECT_TRUE(has(findings[0].detail, "public.\"processingstatus\" lacks \"b\"")) << findings[0].detail;
}

TEST(MF305, FoldedOverTenants) {
  FactsBuilder built;
  for (int i = 0; i < 1000; ++i) {
    built.table("t" + std::to_string(i), "user_s", {"a"});
    built.table("t" + std::to_string(i), "users", {"b"});
  }
  const auto findings = judged(built);
  EXPECT_EQ(codes(findings), (Codes{"MF303", "MF305"}));
  EXPECT_TRUE(has(findings[1].message, "in each of 1000 schemas (t0, t1, t10 and 997 more)") ||
              has(findings[1].message, "in each of 1000 schemas (t0, t1, t2 and 997 more)"))
      << findings[1].message;
}

TEST(MF306, UnusedEnum) {
  FactsBuilder built;
  built.enumeration("public", "we\"ird\n%s", {"a"}, false);
  auto findings = judged(built);
  EXPECT_EQ(codes(findings), (Codes{"MF306"}));
  EXPECT_EQ(findings[0].fix, "DROP TYPE public.\"we\"\"ird\n%s\";");
  EXPECT_EQ(findings[0].object, "public.\"we\"\"ird\n%s\"");
}

TEST(MF306, ManyAreDroppedByOneBlock) {
  FactsBuilder built;
  for (int i = 0; i < 51; ++i) built.enumeration("t" + std::to_string(i), "it's", {"a", "b"}, false);
  const auto findings = judged(built);
  EXPECT_EQ(codes(findings), (Codes{"MF303", "MF306"}));
  EXPECT_TRUE(has(findings[1].fix, "typname = 'it''s' LOOP")) << findings[1].fix;
  EXPECT_TRUE(findings[1].fix.starts_with("DO $migfix$\n"));
}

}  // namespace
}  // namespace migfix::core
