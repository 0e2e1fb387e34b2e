#include "core/visible.hpp"

#include <gtest/gtest.h>

using namespace migfix::core;

TEST(Visible, KeepsOrdinaryText) {
  EXPECT_EQ(visible("table app.\"Ünï\" 100%"), "table app.\"Ünï\" 100%");
  EXPECT_EQ(visible_sql("SELECT 'a', \"b\";\nSELECT 1; -- it's"), "SELECT 'a', \"b\";\nSELECT 1; -- it's");
}

TEST(Visible, EscapesWhatMovesTheCursor) {
  EXPECT_EQ(visible("a\nERROR\r\t\x1b[31m\x7f"), "a\\nERROR\\r\\t\\x1b[31m\\x7f");
  EXPECT_EQ(visible("a\xC2\x9B" "b\xE2\x80\xA8" "c\xE2\x80\xAE" "d\xE2\x81\xA6"), "a\\u009bb\\u2028c\\u202ed\\u2066");
  EXPECT_EQ(visible("\xE2\x80\x93 \xE2\x82\xAC \xC2"), "\xE2\x80\x93 \xE2\x82\xAC \xC2");
}

TEST(VisibleSql, WritesNamesInEscapes) {
  EXPECT_EQ(visible_sql("DROP TYPE app.\"a\n\\b\"\"c\";"), "DROP TYPE app.U&\"a\\000A\\\\b\"\"c\";");
  EXPECT_EQ(visible_sql("DROP TYPE \"a\\b\", \"c\x1b\";"), "DROP TYPE \"a\\b\", U&\"c\\001B\";");
  EXPECT_EQ(visible_sql("SELECT U&\"a\nb\""), "SELECT U&\"a\nb\"");
}

TEST(VisibleSql, WritesLiteralsInEscapes) {
  EXPECT_EQ(visible_sql("f('\"a\nb\".t''')"), "f(E'\"a\\nb\".t''')");
  EXPECT_EQ(visible_sql("f('a\\\nb')"), "f(E'a\\\\\\nb')");
  EXPECT_EQ(visible_sql("f(E'a\\'\x1b" "b')"), "f(E'a\\'\\x1bb')");
}

TEST(VisibleSql, LeavesTheRest) {
  EXPECT_EQ(visible_sql("DO $x$\n'a\n$x$;\n'b'"), "DO $x$\n'a\n$x$;\n'b'");
  EXPECT_EQ(visible_sql("-- it's \x1b\n\"a\""), "-- it's \\x1b\n\"a\"");
  EXPECT_EQ(visible_sql("a$1 '"), "a$1 '");
}
