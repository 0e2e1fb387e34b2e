#include "core/normalizing.hpp"

#include <gtest/gtest.h>

#include <map>

#include "unit/definition_samples.hpp"
#include "unit/history_builder.hpp"

namespace migfix::core::test {
namespace {

/// Notes what is asked of it.
class Asked : public BareForms {
 public:
  std::optional<std::string> expression(const std::string &text, const Columns &columns, Purpose purpose,
                                        const DataType &target) override {
    std::string line = text + " " +
                       (purpose == Purpose::kValue       ? "value"
                        : purpose == Purpose::kCondition ? "condition"
                                                         : "indexed");
    if (!target.name.empty()) line += " " + target.name.name;
    for (const auto &[name, type] : columns)
      line += " " + name + ":" + type.name.schema + "." + type.name.name;
    asked.push_back(line);
    return BareForms::expression(text, columns, purpose, target);
  }
  std::vector<std::string> asked;
};

Expression written(const std::string &text) {
  Expression expression;
  expression.text = text;
  return expression;
}

std::vector<ObjectId> all_of(const SchemaModel &model) {
  std::vector<ObjectId> ids;
  for (const auto &[id, object] : model.objects()) ids.push_back(id);
  return ids;
}

TEST(Normalize, TypesThatNoRevisionMakesAreResolved) {
  SchemaModel model;
  run(model,
      {CreateEnum{own("kind"), {"a"}}, create_table("t", {column("k", {own("kind"), {}, false, {}}),
                                                          column("c", {own("citext"), {}, false, {}})})});
  BareForms forms;
  normalize(model, all_of(model), forms);
  EXPECT_EQ(model.find_as<Column>(col("t", "k"))->type.name, own("kind"));
  EXPECT_EQ(model.find_as<Column>(col("t", "c"))->type.name, (QualifiedName{"pg_catalog", "citext"}));
}

TEST(Normalize, ExpressionsAreAskedForWithTheColumnsOfTheirTable) {
  samples::Model made;
  Column with_default = samples::column(samples::built_in("int4"));
  with_default.default_value = written("1 + 1");
  made.put(ObjectKind::kTable, "t", Table{})
      .column("t", "a", with_default)
      .column("t", "b", samples::column(samples::own_type("citext")))
      .constraint("t", "c", samples::check(written("a > 0")));
  Index index = samples::index("t", {samples::element("a"), samples::element(written("lower(b)"))});
  index.predicate = written("a IS NOT NULL");
  made.put(ObjectKind::kIndex, "ix", index);
  Asked forms;
  normalize(made.model, all_of(made.model), forms);
  // Its type was resolved first: columns come before constraints and indexes.
  EXPECT_EQ(forms.asked, (std::vector<std::string>{
                             "1 + 1 value int4", "a > 0 condition a:pg_catalog.int4 b:pg_catalog.citext",
                             "lower(b) indexed a:pg_catalog.int4 b:pg_catalog.citext",
                             "a IS NOT NULL condition a:pg_catalog.int4 b:pg_catalog.citext"}));
  EXPECT_EQ(made.model.find_as<Index>(idx("ix"))->predicate.normal, "a IS NOT NULL");
  EXPECT_EQ(made.model.find_as<Index>(idx("ix"))->elements[1].expression.normal, "lower(b)");
}

TEST(Normalize, WhatHasAFormIsNotAskedForAgain) {
  SchemaModel model;
  run(model, {create_table("t", {column("a")}, {check(expr("a > 0"), "c")})});
  Asked forms;
  normalize(model, all_of(model), forms);
  EXPECT_TRUE(forms.asked.empty());
  EXPECT_EQ(std::get<Check>(model.find_as<Constraint>(con("t", "c"))->what).expression.normal, "(a > 0)");
}

TEST(Normalize, WhatTheServerMakesNoSenseOfStaysWithout) {
  SchemaModel model;
  run(model, {create_table("t", {column("a")}, {check(written("no_such(a)"), "c")})});
  BareForms forms;
  normalize(model, all_of(model), forms);
  const Expression &expression = std::get<Check>(model.find_as<Constraint>(con("t", "c"))->what).expression;
  EXPECT_EQ(expression.text, "no_such(a)");
  EXPECT_EQ(expression.normal, "");
}

TEST(Normalize, OnlyWhatIsNamed) {
  SchemaModel model;
  run(model,
      {create_table("t", {column("a")}, {check(written("a > 0"), "c"), check(written("a > 1"), "d")})});
  model.take_changes();
  Asked forms;
  normalize(model, {con("t", "d"), con("t", "gone")}, forms);
  EXPECT_EQ(forms.asked.size(), 1U);
  EXPECT_EQ(model.take_changes(), (std::vector<ObjectId>{con("t", "d")}));
}

TEST(Normalize, DomainsAndViews) {
  samples::Model made;
  Domain domain;
  domain.type = samples::own_type("citext");
  domain.checks.emplace_back("c", written("VALUE > 0"));
  View certain, uncertain;
  certain.query = written("SELECT 1");
  uncertain.query = written("SELECT 2");
  uncertain.certain = false;
  made.put(ObjectKind::kDomain, "d", domain)
      .put(ObjectKind::kView, "v", certain)
      .put(ObjectKind::kView, "w", uncertain);
  Asked forms;
  normalize(made.model, all_of(made.model), forms);
  EXPECT_EQ(forms.asked, (std::vector<std::string>{"VALUE > 0 condition value:pg_catalog.citext"}));
  EXPECT_EQ(made.model.find_as<View>(view_id("v"))->query.normal, "SELECT 1");
  EXPECT_EQ(made.model.find_as<View>(view_id("w"))->query.normal, "");
}

}  // namespace
}  // namespace migfix::core::test
