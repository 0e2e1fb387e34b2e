#include "core/likeness.hpp"

#include "unit/schema_builder.hpp"

namespace migfix::core::test {
namespace {

std::vector<ObjectId> ids_of(const SchemaModel &model) {
  std::vector<ObjectId> ids;
  for (const auto &[id, object] : model.objects()) ids.push_back(id);
  return ids;
}

void put_column(SchemaModel &model, const std::string &name, std::uint32_t position, DataType type = int4()) {
  Column column;
  column.type = std::move(type);
  column.position = position;
  model.put(col("t", name), {column, {}});
}

SchemaModel table() {
  SchemaModel model;
  model.put(table_id("t"), {Table{}, {}});
  put_column(model, "a", 1);
  put_column(model, "b", 2);
  return model;
}

Likeness like(const SchemaModel &expected, const SchemaModel &real) {
  return likeness_of(expected, ids_of(expected), real, table_id("t"));
}

std::vector<std::string> differences(const SchemaModel &real) {
  return like(table(), real).differences;
}

using Said = std::vector<std::string>;

TEST(LikenessOf, ATableAndItself) {
  EXPECT_TRUE(like(table(), table()).identical());
}

TEST(LikenessOf, NumbersOfColumnsDoNotCountButTheirOrderDoes) {
  SchemaModel real = table();
  put_column(real, "b", 7);
  EXPECT_EQ(differences(real), Said{});
  put_column(real, "a", 9);
  EXPECT_EQ(differences(real), Said{"columns in the order a and b expected, b and a found"});
}

TEST(LikenessOf, SurplusColumnsAndConstraintsOfATableAreDifferences) {
  SchemaModel real = table();
  put_column(real, "c", 3);
  Key key;
  key.columns = {"a"};
  real.put(con("t", "k"), {Constraint{key}, {}});
  EXPECT_EQ(differences(real),
            (Said{"column t.c is one too many (integer)", "constraint t.k is one too many (UNIQUE (a))"}));
}

TEST(LikenessOf, IndexesStandBeside) {
  SchemaModel real = table();
  Index index;
  index.table = own("t");
  IndexElement element;
  element.column = "a";
  index.elements = {element};
  real.put(idx("i"), {index, {}});
  const Likeness likeness = like(table(), real);
  EXPECT_TRUE(likeness.identical());
  EXPECT_EQ(likeness.besides, Said{"index i"});
}

TEST(LikenessOf, WhatIsMissingAndWhatIsOtherwise) {
  SchemaModel real = table();
  real.erase(col("t", "b"));
  EXPECT_EQ(differences(real), Said{"column t.b is missing (integer)"});
  put_column(real, "b", 2, builtin("text"));
  EXPECT_EQ(differences(real), Said{"column t.b: integer expected, text found"});
}

TEST(LikenessOf, CommentsAreLeftToOtherStatements) {
  SchemaModel real = table();
  real.change(table_id("t"))->comment = "x";
  EXPECT_TRUE(like(table(), real).identical());
}

TEST(LikenessOf, AnExpressionThatTheServerDoesNotKnowIsADoubt) {
  SchemaModel expected = table();
  std::get<Column>(expected.change(col("t", "a"))->definition).default_value.text = "soon()";
  SchemaModel real = table();
  std::get<Column>(real.change(col("t", "a"))->definition).default_value.normal = "now()";
  const Likeness likeness = like(expected, real);
  EXPECT_TRUE(likeness.differences.empty());
  EXPECT_EQ(likeness.doubts,
            Said{"column t.a: DEFAULT soon() expected, DEFAULT now() found, which cannot be compared"});
}

TEST(LikenessOf, ACollationOfTheSameNameInAnotherSchema) {
  SchemaModel expected = table();
  std::get<Column>(expected.change(col("t", "a"))->definition).collation = {"one", "c"};
  SchemaModel real = table();
  std::get<Column>(real.change(col("t", "a"))->definition).collation = {"two", "c"};
  EXPECT_EQ(like(expected, real).differences,
            Said{"column t.a: a collation or operator class of another schema found"});
  std::get<Column>(real.change(col("t", "a"))->definition).collation = {"one", "c"};
  EXPECT_TRUE(like(expected, real).identical());
}

TEST(LikenessOf, AnOperatorClassOfAnotherSchemaThatHasTheNameOfADefaultOne) {
  const auto with = [](QualifiedName operator_class) {
    Index index;
    index.table = own("t");
    IndexElement element;
    element.column = "a";
    element.operator_class = std::move(operator_class);
    index.elements = {element};
    SchemaModel model;
    model.put(idx("i"), {index, {}});
    return model;
  };
  const auto identical = [](const SchemaModel &expected, const SchemaModel &real) {
    return likeness_of(expected, {idx("i")}, real, idx("i")).identical();
  };
  EXPECT_TRUE(identical(with({"pg_catalog", "int4_ops"}), with({})));
  EXPECT_FALSE(identical(with({"mine", "int4_ops"}), with({})));
  EXPECT_FALSE(identical(with({"mine", "text_pattern_ops"}), with({"pg_catalog", "text_pattern_ops"})));
}

TEST(LikenessOf, ADifferenceIsSaidInOneLine) {
  View view;
  view.query.normal = view.query.text = "SELECT 1\n   FROM a";
  SchemaModel expected;
  expected.put(view_id("t"), {view, {}});
  view.query.normal = view.query.text = "SELECT 2";
  SchemaModel real;
  real.put(view_id("t"), {view, {}});
  EXPECT_EQ(likeness_of(expected, {view_id("t")}, real, view_id("t")).differences,
            Said{"AS SELECT 1 FROM a expected, AS SELECT 2 found"});
}

TEST(LikenessOf, AViewThatCannotBeReadIsADoubt) {
  View view;
  view.query.normal = view.query.text = "SELECT 1";
  SchemaModel expected;
  expected.put(view_id("t"), {view, {}});
  SchemaModel real = expected;
  EXPECT_TRUE(likeness_of(expected, {view_id("t")}, real, view_id("t")).identical());
  std::get<View>(real.change(view_id("t"))->definition).certain = false;
  EXPECT_FALSE(likeness_of(expected, {view_id("t")}, real, view_id("t")).identical());
}

}  // namespace
}  // namespace migfix::core::test
