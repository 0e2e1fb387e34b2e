#include <gtest/gtest.h>

#include "core/duplicate_rules.hpp"

namespace migfix::core {
namespace {

TEST(DuplicateRules, PlainNames) {
  EXPECT_EQ(plain_name("Processing_Status"), "processingstatus");
  EXPECT_EQ(plain_name("_a__B_"), "ab");
  EXPECT_EQ(plain_name("__"), "__");
  EXPECT_NE(plain_name("__"), plain_name("_"));
}

TEST(DuplicateRules, PrintsAgreeWithPlainNames) {
  const char *names[] = {"Processing_Status",
                         "processingstatus",
                         "processing_status",
                         "PROCESSING_STATUS_",
                         "processingstatus2",
                         "__",
                         "_",
                         "",
                         "stra\xc3\x9f"
                         "e",
                         "Stra_\xc3\x9f"
                         "e",
                         "strasse"};
  for (const char *a : names) {
    for (const char *b : names) {
      EXPECT_EQ(plain_name_print(a) == plain_name_print(b), plain_name(a) == plain_name(b)) << a << " " << b;
    }
  }
}

TEST(DuplicateRules, TablesOfAlembic) {
  EXPECT_TRUE(is_table_of_alembic("alembic_version"));
  EXPECT_TRUE(is_table_of_alembic("alembic_version_shop"));
  EXPECT_TRUE(is_table_of_alembic("_alembic_tmp_users"));
  EXPECT_FALSE(is_table_of_alembic("users"));
  EXPECT_FALSE(is_table_of_alembic("alembic"));
}

}  // namespace
}  // namespace migfix::core
