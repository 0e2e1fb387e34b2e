#include "core/observed_revision.hpp"

#include <gtest/gtest.h>

#include "core/comparison.hpp"
#include "core/error.hpp"
#include "core/json_members.hpp"
#include "core/observed_definition.hpp"
#include "core/observed_state.hpp"
#include "core/revision_statement.hpp"
#include "core/schema_replay.hpp"

namespace migfix::core {
namespace {

DataType int4() {
  return {{"pg_catalog", "int4"}, {}, false, "integer"};
}

Expression normal(std::string text) {
  Expression expression;
  expression.normal = std::move(text);
  return expression;
}

/// One of every kind of definition, with nothing left as it is by default.
std::vector<Observation> samples() {
  Column column;
  column.type = {{"", "kind"}, {}, true, {}};
  column.not_null = true;
  column.default_value = normal("'{}'::kind[]");
  column.collation = {"app", "de"};
  column.position = 7;
  Column identity;
  identity.type = int4();
  identity.identity = Identity::kByDefault;
  identity.identity_options = {"int4", 1, 2, 3, 4, 5, true, false, false};
  Column serial;
  serial.type = int4();
  serial.nextval = QualifiedName{"app", "t_id_seq"};
  Column generated;
  generated.type = {{"pg_catalog", "varchar"}, "(64)", false, "character varying"};
  generated.generated = normal("upper(a)");
  Key key{true, {"a", "b"}, {"c"}, true, {true, true}};
  ForeignKey foreign{{"a"}, {"app", "u"}, {"id"}, 'f', 'c', 'n', {"a"}, {true, false}, false};
  Check check{normal("(a > 0)"), true, false};
  IndexElement element{"a", {}, {"app", "de"}, {"app", "ops"}, "(siglen='32')", true, true};
  IndexElement expression{{}, normal("lower(a)"), {}, {}, {}, false, false};
  Exclusion exclusion{"gist", {element, expression}, {"=", "&&"}, {"c"}, normal("(a > 0)"), {true, false}};
  Index index{{"", "t"}, "gin", {element, expression}, {"c"}, normal("(a > 0)"), true, true, false, false};
  Domain domain{int4(), true, normal("0"), {"app", "de"}, {{"d_check", normal("(VALUE > 0)")}}};
  View view;
  view.materialized = true;
  view.query = normal("SELECT 1");
  view.reads = {{"", "t"}, {"app", "u"}};
  View doubtful;
  doubtful.certain = false;
  Sequence sequence{{"int8", 1, 1, 1, 9, 1, false, false, false}, {"", "t"}, "id"};
  return {
      {{ObjectKind::kSchema, {}, {}, "app"}, Object{SchemaDefinition(), "a comment"}},
      {{ObjectKind::kExtension, {}, {}, "citext"}, Object{Extension(), {}}},
      {{ObjectKind::kEnum, "", {}, "kind"}, Object{Enum{{"a", "", "b'c"}, true}, {}}},
      {{ObjectKind::kDomain, "", {}, "d"}, Object{domain, {}}},
      {{ObjectKind::kComposite, "", {}, "pair"}, Object{Composite{{{"a", int4()}}}, {}}},
      {{ObjectKind::kSequence, "", {}, "s"}, Object{sequence, {}}},
      {{ObjectKind::kTable, "app", {}, "t"}, Object{Table{true, "RANGE (a)", {{"", "p"}}, "DEFAULT"}, "x"}},
      {{ObjectKind::kColumn, "", "t", "a"}, Object{column, {}}},
      {{ObjectKind::kColumn, "", "t", "b"}, Object{identity, {}}},
      {{ObjectKind::kColumn, "", "t", "c"}, Object{serial, {}}},
      {{ObjectKind::kColumn, "", "t", "d"}, Object{generated, {}}},
      {{ObjectKind::kConstraint, "", "t", "k"}, Object{Constraint{key}, {}}},
      {{ObjectKind::kConstraint, "", "t", "f"}, Object{Constraint{foreign}, {}}},
      {{ObjectKind::kConstraint, "", "t", "c"}, Object{Constraint{check}, {}}},
      {{ObjectKind::kConstraint, "", "t", "x"}, Object{Constraint{exclusion}, {}}},
      {{ObjectKind::kIndex, "", {}, "i"}, Object{index, {}}},
      {{ObjectKind::kView, "", {}, "v"}, Object{view, {}}},
      {{ObjectKind::kView, "", {}, "w"}, Object{doubtful, {}}},
      {{ObjectKind::kFunction, "", {}, "f"}, Object{Function(), {}}},
      {{ObjectKind::kTrigger, "", "t", "g"}, Object{Trigger(), {}}},
      {{ObjectKind::kTable, "", {}, "old"}, std::nullopt},
  };
}

bool same(const Json &a, const Json &b) {
  if (a.value.index() != b.value.index()) return false;
  if (const auto *list = std::get_if<Json::List>(&a.value)) {
    const auto &other = std::get<Json::List>(b.value);
    return std::equal(list->begin(), list->end(), other.begin(), other.end(), same);
  }
  if (const auto *members = std::get_if<Json::Members>(&a.value)) {
    const auto &other = std::get<Json::Members>(b.value);
    return std::equal(
        members->begin(), members->end(), other.begin(), other.end(),
        [](const auto &x, const auto &y) { return x.first == y.first && same(x.second, y.second); });
  }
  if (const auto *text = std::get_if<std::string>(&a.value)) return *text == std::get<std::string>(b.value);
  if (const auto *number = std::get_if<std::int64_t>(&a.value))
    return *number == std::get<std::int64_t>(b.value);
  if (const auto *flag = std::get_if<bool>(&a.value)) return *flag == std::get<bool>(b.value);
  return true;
}

ObservedDocument document() {
  ObservedStatement block;
  block.text = "DO $$ BEGIN ... END $$";
  block.changes_rows = true;
  block.renames.push_back({{ObjectKind::kTable, "", {}, "a"}, "b", false, false, false});
  block.beyond = {"policy"};
  block.objects = samples();
  ObservedStatement lost;
  lost.unknown = "values were sent apart from its text";
  ObservedRevision placed{{"001", {}, {"x"}, {"lab"}, "first"}, true, 150004, {block, lost}};
  ObservedRevision adrift{{"002", {}, {}, {}, {}}, false, 160001, {}};
  return {"shop", {placed, adrift}};
}

std::string detail_of(const Json &json) {
  try {
    observed_document(json);
  } catch (const Error &error) {
    EXPECT_STREQ(error.sqlstate(), kInvalidParameterValue);
    return error.detail().empty() ? error.message() : error.detail();
  }
  return {};
}

Json::Members &members(Json &json) {
  return std::get<Json::Members>(json.value);
}
Json &member(Json &json, const std::string &name) {
  for (auto &[key, value] : members(json))
    if (key == name) return value;
  ADD_FAILURE() << name;
  return json;
}
Json &item(Json &json, std::size_t i) {
  return std::get<Json::List>(json.value).at(i);
}

TEST(ObservedDocument, ComesBackAsItWent) {
  const Json json = json_of(document());
  const ObservedDocument back = observed_document(json);
  EXPECT_TRUE(same(json, json_of(back)));
  EXPECT_EQ(back.environment, "shop");
  ASSERT_EQ(back.revisions.size(), 2U);
  EXPECT_EQ(back.revisions[0].revision, document().revisions[0].revision);
  EXPECT_FALSE(back.revisions[1].is_placed);
  const std::vector<Observation> before = samples();
  const std::vector<Observation> &after = back.revisions[0].statements[0].objects;
  ASSERT_EQ(after.size(), before.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(after[i].id, before[i].id);
    ASSERT_EQ(after[i].object.has_value(), before[i].object.has_value());
    if (!before[i].object) continue;
    EXPECT_EQ(after[i].object->definition.index(), before[i].object->definition.index());
    EXPECT_TRUE(compare(*before[i].object, *after[i].object).empty()) << before[i].id.name;
  }
}

TEST(ObservedDocument, RefusesWhatIsNotAsItMustBe) {
  const auto broken = [](auto change) {
    Json json = json_of(document());
    change(json);
    return detail_of(json);
  };
  const auto first = [](Json &json) -> Json & { return item(member(json, "revisions"), 0); };
  const auto object = [&](Json &json, std::size_t i) -> Json & {
    return item(member(item(member(first(json), "statements"), 0), "objects"), i);
  };
  EXPECT_EQ(detail_of(Json(true)), "the document: it must be an object.");
  EXPECT_EQ(broken([](Json &json) { member(json, "migfix_export") = std::int64_t{2}; }),
            "This version of migfix reads form 1.");
  EXPECT_EQ(broken([](Json &json) { members(json).emplace_back("more", true); }),
            "the document: \"more\" is not known.");
  EXPECT_EQ(broken([](Json &json) { members(json).pop_back(); }), "the document: \"revisions\" is missing.");
  EXPECT_NE(broken([&](Json &json) { member(first(json), "revision") = "head"; }), "");
  EXPECT_NE(broken([&](Json &json) { member(first(json), "depends_on") = Json(Json::List{Json("")}); }), "");
  EXPECT_EQ(broken([&](Json &json) { member(item(member(json, "revisions"), 1), "revision") = "001"; }),
            "the document.revisions: \"001\" is there twice.");
  EXPECT_NE(broken([&](Json &json) { member(first(json), "server_version") = std::int64_t{-1}; }), "");
  EXPECT_NE(broken([&](Json &json) { member(object(json, 0), "type") = "operator"; }), "");
  EXPECT_NE(broken([&](Json &json) { member(object(json, 7), "name") = std::string(64, 'x'); }), "");
  EXPECT_NE(broken([&](Json &json) { member(object(json, 7), "name") = ""; }), "");
  EXPECT_NE(broken([&](Json &json) { members(object(json, 0)).emplace_back("schema", "app"); }), "");
  EXPECT_NE(
      broken([&](Json &json) { members(member(object(json, 7), "definition")).emplace_back("x", true); }),
      "");
  EXPECT_NE(broken([&](Json &json) { member(member(object(json, 12), "definition"), "match") = "z"; }), "");
  EXPECT_NE(broken([&](Json &json) { member(member(object(json, 12), "definition"), "kind") = "key"; }), "");
  EXPECT_NE(broken([&](Json &json) { object(json, 1) = object(json, 0); }), "");
}

ObservedStatement seen(std::string text, std::vector<Observation> objects) {
  ObservedStatement statement;
  statement.text = std::move(text);
  statement.objects = std::move(objects);
  return statement;
}

TEST(WatchedStatement, WhatWasOpaqueIsKnownByWhatItDid) {
  RevisionStatement lowered;
  lowered.text = "DO $$...$$";
  lowered.effects = {Opaque{"a DO block"}};
  ObservedStatement block = seen(lowered.text, samples());
  const RevisionStatement watched = watched_statement(lowered, block);
  EXPECT_EQ(why_opaque(watched), "");
  EXPECT_FALSE(acts_unseen(watched));
  block.changes_rows = true;
  EXPECT_TRUE(changes_rows(watched_statement(lowered, block)));
  block.beyond = {"policy"};
  EXPECT_EQ(why_opaque(watched_statement(lowered, block)),
            "it also makes or changes what is not modelled: policy");
  SchemaModel model;
  EXPECT_FALSE(apply(model, watched));
  EXPECT_EQ(model.objects().size(), samples().size() - 1);
}

TEST(Settle, ReplacesWhatDiffersAndKeepsTheWrittenText) {
  SchemaModel model;
  Column written;
  written.type = int4();
  written.default_value.text = "1+1";
  const ObjectId id{ObjectKind::kColumn, "", "t", "a"};
  model.put(id, {written, {}});
  model.take_changes();
  Column real = written;
  real.not_null = true;
  real.default_value = normal("(1 + 1)");
  settle(model, {{id, Object{real, {}}}});
  const auto *column = model.find_as<Column>(id);
  EXPECT_TRUE(column->not_null);
  EXPECT_EQ(column->default_value.text, "1+1");
  EXPECT_EQ(column->default_value.normal, "(1 + 1)");
  EXPECT_EQ(model.take_changes().size(), 1U);
  settle(model, {{id, Object{real, {}}}});
  EXPECT_TRUE(model.take_changes().empty()) << "the same once more is no change";
}

TEST(Settle, ATableThatIsGoneTakesItsPartsAlong) {
  SchemaModel model;
  settle(model, samples());
  const ObjectId table{ObjectKind::kTable, "", {}, "t"};
  model.put(table, {Table(), {}});
  settle(model, {{table, std::nullopt}});
  EXPECT_EQ(model.find(table), nullptr);
  EXPECT_TRUE(model.columns_of({"", "t"}).empty());
  EXPECT_TRUE(model.constraints_of({"", "t"}).empty());
  EXPECT_TRUE(model.indexes_of({"", "t"}).empty());
  EXPECT_NE(model.find({ObjectKind::kEnum, "", {}, "kind"}), nullptr);
}

}  // namespace
}  // namespace migfix::core
