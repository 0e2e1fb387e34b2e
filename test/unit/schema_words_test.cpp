#include "core/schema_words.hpp"

#include <gtest/gtest.h>

namespace migfix::core {
namespace {

TEST(ObjectCount, Text) {
  EXPECT_EQ((ObjectCount{1, 0}.text()), "1 table");
  EXPECT_EQ((ObjectCount{0, 2}.text()), "2 enums");
  EXPECT_EQ((ObjectCount{3, 1}.text()), "3 tables and 1 enum");
  EXPECT_STREQ((ObjectCount{1, 0}.stand()), "stands");
  EXPECT_STREQ((ObjectCount{1, 1}.stand()), "stand");
}

TEST(Difference, InWords) {
  EXPECT_EQ(difference(Parts{"a", "b"}, Parts{"a", "b"}), "");
  EXPECT_EQ(difference(Parts{"a", "b"}, Parts{"b", "a"}), "has the same in another order");
  EXPECT_EQ(difference(Parts{"a", "b"}, Parts{"a"}), "lacks \"b\"");
  EXPECT_EQ(difference(Parts{"a"}, Parts{"a", "b", "c"}), "has also \"b\" and \"c\"");
  EXPECT_EQ(difference(Parts{"tag text"}, Parts{"tag integer"}),
            "lacks \"tag text\" and has \"tag integer\"");
  EXPECT_EQ(difference(Parts{}, Parts{"a", "b", "c", "d", "e"}), "has also \"a\", \"b\", \"c\" and 2 more");
}

}  // namespace
}  // namespace migfix::core
