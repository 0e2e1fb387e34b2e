#include "core/data_loss.hpp"

#include <gtest/gtest.h>

#include "unit/history_builder.hpp"

namespace migfix::core::test {
namespace {

SchemaModel before() {
  SchemaModel model;
  run(model, {CreateEnum{own("kind"), {"a"}},
              create_table("t", {column("id"),
                                 column("v", {{"pg_catalog", "varchar"}, "(32)", false, "character varying"}),
                                 column("k", {own("kind"), {}, false, {}})}),
              CreateSequence{own("s"), false, {}, {}, {}}});
  return model;
}

std::string loss(const Effect &effect) {
  return data_loss(sql("", {effect}), before());
}

Effect retype(const std::string &column, DataType type) {
  return AlterColumnType{{own("t")}, column, std::move(type), {}, {}};
}
DataType varchar(const std::string &modifiers) {
  return {{"pg_catalog", "varchar"}, modifiers, false, "character varying"};
}

TEST(DataLoss, WhatFalls) {
  EXPECT_EQ(loss(drop(table_id("t"))), "table t falls with its rows");
  EXPECT_EQ(loss(DropColumn{{own("t")}, "v"}), "column t.v falls with its values");
  EXPECT_EQ(loss(drop(seq("s"))), "sequence s falls with its place");
  EXPECT_EQ(loss(drop({ObjectKind::kSchema, {}, {}, "other"})), "schema other falls with what is in it");
  EXPECT_EQ(loss(drop({ObjectKind::kExtension, {}, {}, "citext"})),
            "extension citext falls with what is in it");
}

TEST(DataLoss, NothingFallsThatIsNotThere) {
  EXPECT_EQ(loss(drop(table_id("other"))), "");
  EXPECT_EQ(loss(drop(table_id("other"), false, true)), "");
  EXPECT_EQ(loss(DropColumn{{own("t")}, "other"}), "");
}

TEST(DataLoss, WhatHoldsNoRowsFallsWithoutLoss) {
  EXPECT_EQ(loss(drop(idx("ix"))), "");
  EXPECT_EQ(loss(drop(view_id("v"))), "");
  EXPECT_EQ(loss(drop(enum_id("kind"))), "");
}

TEST(DataLoss, CascadeTakesMore) {
  EXPECT_EQ(loss(drop(enum_id("kind"), true)), "what depends on enum kind falls with it");
  EXPECT_EQ(loss(drop(view_id("v"), true)), "what depends on view v falls with it");
}

TEST(DataLoss, TypesThatGetWiderLoseNothing) {
  EXPECT_EQ(loss(retype("v", varchar("(64)"))), "");
  EXPECT_EQ(loss(retype("v", builtin("text"))), "");
  EXPECT_EQ(loss(retype("k", builtin("text"))), "");
  EXPECT_EQ(loss(retype("other", varchar("(1)"))), "");  // it is not there
}

TEST(DataLoss, OthersSayWhatTheyRisk) {
  EXPECT_NE(loss(retype("v", varchar("(16)"))).find("column t.v: "), std::string::npos);
  EXPECT_NE(loss(retype("v", int4())).find("column t.v: "), std::string::npos);
  EXPECT_NE(loss(retype("k", int4())).find("column t.k: "), std::string::npos);
}

TEST(DataLoss, MakingLosesNothing) {
  EXPECT_EQ(
      data_loss(sql("", {create_table("n", {column("id")}), create_index("ix", "t", {"id"})}), before()), "");
  EXPECT_EQ(data_loss(sql("", {create_index("ix", "t", {"id"}), DropColumn{{own("t")}, "id"}}), before()),
            "column t.id falls with its values");
}

TEST(OnlyInserts, ByTheFirstWord) {
  for (const char *text :
       {"INSERT INTO t VALUES (1)", "insert into t select 1", "\n\t Insert INTO t DEFAULT VALUES"})
    EXPECT_TRUE(only_inserts(text)) << text;
  for (const char *text :
       {"", " ", "inser", "UPDATE t SET a = 1", "DELETE FROM t", "/* INSERT */ DELETE FROM t"})
    EXPECT_FALSE(only_inserts(text)) << text;
}

// The first word alone does not tell: what these take away, or do beside, is more than an INSERT's.
TEST(OnlyInserts, NotWhatOverwrites) {
  for (const char *text : {"INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 2", "INSERTED",
                           "WITH gone AS (DELETE FROM t RETURNING *) INSERT INTO u SELECT * FROM gone",
                           "INSERT INTO u WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone"})
    EXPECT_FALSE(only_inserts(text)) << text;
}

}  // namespace
}  // namespace migfix::core::test
