#include "core/finding.hpp"

#include <gtest/gtest.h>

#include "unit/facts_builder.hpp"

namespace migfix::core {
namespace {

TEST(Severity, RoundTrip) {
  EXPECT_EQ(severity_named("error"), Severity::kError);
  EXPECT_EQ(severity_named("warning"), Severity::kWarning);
  EXPECT_EQ(severity_named("notice"), Severity::kNotice);
  EXPECT_STREQ(severity_name(Severity::kWarning), "warning");
  EXPECT_FALSE(severity_named("Error"));
  EXPECT_FALSE(severity_named("fatal"));
}

TEST(NoFix, IsACommentOnEveryLine) {
  EXPECT_EQ(no_fix("wait"), "-- wait");
  EXPECT_EQ(no_fix("a\nDROP TABLE x;\rDROP TABLE y;"), "-- a\n-- DROP TABLE x;\r-- DROP TABLE y;");
}

TEST(SortFindings, WorstFirstThenCodeTableObject) {
  std::vector<Finding> findings{{"MF901", Severity::kNotice, "", "", "1", "", ""},
                                {"MF104", Severity::kError, "b.v", "", "2", "", ""},
                                {"MF104", Severity::kError, "a.v", "y", "3", "", ""},
                                {"MF104", Severity::kError, "a.v", "x", "4", "", ""},
                                {"MF101", Severity::kWarning, "", "", "5", "", ""},
                                {"MF102", Severity::kError, "z.v", "", "6", "", ""}};
  sort_findings(findings);
  std::string order;
  for (const Finding &finding : findings) order += finding.message;
  EXPECT_EQ(order, "643251");
}

}  // namespace
}  // namespace migfix::core
