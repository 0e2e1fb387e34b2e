#include "core/stale_source.hpp"

#include <gtest/gtest.h>

#include "unit/history_builder.hpp"

namespace migfix::core::test {
namespace {

const std::string kView = "CREATE VIEW v AS SELECT x FROM a WHERE kind = 'on'";

/// The view, made after table a, and what came then.
bool stale(const std::string &source, std::vector<Effect> after, std::vector<Effect> before = {}) {
  History history({{"1"}, {"2", "1"}, {"3", "2"}});
  std::vector<RevisionStatement> first{makes("a")};
  if (!before.empty()) first.push_back(sql("before", std::move(before)));
  history.does("1", std::move(first)).does("2", {sql(source, {create_view("v", {"a"})})});
  if (!after.empty()) history.does("3", {sql("after", std::move(after))});
  return is_stale(source, history.graph, history.statements, history.set("3"));
}

TEST(IsStale, NotWhereNothingCame) {
  EXPECT_FALSE(stale(kView, {}));
  EXPECT_FALSE(stale(kView, {add_column("a", column("more"))}));
}

TEST(IsStale, WhereItNamesWhatWasRenamedOrMoved) {
  EXPECT_TRUE(stale(kView, {rename(table_id("a"), "b")}));
  EXPECT_TRUE(stale(kView, {rename(col("a", "x"), "y")}));
  EXPECT_TRUE(stale(kView, {rename(view_id("v"), "w")}));
  EXPECT_TRUE(stale(kView, {RenameEnumValue{own("e"), "on", "off"}}));
  EXPECT_TRUE(stale(kView, {SetSchema{table_id("a"), "other"}}));
}

TEST(IsStale, NotForOtherNames) {
  EXPECT_FALSE(stale(kView, {rename(table_id("b"), "a2")}));
  EXPECT_FALSE(stale(kView, {rename(col("a", "y"), "z")}));
  EXPECT_FALSE(stale(kView, {rename(col("b", "x"), "z")}));
  EXPECT_FALSE(stale(kView, {RenameEnumValue{own("e"), "x", "y"}}));
}

TEST(IsStale, NotForWhatWasRenamedBefore) {
  EXPECT_FALSE(stale(kView, {}, {rename(col("a", "x"), "y")}));
}

TEST(IsStale, AStarTakesTheColumnsOfItsTime) {
  const std::string star = "CREATE VIEW v AS SELECT * FROM a";
  EXPECT_FALSE(stale(star, {}));
  EXPECT_TRUE(stale(star, {add_column("a", column("more"))}));
  EXPECT_TRUE(stale(star, {DropColumn{{own("a")}, "x"}}));
  EXPECT_TRUE(stale(star, {rename(col("a", "any"), "other")}));
  EXPECT_FALSE(stale(star, {add_column("b", column("more"))}));
  EXPECT_TRUE(stale("CREATE VIEW v AS SELECT x, a.* FROM a", {add_column("a", column("more"))}));
}

TEST(IsStale, NotEveryStarDoes) {
  EXPECT_FALSE(stale("CREATE VIEW v AS SELECT count(*), x * 2 FROM a", {add_column("a", column("more"))}));
}

TEST(IsStale, AFunctionsBodyIsNotRead) {
  EXPECT_FALSE(stale("CREATE FUNCTION f() RETURNS void AS $$ SELECT 1 FROM a $$ LANGUAGE plpgsql",
                     {rename(table_id("a"), "b")}));
}

TEST(IsStale, ATextThatNoRevisionHas) {
  History history({{"1"}});
  history.does("1", {makes("a")});
  EXPECT_TRUE(is_stale(kView, history.graph, history.statements, history.set("1")));
}

}  // namespace
}  // namespace migfix::core::test
