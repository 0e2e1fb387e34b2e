#include <gtest/gtest.h>

#include "core/diagnosis.hpp"
#include "unit/facts_builder.hpp"
#include "unit/graph_samples.hpp"

namespace migfix::core::test {
namespace {

std::vector<Finding> judge(std::initializer_list<Line> lines, const std::string &name = "default") {
  const auto environment =
      std::make_shared<const Environment>(name, revisions(lines), std::vector<RevisionOrigin>{});
  FactsBuilder built;
  for (const char *schema : {"t1", "t2"}) {
    built.facts.version_tables.push_back(version_table(schema, {}));
    built.facts.version_tables.back().environment = environment;
  }
  return judge_environments(built.facts);
}

Finding only(const std::vector<Finding> &findings) {
  EXPECT_EQ(findings.size(), 1U) << testing::PrintToString(codes(findings));
  return findings.empty() ? Finding{} : findings[0];
}

TEST(MF113, TheMergeThatIsMissing) {
  const Finding finding = only(judge({{"1"}, {"x", "1"}, {"y", "1"}}));
  EXPECT_EQ(finding.code, "MF113");
  EXPECT_EQ(finding.severity, Severity::kWarning);
  EXPECT_EQ(finding.version_table, "");
  EXPECT_EQ(finding.object, "default");
  EXPECT_EQ(finding.message, "environment default has 2 heads: \"x\" and \"y\"");
  EXPECT_EQ(finding.fix,
            "-- in the project, then load its revision files again:\n"
            "-- alembic merge -m \"merge heads\" x y");
  EXPECT_TRUE(judge({{"1"}, {"x", "1"}, {"y", "1"}, {"m", "x y"}}).empty());
}

TEST(MF113, LabelledBranchesAreMeant) {
  EXPECT_TRUE(judge({{"1"}, {"x", "1", "", "left"}, {"y", "1", "", "right"}}).empty());
  EXPECT_TRUE(judge({{"x", "", "", "app"}, {"y", "", "", "lib"}}).empty());
  // but not two heads on one of them
  const Finding finding =
      only(judge({{"1"}, {"x", "1", "", "left"}, {"y", "1", "", "right"}, {"y1", "y"}, {"y2", "y"}}));
  EXPECT_EQ(finding.message, "environment default has 3 heads: \"x\", \"y1\" and \"y2\"");
  EXPECT_EQ(finding.fix,
            "-- in the project, then load its revision files again:\n"
            "-- alembic merge -m \"merge heads\" y1 y2");
}

TEST(MF113, LineagesThatNeverMetAreANotice) {
  const Finding finding = only(judge({{"1"}, {"x", "1"}, {"lost"}}, "billing"));
  EXPECT_EQ(finding.severity, Severity::kNotice);
  EXPECT_EQ(finding.message, "environment billing has 2 heads: \"x\" and \"lost\"");
  EXPECT_EQ(finding.fix, "-- none needed if it is meant: run alembic upgrade heads");
  // What another depends on is no head of its own.
  EXPECT_TRUE(judge({{"lib"}, {"x", "", "lib"}}).empty());
}

TEST(MF117, WhatAlembicWouldRefuse) {
  const Finding finding = only(judge({{"1"}, {"2", "gone"}, {"it's", "1"}, {"m", "2 it's"}}));
  EXPECT_EQ(finding.code, "MF117");
  EXPECT_EQ(finding.severity, Severity::kError);
  EXPECT_EQ(finding.object, "default");
  EXPECT_EQ(
      finding.message,
      "the revisions of environment default have 2 problems: Revision gone referenced from 2 is not present");
  EXPECT_TRUE(
      finding.detail.starts_with("Alembic refuses to load the scripts. revision identifier \"it's\" "
                                 "contains a quote: "))
      << finding.detail;
  EXPECT_EQ(finding.fix,
            "-- mend the files in the project, then load them again:\n"
            "-- \\set scripts `cat alembic/versions/*.py`\n"
            "-- SELECT * FROM migfix_load_scripts(:'scripts');");
}

TEST(MF117, WhatItOnlyWarnsOf) {
  EXPECT_EQ(only(judge({{"1"}, {"1"}})).severity, Severity::kWarning);
  // Whether an id is too long depends on the table.
  EXPECT_TRUE(judge({{"a234567890123456789012345678901234567890"}}).empty());
}

TEST(MF117, ManyProblemsAreCounted) {
  std::vector<Revision> all;
  for (int i = 0; i < 20000; ++i) all.push_back({"r" + std::to_string(i), {"gone"}, {}, {}, ""});
  FactsBuilder built;
  built.facts.version_tables.push_back(version_table("t", {}));
  built.facts.version_tables.back().environment =
      std::make_shared<const Environment>("default", std::move(all), std::vector<RevisionOrigin>{});
  const auto findings = judge_environments(built.facts);
  ASSERT_EQ(codes(findings), (Codes{"MF113", "MF117"}));
  EXPECT_EQ(
      findings[1].message,
      "the revisions of environment default have 20000 problems: Revision gone referenced from r0 is not "
      "present");
  EXPECT_TRUE(findings[1].detail.ends_with(" And 19995 more.")) << findings[1].detail;
  EXPECT_LT(findings[0].message.size(), 200U);
}

TEST(JudgeEnvironments, NothingWithoutOne) {
  FactsBuilder built;
  built.facts.version_tables.push_back(version_table("t", {"a"}));
  EXPECT_TRUE(judge_environments(built.facts).empty());
}

}  // namespace
}  // namespace migfix::core::test
