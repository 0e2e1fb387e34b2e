#include <gtest/gtest.h>

#include "core/duplicate_notice.hpp"

namespace migfix::core {
namespace {

Doubling enumeration(std::vector<DoubledObject> twins) {
  return {ObjectType::kEnum, "app.status", "status", true, {"new", "done"}, std::move(twins), false};
}

Doubling table(std::vector<DoubledObject> twins, bool more = false) {
  return {ObjectType::kTable, "app.users", "users", true, {"id integer", "name text", "mail text"},
          std::move(twins),   more};
}

TEST(DuplicateNotice, HidesAnIdenticalEnum) {
  const Notice notice =
      duplicate_notice({enumeration({{TwinKind::kHides, "public.status", {"new", "done"}}})}, "");
  EXPECT_EQ(notice.message, "enum app.status hides public.status on this session's search_path");
  EXPECT_EQ(notice.detail,
            "The two are identical. A migration that says status without a schema means app.status.");
  EXPECT_TRUE(notice.hint.ends_with(":\nDROP TYPE app.status;")) << notice.hint;
}

TEST(DuplicateNotice, HiddenByADifferentTable) {
  const Notice notice = duplicate_notice(
      {table({{TwinKind::kHiddenBy, "first.users", {"id integer", "name text", "tag text"}}})}, "tools.");
  EXPECT_EQ(notice.message, "table app.users is hidden by first.users on this session's search_path");
  EXPECT_EQ(notice.detail,
            "They differ: first.users lacks \"mail text\" and has \"tag text\". A migration that says users "
            "without a schema means first.users.");
  EXPECT_TRUE(notice.hint.ends_with(":\nSELECT * FROM tools.migfix_duplicates();")) << notice.hint;
}

TEST(DuplicateNotice, SimilarNames) {
  const Notice same =
      duplicate_notice({enumeration({{TwinKind::kSimilarName, "app.\"Status\"", {"new", "done"}}})}, "");
  EXPECT_EQ(same.message, "enum app.status differs in name from app.\"Status\" only by case or underscores");
  EXPECT_TRUE(same.detail.starts_with("They are identical otherwise. A name without quotes")) << same.detail;
  const Notice other =
      duplicate_notice({enumeration({{TwinKind::kSimilarName, "app.\"Status\"", {"done", "new"}}})}, "");
  EXPECT_TRUE(other.detail.starts_with(
      "They differ otherwise too: app.\"Status\" has the same in another order. A name"))
      << other.detail;
}

TEST(DuplicateNotice, SamePartsAndHowManyMore) {
  const Notice one = duplicate_notice({enumeration({{TwinKind::kSameParts, "app.state", {}}})}, "");
  EXPECT_EQ(one.message, "enum app.status has the same labels as app.state");
  EXPECT_TRUE(one.detail.starts_with("They are identical but for their names. They may be")) << one.detail;
  const Notice many = duplicate_notice(
      {table({{TwinKind::kSameParts, "app.a", {}}, {TwinKind::kSameParts, "app.b", {}}}, true)}, "");
  EXPECT_EQ(many.message, "table app.users has the same columns as app.a, app.b and others");
}

TEST(DuplicateNotice, SeveralTwinsAreToldApart) {
  const Notice notice = duplicate_notice({table({{TwinKind::kHides, "b.users", {"id integer"}},
                                                 {TwinKind::kHides, "c.users", table({}).parts},
                                                 {TwinKind::kSameParts, "app.people", {}}})},
                                         "");
  EXPECT_EQ(notice.message,
            "table app.users hides b.users and c.users on this session's search_path, and has the same "
            "columns as app.people");
  EXPECT_TRUE(notice.detail.starts_with(
      "It is identical with c.users and app.people, but for the name where that differs. The rest differ: "
      "b.users lacks \"name text\" and \"mail text\". A migration"))
      << notice.detail;
  const Notice none = duplicate_notice({enumeration({{TwinKind::kHides, "b.status", {"new"}},
                                                     {TwinKind::kHides, "c.status", {"done", "new"}}})},
                                       "");
  EXPECT_TRUE(none.detail.starts_with(
      "They differ: b.status lacks \"done\"; c.status has the same in another order. A migration"))
      << none.detail;
}

TEST(DuplicateNotice, ARenamedEnumIsNotOfferedToBeDropped) {
  Doubling renamed = enumeration({{TwinKind::kHides, "public.status", {"new", "done"}}});
  renamed.is_new = false;
  const Notice notice = duplicate_notice({renamed}, "");
  EXPECT_EQ(notice.hint.find("DROP"), std::string::npos);
  EXPECT_TRUE(notice.hint.ends_with(":\nSELECT * FROM migfix_duplicates();"));
}

TEST(DuplicateNotice, OneForAllOfACommand) {
  std::vector<Doubling> doublings(7, table({{TwinKind::kHides, "b.users", {"id integer"}}}));
  const Notice notice = duplicate_notice(doublings, "");
  EXPECT_EQ(notice.message, "7 tables of this command double others");
  EXPECT_TRUE(
      notice.detail.starts_with("Table app.users hides b.users on this session's search_path. They "
                                "differ: b.users lacks \"name text\" and \"mail text\".\nTable"))
      << notice.detail;
  EXPECT_TRUE(notice.detail.ends_with("\nSo do 2 more."));
}

}  // namespace
}  // namespace migfix::core
