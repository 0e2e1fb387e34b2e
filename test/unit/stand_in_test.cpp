#include "core/stand_in.hpp"

#include "unit/history_builder.hpp"

namespace migfix::core::test {
namespace {

/// A table a (id, n) whose primary key, unique constraint, check and index one revision makes.
History history_of_a() {
  History history({{"1"}});
  history.does("1", {sql("CREATE TABLE a", {create_table("a", {column("id"), column("n")},
                                                         {primary({"id"}, "a_pkey"), unique({"n"}, "a_n_key"),
                                                          check(expr("n > 0", {"n"}), "a_n_check")})}),
                     indexes("ix_a", "a", "n")});
  return history;
}

struct Found {
  std::string statements;  // "safe: ...", "person: ...", one a line
  StandIn what;
};

Found found(History &history, const SchemaModel &real, const ObjectId &id) {
  const SchemaModel expected = history.at("1");
  StandIn what = stand_in_for(id, *expected.find(id), real, history.histories().all(), "public");
  std::string statements;
  for (const Mend &mend : what.mends) {
    EXPECT_FALSE(mend.reason.empty());
    statements += (statements.empty() ? "" : "\n") +
                  std::string(mend.person ? "person: "
                              : mend.safe ? "safe: "
                                          : "UNSAFE: ") +
                  mend.statement;
  }
  return {statements, std::move(what)};
}

TEST(StandIn, NothingForWhatIsMissingAltogether) {
  History history = history_of_a();
  SchemaModel real = history.at("1");
  real.erase(idx("ix_a"));
  const Found nothing = found(history, real, idx("ix_a"));
  EXPECT_TRUE(nothing.what.mends.empty());
  EXPECT_FALSE(nothing.what.settles);
}

TEST(StandIn, WhatWasRenamedByHandIsRenamedBack) {
  History history = history_of_a();
  SchemaModel real = history.at("1");
  run(real, {rename(con("a", "a_pkey"), "x"), rename(con("a", "a_n_key"), "Y y"),
             rename(con("a", "a_n_check"), "z"), rename(idx("ix_a"), "other")});
  const Found key = found(history, real, con("a", "a_pkey"));
  EXPECT_EQ(key.statements, "safe: ALTER TABLE \"public\".\"a\" RENAME CONSTRAINT \"x\" TO a_pkey");
  EXPECT_TRUE(key.what.settles);
  EXPECT_EQ(key.what.replaced, con("a", "x"));
  EXPECT_EQ(found(history, real, con("a", "a_n_key")).statements,
            "safe: ALTER TABLE \"public\".\"a\" RENAME CONSTRAINT \"Y y\" TO a_n_key");
  EXPECT_EQ(found(history, real, con("a", "a_n_check")).statements,
            "safe: ALTER TABLE \"public\".\"a\" RENAME CONSTRAINT \"z\" TO a_n_check");
  EXPECT_EQ(found(history, real, idx("ix_a")).statements,
            "safe: ALTER INDEX \"public\".\"other\" RENAME TO ix_a");
}

TEST(StandIn, WhatARevisionMadeIsNotTaken) {
  History history({{"1"}});
  history.does("1", {makes("a"), indexes("ix", "a", "id"), indexes("same", "a", "id")});
  SchemaModel real = history.at("1");
  real.erase(idx("ix"));
  EXPECT_EQ(found(history, real, idx("ix")).statements, "");
}

TEST(StandIn, AnotherPrimaryKeyIsAPersonsMatter) {
  History history = history_of_a();
  SchemaModel real = history.at("1");
  real.erase(con("a", "a_pkey"));
  run(real, {add("a", primary({"n"}, "mine"))});
  const Found key = found(history, real, con("a", "a_pkey"));
  EXPECT_EQ(key.statements, "person: ALTER TABLE \"public\".\"a\" DROP CONSTRAINT \"mine\"");
  EXPECT_TRUE(key.what.settles);
}

TEST(StandIn, AUniqueIndexBecomesTheConstraint) {
  History history = history_of_a();
  SchemaModel real = history.at("1");
  real.erase(con("a", "a_n_key"));
  CreateIndex unique_index = create_index("a_n_key", "a", {"n"});
  unique_index.index.unique = true;
  run(real, {unique_index});
  const Found key = found(history, real, con("a", "a_n_key"));
  EXPECT_EQ(key.statements,
            "safe: ALTER TABLE \"public\".\"a\" ADD CONSTRAINT a_n_key UNIQUE USING INDEX a_n_key");
  EXPECT_EQ(key.what.replaced, idx("a_n_key"));
  // One of other columns does not.
  real.erase(idx("a_n_key"));
  unique_index.index.elements[0].column = "id";
  run(real, {unique_index});
  EXPECT_EQ(found(history, real, con("a", "a_n_key")).statements, "person: ");
}

TEST(StandIn, ANameThatIsTakenIsAPersonsMatter) {
  History history = history_of_a();
  SchemaModel real;
  run(real, {create_view("a", {})});
  const Found table = found(history, real, table_id("a"));
  EXPECT_EQ(table.statements, "person: ");
  EXPECT_NE(table.what.mends[0].reason.find("view a has its name"), std::string::npos);
  EXPECT_TRUE(table.what.settles);
}

TEST(StandIn, AnIdentityGivesWayToTheSequenceOfASerial) {
  History history({{"1"}});
  history.does("1", {sql("CREATE TABLE a", {create_table("a", {serial("id")})})});
  SchemaModel real;
  NewColumn identity = column("id");
  identity.column.identity = Identity::kByDefault;
  identity.column.not_null = true;
  run(real, {create_table("a", {identity})});
  const Found sequence = found(history, real, seq("a_id_seq"));
  EXPECT_EQ(sequence.statements, "safe: ALTER TABLE \"public\".\"a\" ALTER COLUMN \"id\" DROP IDENTITY");
  EXPECT_FALSE(sequence.what.settles);
  EXPECT_EQ(sequence.what.freed, col("a", "id"));
}

}  // namespace
}  // namespace migfix::core::test
