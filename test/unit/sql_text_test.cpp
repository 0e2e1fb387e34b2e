#include "core/sql_text.hpp"

#include <gtest/gtest.h>

namespace migfix::core {
namespace {

TEST(QuoteLiteral, DoublesQuotes) {
  EXPECT_EQ(quote_literal(""), "''");
  EXPECT_EQ(quote_literal("001"), "'001'");
  EXPECT_EQ(quote_literal("it's"), "'it''s'");
  EXPECT_EQ(quote_literal("a\"b\nc%d"), "'a\"b\nc%d'");
}

TEST(QuoteLiteral, EscapesBackslashesAsTheServerDoes) {
  EXPECT_EQ(quote_literal("a\\b"), "E'a\\\\b'");
  EXPECT_EQ(quote_literal("\\'; DROP TABLE x; --"), "E'\\\\''; DROP TABLE x; --'");
}

TEST(InQuotes, LeavesInnerQuotes) {
  EXPECT_EQ(in_quotes("a\"b"), "\"a\"b\"");
}

TEST(ListOf, JoinsAndCounts) {
  EXPECT_EQ(list_of({}), "");
  EXPECT_EQ(list_of({"a"}), "a");
  EXPECT_EQ(list_of({"a", "b"}), "a and b");
  EXPECT_EQ(list_of({"a", "b", "c"}), "a, b and c");
  EXPECT_EQ(list_of({"a", "b", "c", "d", "e"}), "a, b, c, d and e");
  EXPECT_EQ(list_of({"a", "b", "c", "d", "e", "f"}), "a, b, c, d, e and 1 more");
  EXPECT_EQ(list_of(std::vector<std::string>(9, "x"), 2), "x, x and 7 more");
  EXPECT_EQ(list_of({"a", "b"}, 1), "a and 1 more");
}

TEST(CountOf, Pluralises) {
  EXPECT_EQ(count_of(0, "row"), "0 rows");
  EXPECT_EQ(count_of(1, "row"), "1 row");
  EXPECT_EQ(count_of(2, "row"), "2 rows");
  EXPECT_EQ(count_of(1, "index", "indexes"), "1 index");
  EXPECT_EQ(count_of(2, "index", "indexes"), "2 indexes");
}

}  // namespace
}  // namespace migfix::core
