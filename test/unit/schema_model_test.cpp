#include "core/schema_model.hpp"

#include "unit/schema_builder.hpp"

namespace migfix::core::test {

namespace {

using Names = std::vector<std::string>;

TEST(SchemaModel, FindsRelationsAndTypesByName) {
  SchemaModel model;
  Key key;
  key.columns = {"a"};
  model.put(table_id("t"), {Table{}, {}});
  model.put(con("t", "t_a_key"), {Constraint{key}, {}});
  model.put(con("t", "t_check"), {Constraint{Check{}}, {}});
  model.put(enum_id("mood"), {Enum{}, {}});
  EXPECT_EQ(model.relation(own("t_a_key")), con("t", "t_a_key"));
  EXPECT_FALSE(model.relation(own("t_check")));
  EXPECT_FALSE(model.relation(own("mood")));
  EXPECT_EQ(model.type(own("mood")), enum_id("mood"));
  EXPECT_EQ(model.type(own("t")), table_id("t"));
  EXPECT_TRUE(model.has_constraint_named(own("t_check")));
  EXPECT_TRUE(model.erase(con("t", "t_check")));
  EXPECT_FALSE(model.has_constraint_named(own("t_check")));
  EXPECT_FALSE(model.erase(con("t", "t_check")));
}

TEST(SchemaModel, FollowsNamesThatAreChangedInPlace) {
  SchemaModel model;
  Column column;
  column.type.name = own("mood");
  model.put(col("t", "a"), {column, {}});
  Object *object = model.change(col("t", "a"));
  EXPECT_EQ(names(model.users_of(own("mood"))), Names{"a"});  // a look-up before the change is made
  std::get<Column>(object->definition).type.name = own("temper");
  EXPECT_TRUE(model.users_of(own("mood")).empty());
  EXPECT_EQ(names(model.users_of(own("temper"))), Names{"a"});
  EXPECT_EQ(model.change(col("t", "b")), nullptr);
}

TEST(SchemaModel, KeepsColumnsInTheirOrder) {
  SchemaModel model;
  Column column;
  column.position = 2;
  model.put(col("t", "a"), {column, {}});
  column.position = 1;
  model.put(col("t", "z"), {column, {}});
  model.put(col("tt", "other"), {column, {}});
  EXPECT_EQ(names(model.columns_of(own("t"))), (Names{"z", "a"}));
}

TEST(SchemaModel, GivesEachChangeOnce) {
  SchemaModel model;
  model.put(table_id("b"), {Table{}, {}});
  model.put(table_id("a"), {Table{}, {}});
  model.change(table_id("b"));
  EXPECT_EQ(names(model.take_changes()), (Names{"a", "b"}));
  EXPECT_TRUE(model.take_changes().empty());
}

TEST(SchemaModel, TakesEverythingBack) {
  SchemaModel model;
  model.put(table_id("a"), {Table{}, "first"});
  model.take_changes();
  model.start();
  model.change(table_id("a"))->comment = "second";
  model.put(table_id("b"), {Table{}, {}});
  model.erase(table_id("a"));
  model.undo();
  EXPECT_EQ(model.find(table_id("a"))->comment, "first");
  EXPECT_EQ(model.find(table_id("b")), nullptr);
  EXPECT_FALSE(model.relation(own("b")));
  EXPECT_EQ(model.relation(own("a")), table_id("a"));
  EXPECT_TRUE(model.take_changes().empty());
}

}  // namespace

}  // namespace migfix::core::test
