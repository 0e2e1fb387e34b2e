#include "core/definition_sql.hpp"

#include <gtest/gtest.h>

#include "core/select_list.hpp"
#include "unit/definition_samples.hpp"

namespace migfix::core {
namespace {

using namespace samples;
using Texts = std::vector<std::string>;

const char *const kOwn = "own_s";

ObjectId id(ObjectKind kind, std::string name, std::string table = {}) {
  return {kind, {}, std::move(table), std::move(name)};
}

Texts create(const Model &model, const ObjectId &object_id) {
  return create_sql(object_id, *model.model.find(object_id), model.model, kOwn);
}

std::vector<Mend> alter(const Model &expected, const Model &real, const ObjectId &object_id) {
  return alter_sql(object_id, *expected.model.find(object_id), *real.model.find(object_id), expected.model,
                   kOwn, &real.model);
}

/// "safe: " or "UNSAFE: " and the statement, one a line.
std::string statements(const std::vector<Mend> &mends) {
  std::string all;
  for (const Mend &mend : mends) {
    EXPECT_FALSE(mend.reason.empty());
    all += (all.empty() ? "" : "\n") + std::string(mend.safe ? "safe: " : "UNSAFE: ") + mend.statement;
  }
  return all;
}

std::string altered(Definition expected, Definition real, const ObjectId &object_id) {
  Model wanted, found;
  wanted.put(object_id, std::move(expected));
  found.put(object_id, std::move(real));
  return statements(alter(wanted, found, object_id));
}

std::string column_altered(Column expected, Column real) {
  return altered(std::move(expected), std::move(real), id(ObjectKind::kColumn, "my_c", "my_t"));
}

Model table_with_serial() {
  Model model;
  Sequence sequence;
  sequence.options.type = "int4";
  sequence.owner = {"", "my_t"};
  sequence.owner_column = "my_id";
  model.put(ObjectKind::kSequence, "my_seq", sequence);
  model.put(ObjectKind::kTable, "my_t", Table{}, "ours");
  Column serial = column(built_in("int4"), true);
  serial.nextval = QualifiedName{"", "my_seq"};
  model.column("my_t", "my_id", serial);
  model.column("my_t", "a_tag",
               with_default(column(built_in("varchar", "(64)")), expression("'x'", "'x'::text")), "it's");
  model.constraint("my_t", "my_pkey", key(true, {"my_id"}));
  model.constraint("my_t", "my_fk", foreign_key({"my_id"}, {"", "other_t"}, {"their_id"}));
  Check later = check(expression("my_id > 0", "(my_id > 0)"));
  later.valid = false;
  model.constraint("my_t", "my_late", later);
  return model;
}

TEST(CreateSql, TableWithAllThatComesWithIt) {
  const Model model = table_with_serial();
  EXPECT_EQ(
      create(model, id(ObjectKind::kTable, "my_t")),
      (Texts{"CREATE TABLE own_s.my_t (my_id integer NOT NULL DEFAULT nextval('own_s.my_seq'::regclass), "
             "a_tag character varying(64) DEFAULT 'x', CONSTRAINT my_pkey PRIMARY KEY (my_id))",
             "ALTER SEQUENCE own_s.my_seq OWNED BY own_s.my_t.my_id", "COMMENT ON TABLE own_s.my_t IS 'ours'",
             "COMMENT ON COLUMN own_s.my_t.a_tag IS 'it''s'"}));
  EXPECT_EQ(create(model, id(ObjectKind::kSequence, "my_seq")),
            (Texts{"CREATE SEQUENCE own_s.my_seq AS integer"}));
  EXPECT_EQ(create(model, id(ObjectKind::kConstraint, "my_fk", "my_t")),
            (Texts{"ALTER TABLE own_s.my_t ADD CONSTRAINT my_fk FOREIGN KEY (my_id) REFERENCES own_s.other_t "
                   "(their_id)"}));
  EXPECT_EQ(create(model, id(ObjectKind::kConstraint, "my_late", "my_t")),
            (Texts{"ALTER TABLE own_s.my_t ADD CONSTRAINT my_late CHECK (my_id > 0) NOT VALID"}));
  EXPECT_EQ(create(model, id(ObjectKind::kColumn, "my_id", "my_t")),
            (Texts{"ALTER TABLE own_s.my_t ADD COLUMN my_id integer NOT NULL DEFAULT "
                   "nextval('own_s.my_seq'::regclass)",
                   "ALTER SEQUENCE own_s.my_seq OWNED BY own_s.my_t.my_id"}));
}

TEST(CreateSql, EveryNameIsQualifiedAndQuoted) {
  Model model;
  model.put(ObjectKind::kEnum, "My Kind", Enum{{"a", "it's"}, true});
  EXPECT_EQ(create_sql(id(ObjectKind::kEnum, "My Kind"), *model.model.find(id(ObjectKind::kEnum, "My Kind")),
                       model.model, "Ten\"ant"),
            (Texts{"CREATE TYPE \"Ten\"\"ant\".\"My Kind\" AS ENUM ('a', 'it''s')"}));
  const ObjectId other{ObjectKind::kIndex, "other_s", "", "an_ix"};
  Index built = index("my_t", {element("my_c"), element(expression("lower(b_c)"))});
  built.table.schema = "other_s";
  built.unique = true;
  built.concurrently = true;
  built.predicate = expression("b_c IS NULL");
  EXPECT_EQ(
      create_sql(other, object(built), model.model, kOwn),
      (Texts{
          "CREATE UNIQUE INDEX an_ix ON other_s.my_t USING btree (my_c, lower(b_c)) WHERE (b_c IS NULL)"}));
}

TEST(CreateSql, ViewsAndFunctionsAsTheyAreWritten) {
  Model model;
  View written = view("SELECT 1 AS a");
  written.source = "CREATE VIEW my_v AS SELECT 1 AS a;";
  EXPECT_EQ(create_sql(id(ObjectKind::kView, "my_v"), object(written, "c"), model.model, kOwn),
            (Texts{"CREATE VIEW my_v AS SELECT 1 AS a", "COMMENT ON VIEW own_s.my_v IS 'c'"}));
  EXPECT_EQ(
      create_sql(id(ObjectKind::kView, "my_v"), object(view(" SELECT 1 AS a;", true)), model.model, kOwn),
      (Texts{"CREATE MATERIALIZED VIEW own_s.my_v AS SELECT 1 AS a"}));
  EXPECT_TRUE(
      create_sql(id(ObjectKind::kFunction, "my_f"), object(Function{}, "c"), model.model, kOwn).empty());
}

TEST(CreateSql, PartitionsTakeWhatTheirParentBrings) {
  Model model;
  Table parent;
  parent.partition_by = "RANGE (my_a)";
  Table part;
  part.parents = {{"", "my_p"}};
  part.partition_bound = "DEFAULT";
  model.put(ObjectKind::kTable, "my_p", parent).put(ObjectKind::kTable, "my_rest", part);
  model.column("my_p", "my_a", column(built_in("int4"))).column("my_rest", "my_a", column(built_in("int4")));
  model.constraint("my_p", "p_key", key(false, {"my_a"}))
      .constraint("my_rest", "rest_key", key(false, {"my_a"}));
  model.put(ObjectKind::kIndex, "p_ix", index("my_p", {element("my_a")}));
  model.put(ObjectKind::kIndex, "rest_ix", index("my_rest", {element("my_a")}));
  Index more = index("my_rest", {element("my_a")});
  more.unique = true;
  model.put(ObjectKind::kIndex, "more_ix", more);
  EXPECT_EQ(
      create(model, id(ObjectKind::kTable, "my_p")),
      (Texts{"CREATE TABLE own_s.my_p (my_a integer, CONSTRAINT p_key UNIQUE (my_a)) PARTITION BY RANGE "
             "(my_a)"}));
  EXPECT_EQ(create(model, id(ObjectKind::kTable, "my_rest")),
            (Texts{"CREATE TABLE own_s.my_rest PARTITION OF own_s.my_p DEFAULT"}));
  EXPECT_TRUE(create(model, id(ObjectKind::kIndex, "rest_ix")).empty());
  EXPECT_EQ(create(model, id(ObjectKind::kIndex, "more_ix")).size(), 1U);
}

TEST(AlterSql, TypesOfColumns) {
  EXPECT_EQ(column_altered(column(built_in("varchar", "(64)")), column(built_in("varchar", "(32)"))),
            "safe: ALTER TABLE own_s.my_t ALTER COLUMN my_c TYPE character varying(64)");
  EXPECT_EQ(column_altered(column(built_in("varchar", "(32)")), column(built_in("varchar", "(64)"))),
            "UNSAFE: ALTER TABLE own_s.my_t ALTER COLUMN my_c TYPE character varying(32)");
  EXPECT_EQ(
      column_altered(with_default(column(own_type("my_kind")), expression("'a'", "'a'::my_kind")),
                     with_default(column(built_in("text")), expression("'a'", "'a'::text"))),
      "UNSAFE: ALTER TABLE own_s.my_t ALTER COLUMN my_c DROP DEFAULT, ALTER COLUMN my_c TYPE own_s.my_kind "
      "USING my_c::own_s.my_kind, ALTER COLUMN my_c SET DEFAULT 'a'");
  EXPECT_EQ(column_altered(column(built_in("text")), column(built_in("text"))), "");
}

TEST(AlterSql, ColumnsInTheRightOrder) {
  Column numbered = column(built_in("int4"), true);
  numbered.identity = Identity::kAlways;
  EXPECT_EQ(
      column_altered(numbered, with_default(column(built_in("int4")), expression("0"))),
      "safe: ALTER TABLE own_s.my_t ALTER COLUMN my_c SET NOT NULL\n"
      "safe: ALTER TABLE own_s.my_t ALTER COLUMN my_c DROP DEFAULT\n"
      "safe: ALTER TABLE own_s.my_t ALTER COLUMN my_c ADD GENERATED ALWAYS AS IDENTITY\n"
      "safe: SELECT setval(pg_get_serial_sequence('own_s.my_t', 'my_c'), max(my_c)) FROM own_s.my_t HAVING "
      "max(my_c) >= 1");
  EXPECT_EQ(column_altered(column(built_in("int4")), numbered),
            "safe: ALTER TABLE own_s.my_t ALTER COLUMN my_c DROP IDENTITY\n"
            "safe: ALTER TABLE own_s.my_t ALTER COLUMN my_c DROP NOT NULL");
  Column computed = column(built_in("int4"));
  computed.generated = expression("a_c + 1", "(a_c + 1)");
  EXPECT_EQ(column_altered(column(built_in("int4")), computed),
            "safe: ALTER TABLE own_s.my_t ALTER COLUMN my_c DROP EXPRESSION");
  EXPECT_EQ(column_altered(computed, column(built_in("int4"))),
            "UNSAFE: ALTER TABLE own_s.my_t DROP COLUMN my_c, ADD COLUMN my_c integer GENERATED ALWAYS AS "
            "(a_c + 1) "
            "STORED");
}

TEST(AlterSql, WhatIsUncertainIsLeft) {
  EXPECT_EQ(column_altered(with_default(column(built_in("text")), expression("soon()", "")),
                           with_default(column(built_in("text")), expression("", "now()"))),
            "");
}

TEST(AlterSql, ColumnMadeAnewPutsBackWhatFalls) {
  const ObjectId column_id = id(ObjectKind::kColumn, "my_c", "my_t");
  Column computed = column(built_in("int4"));
  computed.generated = expression("a_c + 1", "(a_c + 1)");
  Model expected, real;
  expected.put(column_id, computed);
  real.put(column_id, column(built_in("int4")));
  real.put(ObjectKind::kIndex, "my_ix", index("my_t", {element("my_c")}));
  real.put(ObjectKind::kIndex, "other_ix", index("my_t", {element("a_c")}));
  const auto mends = alter(expected, real, column_id);
  ASSERT_EQ(mends.size(), 2U);
  EXPECT_EQ(mends[1].statement, "CREATE INDEX my_ix ON own_s.my_t USING btree (my_c)");
}

TEST(AlterSql, EnumLabelsAreAddedInPlace) {
  const ObjectId kind = id(ObjectKind::kEnum, "my_kind");
  EXPECT_EQ(altered(Enum{{"a", "b", "c", "d"}, true}, Enum{{"b", "d"}, true}, kind),
            "safe: ALTER TYPE own_s.my_kind ADD VALUE 'a' BEFORE 'b'\n"
            "safe: ALTER TYPE own_s.my_kind ADD VALUE 'c' AFTER 'b'");
  EXPECT_EQ(altered(Enum{{"a"}, true}, Enum{{}, true}, kind), "safe: ALTER TYPE own_s.my_kind ADD VALUE 'a'");
}

TEST(AlterSql, EnumIsMadeAnewWhereLabelsAreTooManyOrInAnotherOrder) {
  const ObjectId kind = id(ObjectKind::kEnum, "my_kind");
  Model expected, real;
  expected.put(kind, Enum{{"a"}, true});
  real.put(kind, Enum{{"a", "x"}, true});
  real.put(ObjectKind::kTable, "my_kind_old", Table{});
  real.column("my_t", "my_c", with_default(column(own_type("my_kind")), expression("", "'a'::my_kind")));
  real.column("my_t", "my_cs", column(own_type("my_kind", true)));
  real.column("my_t", "no_kind", column(built_in("text")));
  EXPECT_EQ(
      statements(alter(expected, real, kind)),
      "UNSAFE: ALTER TYPE own_s.my_kind RENAME TO my_kind_old1\n"
      "UNSAFE: CREATE TYPE own_s.my_kind AS ENUM ('a')\n"
      "UNSAFE: ALTER TABLE own_s.my_t ALTER COLUMN my_c DROP DEFAULT, ALTER COLUMN my_c TYPE own_s.my_kind "
      "USING my_c::text::own_s.my_kind, ALTER COLUMN my_c SET DEFAULT 'a'::my_kind\n"
      "UNSAFE: ALTER TABLE own_s.my_t ALTER COLUMN my_cs TYPE own_s.my_kind[] USING "
      "my_cs::text[]::own_s.my_kind[]\n"
      "UNSAFE: DROP TYPE own_s.my_kind_old1");
  EXPECT_TRUE(
      altered(Enum{{"a", "b"}, true}, Enum{{"b", "a"}, true}, kind).starts_with("UNSAFE: ALTER TYPE"));
}

TEST(AlterSql, FromOneEnumToAnotherThatHasAllItsLabels) {
  const ObjectId column_id = id(ObjectKind::kColumn, "my_c", "my_t");
  Model expected, real;
  expected.put(column_id, column(own_type("new_kind")));
  real.put(column_id, column(own_type("old_kind")));
  real.put(ObjectKind::kEnum, "old_kind", Enum{{"a"}, true})
      .put(ObjectKind::kEnum, "new_kind", Enum{{"a", "b"}, true});
  const std::string change =
      "ALTER TABLE own_s.my_t ALTER COLUMN my_c TYPE own_s.new_kind USING my_c::text::own_s.new_kind";
  EXPECT_EQ(statements(alter(expected, real, column_id)), "safe: " + change);
  real.put(ObjectKind::kEnum, "new_kind", Enum{{"b"}, true});
  EXPECT_EQ(statements(alter(expected, real, column_id)), "UNSAFE: " + change);
}

// The sequence of an identity keeps its name when the table is renamed.
TEST(CreateSql, IdentityHasTheSequenceThatItWasMadeWith) {
  Column numbered = column(built_in("int4"), true);
  numbered.identity = Identity::kAlways;
  numbered.identity_sequence = "my_t_my_c_seq";
  const ObjectId column_id = id(ObjectKind::kColumn, "my_c", "my_t");
  EXPECT_EQ(create(Model().put(column_id, numbered), column_id).front(),
            "ALTER TABLE own_s.my_t ADD COLUMN my_c integer NOT NULL GENERATED ALWAYS AS IDENTITY");
  numbered.identity_sequence = "older_my_c_seq";
  numbered.identity_options.increment = 2;
  EXPECT_EQ(
      create(Model().put(column_id, numbered), column_id).front(),
      "ALTER TABLE own_s.my_t ADD COLUMN my_c integer NOT NULL GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME "
      "own_s.older_my_c_seq INCREMENT BY 2)");
  Column plain = column(built_in("int4"), true);
  const std::string all = column_altered(numbered, plain);
  EXPECT_NE(all.find("ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME own_s.older_my_c_seq INCREMENT BY 2)"),
            std::string::npos)
      << all;
}

TEST(AlterSql, SpareNameOfALongEnum) {
  const std::string longest = std::string(58, 'k') + "ükkk";  // 63 bytes
  const std::string all = altered(Enum{{"a"}, true}, Enum{{"b"}, true}, id(ObjectKind::kEnum, longest));
  EXPECT_NE(all.find(" RENAME TO " + std::string(58, 'k') + "_old\n"), std::string::npos) << all;
}

TEST(AlterSql, ViewsOnAColumnStepAside) {
  const ObjectId column_id = id(ObjectKind::kColumn, "my_c", "my_t");
  Model expected, real;
  expected.put(column_id, column(built_in("text")));
  real.put(column_id, column(built_in("varchar", "(9)")));
  View on_table = view("SELECT my_t.my_c FROM my_t");
  on_table.reads = {{"", "my_t"}};
  View on_view = view("SELECT b_view.my_c FROM b_view", true);
  on_view.reads = {{"", "b_view"}};
  View other = view("SELECT my_t.a_c FROM my_t");
  other.reads = {{"", "my_t"}};
  real.put(ObjectKind::kView, "b_view", on_table, "c").put(ObjectKind::kView, "a_view", on_view);
  real.put(ObjectKind::kView, "other_view", other);
  real.put(ObjectKind::kIndex, "a_view_ix", index("a_view", {element("my_c")}));
  EXPECT_EQ(statements(alter(expected, real, column_id)),
            "safe: DROP MATERIALIZED VIEW own_s.a_view\n"
            "safe: DROP VIEW own_s.b_view\n"
            "safe: ALTER TABLE own_s.my_t ALTER COLUMN my_c TYPE text\n"
            "safe: CREATE VIEW own_s.b_view AS SELECT my_t.my_c FROM my_t\n"
            "safe: COMMENT ON VIEW own_s.b_view IS 'c'\n"
            "safe: CREATE MATERIALIZED VIEW own_s.a_view AS SELECT b_view.my_c FROM b_view\n"
            "safe: CREATE INDEX a_view_ix ON own_s.a_view USING btree (my_c)");
}

TEST(AlterSql, Constraints) {
  const ObjectId constraint = id(ObjectKind::kConstraint, "my_k", "my_t");
  EXPECT_EQ(altered(Constraint{key(true, {"a_c", "b_c"})}, Constraint{key(true, {"a_c"})}, constraint),
            "safe: ALTER TABLE own_s.my_t DROP CONSTRAINT my_k, ADD CONSTRAINT my_k PRIMARY KEY (a_c, b_c)");
  ForeignKey valid = foreign_key({"a_c"}, {"", "my_u"}, {"b_c"});
  ForeignKey late = valid;
  late.valid = false;
  EXPECT_EQ(altered(Constraint{valid}, Constraint{late}, constraint),
            "safe: ALTER TABLE own_s.my_t VALIDATE CONSTRAINT my_k");
  ForeignKey deferred = valid;
  deferred.deferral = {true, true};
  EXPECT_EQ(altered(Constraint{deferred}, Constraint{valid}, constraint),
            "safe: ALTER TABLE own_s.my_t ALTER CONSTRAINT my_k DEFERRABLE INITIALLY DEFERRED");
  EXPECT_EQ(
      altered(Constraint{deferred}, Constraint{late}, constraint),
      "safe: ALTER TABLE own_s.my_t DROP CONSTRAINT my_k, ADD CONSTRAINT my_k FOREIGN KEY (a_c) REFERENCES "
      "own_s.my_u (b_c) DEFERRABLE INITIALLY DEFERRED");
}

TEST(AlterSql, MadeAnewKeepsTheComment) {
  const ObjectId ix = id(ObjectKind::kIndex, "my_ix");
  Model expected, real;
  expected.put(ix, index("my_t", {element("a_c")}), "why");
  real.put(ix, index("my_t", {element("b_c")}), "why");
  EXPECT_EQ(statements(alter(expected, real, ix)),
            "safe: DROP INDEX own_s.my_ix\n"
            "safe: CREATE INDEX my_ix ON own_s.my_t USING btree (a_c)\n"
            "safe: COMMENT ON INDEX own_s.my_ix IS 'why'");
  expected.put(ix, index("my_t", {element("a_c")}));
  EXPECT_EQ(alter(expected, real, ix).size(), 2U);
  real.put(ix, index("my_t", {element("a_c")}), "why");
  EXPECT_EQ(statements(alter(expected, real, ix)), "safe: COMMENT ON INDEX own_s.my_ix IS NULL");
}

TEST(AlterSql, ViewsAreReplacedWhereThatIsAllowed) {
  const ObjectId my_view = id(ObjectKind::kView, "my_v");
  EXPECT_EQ(altered(view("SELECT a, b FROM t"), view("SELECT a FROM t WHERE a > 0"), my_view),
            "safe: CREATE OR REPLACE VIEW own_s.my_v AS SELECT a, b FROM t");
  EXPECT_EQ(altered(view("SELECT a FROM t"), view("SELECT a, b FROM t"), my_view),
            "safe: DROP VIEW own_s.my_v\nsafe: CREATE VIEW own_s.my_v AS SELECT a FROM t");
  Model expected, real;
  expected.put(my_view, view("SELECT 1", true));
  real.put(my_view, view("SELECT 2", true)).put(ObjectKind::kIndex, "my_ix", index("my_v", {element("a_c")}));
  EXPECT_EQ(statements(alter(expected, real, my_view)),
            "safe: DROP MATERIALIZED VIEW own_s.my_v\nsafe: CREATE MATERIALIZED VIEW own_s.my_v AS SELECT 1\n"
            "safe: CREATE INDEX my_ix ON own_s.my_v USING btree (a_c)");
}

TEST(SelectList, OnlyWhatIsCertain) {
  EXPECT_TRUE(
      is_replaceable("SELECT a, f(b, ',') AS c FROM t", "select a, f(b,',') as c, d from t order by 1"));
  EXPECT_FALSE(is_replaceable("SELECT a FROM t", "SELECT a FROM u"));
  EXPECT_FALSE(is_replaceable("SELECT a FROM t", "SELECT b FROM t"));
  EXPECT_FALSE(is_replaceable("SELECT a FROM t UNION SELECT 1", "SELECT a FROM t UNION SELECT 1"));
  EXPECT_FALSE(
      is_replaceable("WITH x AS (SELECT 1) SELECT * FROM x", "WITH x AS (SELECT 1) SELECT * FROM x"));
}

TEST(AlterSql, WhatNeedsAPerson) {
  Table parted;
  parted.partition_by = "LIST (a_c)";
  EXPECT_EQ(altered(parted, Table{}, id(ObjectKind::kTable, "my_t")), "UNSAFE: ");
  const ObjectId domain = id(ObjectKind::kDomain, "my_d");
  Domain text, number;
  text.type = built_in("text");
  number.type = built_in("int4");
  EXPECT_EQ(altered(number, text, domain),
            "safe: DROP DOMAIN own_s.my_d\nsafe: CREATE DOMAIN own_s.my_d AS integer");
  Model expected, real;
  expected.put(domain, number);
  real.put(domain, text).column("my_t", "my_c", column(own_type("my_d")));
  EXPECT_EQ(statements(alter(expected, real, domain)), "UNSAFE: ");
}

TEST(AlterSql, DomainChecksAndSequences) {
  Domain one;
  one.type = built_in("text");
  Domain two = one;
  one.checks = {{"a_check", expression("VALUE <> ''", "(VALUE <> ''::text)")}};
  one.not_null = true;
  two.checks = {{"a_check", expression("", "(VALUE <> 'x'::text)")}};
  EXPECT_EQ(altered(one, two, id(ObjectKind::kDomain, "my_d")),
            "safe: ALTER DOMAIN own_s.my_d SET NOT NULL\n"
            "safe: ALTER DOMAIN own_s.my_d DROP CONSTRAINT a_check\n"
            "safe: ALTER DOMAIN own_s.my_d ADD CONSTRAINT a_check CHECK (VALUE <> '')");
  Sequence by_two;
  by_two.options.increment = 2;
  EXPECT_EQ(altered(by_two, Sequence{}, id(ObjectKind::kSequence, "my_s")),
            "safe: ALTER SEQUENCE own_s.my_s INCREMENT BY 2");
  Sequence down;
  down.options.increment = -1;
  EXPECT_TRUE(altered(down, Sequence{}, id(ObjectKind::kSequence, "my_s")).starts_with("UNSAFE: "));
}

TEST(DropSql, SafeIsWhatHoldsNoRows) {
  const auto dropped = [](const ObjectId &object_id, Definition definition) {
    const Mend mend = drop_sql(object_id, object(std::move(definition)), kOwn).front();
    EXPECT_EQ(mend.safe, mend.reason.empty());
    return std::string(mend.safe ? "safe: " : "UNSAFE: ") + mend.statement;
  };
  EXPECT_EQ(dropped(id(ObjectKind::kTable, "my_t"), Table{}), "UNSAFE: DROP TABLE own_s.my_t");
  EXPECT_EQ(dropped(id(ObjectKind::kColumn, "my_c", "my_t"), Column{}),
            "UNSAFE: ALTER TABLE own_s.my_t DROP COLUMN my_c");
  EXPECT_EQ(dropped(id(ObjectKind::kConstraint, "my_k", "my_t"), Constraint{}),
            "safe: ALTER TABLE own_s.my_t DROP CONSTRAINT my_k");
  EXPECT_EQ(dropped(id(ObjectKind::kEnum, "my_kind"), Enum{}), "safe: DROP TYPE own_s.my_kind");
  EXPECT_EQ(dropped(id(ObjectKind::kView, "my_v"), view("SELECT 1", true)),
            "safe: DROP MATERIALIZED VIEW own_s.my_v");
  EXPECT_EQ(dropped(id(ObjectKind::kFunction, "my_f"), Function{}), "safe: DROP ROUTINE own_s.my_f");
  EXPECT_EQ(dropped(id(ObjectKind::kTrigger, "my_tr", "my_t"), Trigger{}),
            "safe: DROP TRIGGER my_tr ON own_s.my_t");
  EXPECT_EQ(dropped(id(ObjectKind::kSchema, "my_s"), SchemaDefinition{}), "safe: DROP SCHEMA my_s");
}

TEST(CreationOrder, Works) {
  Model model = table_with_serial();
  Table child;
  child.parents = {{"", "my_t"}};
  model.put(ObjectKind::kTable, "a_child", child);
  View above = view("SELECT 1");
  above.reads = {{"", "z_view"}};
  model.put(ObjectKind::kView, "a_view", above).put(ObjectKind::kView, "z_view", view("SELECT 1", true));
  model.put(ObjectKind::kIndex, "view_ix", index("z_view", {element("a_c")}));
  model.put(ObjectKind::kIndex, "table_ix", index("my_t", {element("a_tag")}));
  model.put(ObjectKind::kEnum, "my_kind", Enum{});
  std::vector<ObjectId> ids;
  for (const auto &[object_id, object] : model.model.objects()) ids.push_back(object_id);
  ids.push_back(ids.front());
  ids.push_back(id(ObjectKind::kTable, "not_there"));
  Texts names;
  for (const ObjectId &each : creation_order(ids, model.model)) names.push_back(each.name);
  EXPECT_EQ(names, (Texts{"my_kind", "my_seq", "my_t", "a_child", "my_id", "a_tag", "my_late", "my_pkey",
                          "table_ix", "my_fk", "z_view", "a_view", "view_ix"}));
}

}  // namespace
}  // namespace migfix::core
