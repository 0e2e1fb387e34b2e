#include "core/version_id.hpp"

#include <gtest/gtest.h>

namespace migfix::core {
namespace {

TEST(WhyNeverARevision, AcceptsWhatAlembicAccepts) {
  for (const char *version : {"001", "pg_merge_all_heads", "1a2b3c4d5e6f", "HEAD", "Base", "header", "a b",
                              "a-b", "a+b", "it's", "\xc3\xa9t\xc3\xa9", "a\\b", "a%b"}) {
    EXPECT_FALSE(why_never_a_revision(version)) << version;
    EXPECT_EQ(what_alembic_does_with(version), "") << version;
  }
}

TEST(WhyNeverARevision, SaysWhy) {
  EXPECT_EQ(why_never_a_revision(""), "the empty string is not a revision");
  EXPECT_EQ(why_never_a_revision("head"), "\"head\" is a word of Alembic's command line, not a revision");
  EXPECT_EQ(why_never_a_revision("heads"), "\"heads\" is a word of Alembic's command line, not a revision");
  EXPECT_EQ(why_never_a_revision("base"), "\"base\" is a word of Alembic's command line, not a revision");
  EXPECT_EQ(why_never_a_revision("-1"), "\"-1\" is a step of Alembic's command line, not a revision");
  EXPECT_EQ(why_never_a_revision("+1"), "\"+1\" is a step of Alembic's command line, not a revision");
  EXPECT_EQ(why_never_a_revision("lab@head"),
            "\"lab@head\" names a branch and a target on it, not a revision");
  EXPECT_EQ(why_never_a_revision("a:b"), "\"a:b\" is a range of Alembic's command line, not a revision");
  for (const char *version : {" a", "a ", "\ta", "a\n", " ", "a\r", "head "}) {
    EXPECT_EQ(why_never_a_revision(version),
              "\"" + std::string(version) + "\" has blanks round it, which no revision has");
  }
}

TEST(WhatAlembicDoes, EachKind) {
  EXPECT_NE(what_alembic_does_with("head").find("no migration is ever run"), std::string::npos);
  EXPECT_NE(what_alembic_does_with("lab@head").find("no migration is ever run"), std::string::npos);
  EXPECT_NE(what_alembic_does_with("base").find("overlaps with other requested"), std::string::npos);
  EXPECT_NE(what_alembic_does_with("-1").find("overlaps with other requested"), std::string::npos);
  EXPECT_NE(what_alembic_does_with("").find("AssertionError"), std::string::npos);
  EXPECT_NE(what_alembic_does_with(" a").find("Can't locate revision identified by ' a'"), std::string::npos);
}

}  // namespace
}  // namespace migfix::core
