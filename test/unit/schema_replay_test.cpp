// What statements do to a model, as PostgreSQL 15 was seen to do it.
#include "core/schema_replay.hpp"

#include <stdexcept>

#include "unit/schema_builder.hpp"

namespace migfix::core::test {

namespace {

using Names = std::vector<std::string>;

class SchemaReplay : public testing::Test {
 protected:
  /// t(id serial primary key, a, b), r(id, t_id references t) and an index on t.
  SchemaReplay() {
    NewColumn id = serial("id");
    id.constraints = {primary({"id"})};
    run(model,
        {create_table("t", {id, column("a"), column("b")}, {check(expr("a > b", {"a", "b"}), "a_above_b")}),
         create_table("r", {column("id"), column("t_id", int4(), {references({"t_id"}, "t")})}),
         create_index("t_a_b", "t", {"a", "b"})});
    model.take_changes();
  }
  const Constraint &constraint(const std::string &table, const std::string &name) {
    const auto *found = model.find_as<Constraint>(con(table, name));
    if (found == nullptr) throw std::out_of_range(name);
    return *found;
  }
  bool there(const ObjectId &id) const { return model.find(id) != nullptr; }

  SchemaModel model;
};

TEST_F(SchemaReplay, ForeignKeyTakesThePrimaryKeysColumns) {
  EXPECT_EQ(std::get<ForeignKey>(constraint("r", "r_t_id_fkey").what).referenced, Names{"id"});
}

TEST_F(SchemaReplay, AddsAColumnLast) {
  run(model, {add_column("t", column("c", int4(), {unique({"c"})})), add_column("t", column("c"), true)});
  EXPECT_EQ(names(model.columns_of(own("t"))), (Names{"id", "a", "b", "c"}));
  EXPECT_TRUE(there(con("t", "t_c_key")));
  EXPECT_EQ(names(model.take_changes()), (Names{"c", "t_c_key"}));
}

TEST_F(SchemaReplay, DroppedColumnTakesWhatUsesIt) {
  run(model, {DropColumn{{own("t")}, "a", false, false}});
  EXPECT_FALSE(there(col("t", "a")));
  EXPECT_FALSE(there(con("t", "a_above_b")));
  EXPECT_FALSE(there(idx("t_a_b")));
  EXPECT_TRUE(there(con("t", "t_pkey")));
  EXPECT_EQ(outcome(model, DropColumn{{own("t")}, "id", false, false}),
            "2BP01 cannot drop column id of table t because other objects depend on it");
  EXPECT_TRUE(there(seq("t_id_seq")));
  run(model, {DropColumn{{own("t")}, "id", false, true}});
  EXPECT_FALSE(there(seq("t_id_seq")));
  EXPECT_FALSE(there(con("r", "r_t_id_fkey")));
  EXPECT_TRUE(there(col("r", "t_id")));
}

TEST_F(SchemaReplay, DroppedColumnIsFoundInTheServersForm) {
  Index index;
  index.table = own("t");
  index.elements.emplace_back().expression.normal = "lower((a)::text)";
  model.put(idx("by_expression"), {index, {}});
  run(model, {DropColumn{{own("t")}, "a", false, false}});
  EXPECT_FALSE(there(idx("by_expression")));
}

TEST_F(SchemaReplay, RenamedColumnIsFollowedEverywhere) {
  run(model, {create_index("by_sum", "t", {"a"}), rename(col("t", "id"), "key"),
              rename(col("t", "a"), "Order"), rename(col("r", "t_id"), "owner")});
  EXPECT_EQ(std::get<Key>(constraint("t", "t_pkey").what).columns, Names{"key"});
  const auto &foreign_key = std::get<ForeignKey>(constraint("r", "r_t_id_fkey").what);
  EXPECT_EQ(foreign_key.columns, Names{"owner"});
  EXPECT_EQ(foreign_key.referenced, Names{"key"});
  EXPECT_EQ(model.find_as<Sequence>(seq("t_id_seq"))->owner_column, "key");
  EXPECT_EQ(model.find_as<Index>(idx("t_a_b"))->elements[0].column, "Order");
  const auto &expression = std::get<Check>(constraint("t", "a_above_b").what).expression;
  EXPECT_EQ(expression.text, "\"Order\" > b");
  EXPECT_EQ(expression.normal, "");
  EXPECT_EQ(expression.columns[0].column, "Order");
  EXPECT_EQ(expression.columns[1].begin, 10U);
  run(model, {rename(col("t", "b"), "lower_one")});
  EXPECT_EQ(std::get<Check>(constraint("t", "a_above_b").what).expression.text, "\"Order\" > lower_one");
}

TEST_F(SchemaReplay, RenameChangesOnlyWhatNamesTheColumn) {
  run(model, {rename(col("t", "b"), "c")});
  EXPECT_EQ(names(model.take_changes()), (Names{"b", "c", "a_above_b", "t_a_b"}));
}

TEST_F(SchemaReplay, RenameRewritesTheServersForm) {
  Check check;
  check.expression.normal = "((a > 0) AND (b <> 'a'::text) AND (a(b) > t.c))";
  model.put(con("t", "of_catalog"), {Constraint{check}, {}});
  run(model, {rename(col("t", "a"), "user")});
  EXPECT_EQ(std::get<Check>(constraint("t", "of_catalog").what).expression.normal,
            "((\"user\" > 0) AND (b <> 'a'::text) AND (a(b) > t.c))");
}

TEST_F(SchemaReplay, RenamedTableKeepsTheNamesOfItsParts) {
  run(model, {create_view("v", {"t"}), add("t", check(expr("t.a > 1", {"t.a"}), "qualified"))});
  run(model, {rename(table_id("t"), "things")});
  EXPECT_FALSE(there(table_id("t")));
  EXPECT_EQ(names(model.columns_of(own("things"))), (Names{"id", "a", "b"}));
  EXPECT_TRUE(there(con("things", "t_pkey")));
  EXPECT_EQ(std::get<ForeignKey>(constraint("r", "r_t_id_fkey").what).references, own("things"));
  EXPECT_EQ(names(model.indexes_of(own("things"))), Names{"t_a_b"});
  EXPECT_EQ(model.find_as<Sequence>(seq("t_id_seq"))->owner, own("things"));
  EXPECT_EQ(model.find_as<View>(view_id("v"))->reads, std::vector{own("things")});
  EXPECT_FALSE(model.find_as<View>(view_id("v"))->certain);
  EXPECT_EQ(std::get<Check>(constraint("things", "qualified").what).expression.text, "a > 1");
}

TEST_F(SchemaReplay, RenamesIndexesConstraintsAndSequences) {
  run(model, {rename(idx("t_pkey"), "pk_t"), rename(idx("t_a_b"), "ix"),
              rename(con("r", "r_t_id_fkey"), "fk"), rename(seq("t_id_seq"), "ids")});
  EXPECT_TRUE(there(con("t", "pk_t")));
  EXPECT_TRUE(there(idx("ix")));
  EXPECT_TRUE(there(con("r", "fk")));
  EXPECT_EQ(model.find_as<Column>(col("t", "id"))->nextval, own("ids"));
}

TEST_F(SchemaReplay, DropsATableWithAllThatBelongsToIt) {
  EXPECT_EQ(outcome(model, drop(table_id("t"))),
            "2BP01 cannot drop table t because other objects depend on it");
  run(model, {create_view("v", {"t"}), create_view("w", {"v"}), drop(table_id("t"), true)});
  EXPECT_EQ(names({model.relation(own("r")).value()}), Names{"r"});
  EXPECT_EQ(model.objects().size(), 3U);  // r and its columns
}

TEST_F(SchemaReplay, OneDropOfTwoTablesMayTakeThemInAnyOrder) {
  RevisionStatement statement;
  statement.effects = {drop(table_id("t")), drop(table_id("r"))};
  EXPECT_FALSE(apply(model, statement));
  EXPECT_TRUE(model.objects().empty());
}

TEST_F(SchemaReplay, ARefusedStatementChangesNothing) {
  RevisionStatement statement;
  statement.effects = {add_column("t", column("c")), rename(table_id("r"), "s"),
                       add_column("t", column("a"))};
  const auto refusal = apply(model, statement);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->message, "column \"a\" of relation \"t\" already exists");
  EXPECT_EQ(refusal->object, col("t", "a"));
  EXPECT_TRUE(there(table_id("r")));
  EXPECT_FALSE(there(col("t", "c")));
  EXPECT_TRUE(model.take_changes().empty());
}

TEST_F(SchemaReplay, AddsAKeyOfAnIndex) {
  CreateIndex index = create_index("u", "t", {"a"});
  index.index.unique = true;
  NamedConstraint key = unique({}, "t_a_key");
  key.using_index = "u";
  run(model, {index, add("t", key)});
  EXPECT_FALSE(there(idx("u")));
  EXPECT_EQ(std::get<Key>(constraint("t", "t_a_key").what).columns, Names{"a"});
  run(model, {DropConstraint{{own("t")}, "t_a_key", false, false}});
  EXPECT_FALSE(model.relation(own("t_a_key")));
}

TEST_F(SchemaReplay, Enums) {
  run(model,
      {CreateEnum{own("mood"), {"sad", "happy"}}, AddEnumValue{own("mood"), "so-so", false, "happy", true},
       AddEnumValue{own("mood"), "glad", false, "happy", false},
       AddEnumValue{own("mood"), "sad", true, "", false}, AddEnumValue{own("mood"), "last", false, "", false},
       RenameEnumValue{own("mood"), "sad", "down"}});
  EXPECT_EQ(model.find_as<Enum>(enum_id("mood"))->labels, (Names{"down", "so-so", "happy", "glad", "last"}));
  NewColumn typed = column("m", {own("mood"), {}, false, "mood"});
  typed.column.default_value = expr("'down'::mood");
  run(model, {add_column("t", typed), rename(enum_id("mood"), "temper")});
  EXPECT_EQ(model.find_as<Column>(col("t", "m"))->type.name, own("temper"));
  EXPECT_EQ(model.find_as<Column>(col("t", "m"))->default_value.text, "'down'::temper");
  EXPECT_EQ(outcome(model, drop(enum_id("temper"))),
            "2BP01 cannot drop type temper because other objects depend on it");
  run(model, {drop(enum_id("temper"), true)});
  EXPECT_FALSE(there(col("t", "m")));
}

TEST_F(SchemaReplay, Domains) {
  CreateDomain domain{own("positive"), {}};
  domain.domain.type = int4();
  domain.domain.checks = {{"", expr("value > 0")}, {"q", expr("value > 1")}, {"", expr("value > 2")}};
  using Change = AlterDomain::Change;
  run(model, {domain, AlterDomain{own("positive"), Change::kAddCheck, expr("value > 4"), "", false},
              AlterDomain{own("positive"), Change::kDropConstraint, {}, "q", false},
              AlterDomain{own("positive"), Change::kDropConstraint, {}, "none", true},
              AlterDomain{own("positive"), Change::kSetNotNull, {}, "", false},
              AlterDomain{own("positive"), Change::kSetDefault, expr("7"), "", false}});
  const auto *made = model.find_as<Domain>(id_of(ObjectKind::kDomain, own("positive")));
  ASSERT_EQ(made->checks.size(), 3U);
  EXPECT_EQ(made->checks[0].first, "positive_check");
  EXPECT_EQ(made->checks[1].first, "positive_check1");
  EXPECT_EQ(made->checks[2].first, "positive_check2");
  EXPECT_TRUE(made->not_null);
  EXPECT_EQ(made->default_value.text, "7");
}

TEST_F(SchemaReplay, SequencesFollowTheirOptions) {
  SequenceOptions small;
  small.type = "int2";
  SequenceOptions down;
  down.increment = -1;
  run(model,
      {CreateSequence{own("s1"), false, {}, {}, {}}, AlterSequence{own("s1"), false, small, false, {}, {}},
       CreateSequence{own("s2"), false, down, {}, {}},
       AlterSequence{own("s2"), false, small, true, own("t"), "a"}});
  EXPECT_EQ(model.find_as<Sequence>(seq("s1"))->options.maximum, 32767);
  const auto &s2 = *model.find_as<Sequence>(seq("s2"));
  EXPECT_EQ(s2.options.minimum, -32768);
  EXPECT_EQ(s2.options.maximum, -1);
  EXPECT_EQ(s2.options.start, -1);
  run(model, {drop(table_id("r")), drop(table_id("t"))});
  EXPECT_FALSE(there(seq("s2")));
}

TEST_F(SchemaReplay, DroppedSequenceTakesTheDefault) {
  EXPECT_EQ(outcome(model, drop(seq("t_id_seq"))),
            "2BP01 cannot drop sequence t_id_seq because other objects depend on it");
  run(model, {drop(seq("t_id_seq"), true)});
  EXPECT_FALSE(model.find_as<Column>(col("t", "id"))->nextval);
}

TEST_F(SchemaReplay, ColumnsChange) {
  SetIdentity identity;
  identity.table.name = own("t");
  identity.column = "a";
  identity.identity = Identity::kByDefault;
  run(model, {SetNotNull{{own("t")}, "a", true}, identity, SetDefault{{own("t")}, "b", expr("3"), {}},
              AlterColumnType{{own("t")}, "b", builtin("int8", "bigint"), {}, ""}});
  const auto &a = *model.find_as<Column>(col("t", "a"));
  EXPECT_EQ(a.identity, Identity::kByDefault);
  EXPECT_EQ(a.identity_options.maximum, 2147483647);
  const auto &b = *model.find_as<Column>(col("t", "b"));
  EXPECT_EQ(b.type.name.name, "int8");
  EXPECT_EQ(b.default_value.normal, "(3)");  // as it was stored for the old type
  EXPECT_EQ(std::get<Check>(constraint("t", "a_above_b").what).expression.normal, "");
  identity.change = SetIdentity::Change::kDrop;
  run(model, {identity, SetNotNull{{own("t")}, "a", false}, SetDefault{{own("t")}, "b", {}, {}}});
  EXPECT_EQ(model.find_as<Column>(col("t", "a"))->identity, Identity::kNone);
  EXPECT_TRUE(model.find_as<Column>(col("t", "b"))->default_value.empty());
}

TEST_F(SchemaReplay, PartitionsGetWhatTheirParentHas) {
  CreateTable parent = create_table("p", {column("a"), column("b", int4(), {check(expr("b>1", {"b"}))})},
                                    {unique({"a"}), primary({"a"})});
  parent.table.partition_by = "RANGE (a)";
  CreateTable part = create_table("p1", {});
  part.table.parents = {own("p")};
  part.table.partition_bound = "FOR VALUES FROM (1) TO (2)";
  run(model, {parent, create_index("", "p", {"b"}), part, create_index("", "p", {"b", "a"}),
              add("p", references({"a"}, "t"))});
  EXPECT_EQ(names(model.columns_of(own("p1"))), (Names{"a", "b"}));
  EXPECT_EQ(names(model.indexes_of(own("p1"))), (Names{"p1_b_a_idx", "p1_b_idx"}));
  EXPECT_EQ(names(model.constraints_of(own("p1"))), (Names{"p1_pkey", "p_a_fkey", "p_b_check"}));
  EXPECT_EQ(outcome(model, DropColumn{{own("p")}, "a", false, false}),
            "42P16 cannot drop column \"a\" because it is part of the partition key of relation \"p\"");
  EXPECT_EQ(outcome(model, DropColumn{{own("p1")}, "b", false, false}),
            "42P16 cannot drop inherited column \"b\"");
  run(model, {rename(col("p", "a"), "c")});
  EXPECT_EQ(model.find_as<Table>(table_id("p"))->partition_by, "RANGE (c)");
  EXPECT_TRUE(there(col("p1", "c")));
  run(model, {drop(table_id("p"))});
  EXPECT_FALSE(there(table_id("p1")));
}

TEST_F(SchemaReplay, ChildrenFollowTheirParent) {
  CreateTable child = create_table("ch", {column("d")});
  child.table.parents = {own("pp")};
  run(model, {create_table("pp", {column("a"), column("b", int4(), {check(expr("b > 2", {"b"}))})}), child,
              add_column("pp", column("e")), add("pp", check(expr("a > 1", {"a"}))),
              rename(col("pp", "a"), "aa"), SetNotNull{{own("pp")}, "b", true}});
  EXPECT_EQ(names(model.columns_of(own("ch"))), (Names{"aa", "b", "d", "e"}));
  EXPECT_EQ(names(model.constraints_of(own("ch"))), (Names{"pp_a_check", "pp_b_check"}));
  EXPECT_TRUE(model.find_as<Column>(col("ch", "b"))->not_null);
  EXPECT_EQ(outcome(model, drop(table_id("pp"))),
            "2BP01 cannot drop table pp because other objects depend on it");
}

TEST_F(SchemaReplay, FunctionsAndTriggers) {
  const ObjectId trigger{ObjectKind::kTrigger, "", "t", "touch"};
  const ObjectId function = id_of(ObjectKind::kFunction, own("f"));
  run(model,
      {CreateFunction{own("f"), {"create function f() ..."}, false},
       CreateTrigger{
           own("t"), "touch", {"create trigger touch before update on t execute function f()"}, false}});
  EXPECT_EQ(outcome(model, drop(function)),
            "2BP01 cannot drop function f() because other objects depend on it");
  run(model, {rename(trigger, "touched"), CreateFunction{own("f"), {"other"}, true}});
  EXPECT_EQ(names(model.triggers_of(own("t"))), Names{"touched"});
  run(model, {drop(function, true)});
  EXPECT_TRUE(model.triggers_of(own("t")).empty());
}

TEST_F(SchemaReplay, SchemasHoldWhatIsMovedIntoThem) {
  run(model,
      {CreateSchema{"old", false}, CreateSchema{"old", true}, SetSchema{table_id("t"), "old", false, false}});
  const QualifiedName moved{"old", "t"};
  EXPECT_EQ(names(model.columns_of(moved)), (Names{"id", "a", "b"}));
  EXPECT_EQ(names(model.indexes_of(moved)), Names{"t_a_b"});
  EXPECT_EQ(model.find_as<Column>(column_id(moved, "id"))->nextval, (QualifiedName{"old", "t_id_seq"}));
  EXPECT_EQ(std::get<ForeignKey>(constraint("r", "r_t_id_fkey").what).references, moved);
  const ObjectId schema{ObjectKind::kSchema, "", "", "old"};
  EXPECT_EQ(outcome(model, drop(schema)), "2BP01 cannot drop schema old because other objects depend on it");
  run(model, {rename(schema, "older"), drop({ObjectKind::kSchema, "", "", "older"}, true)});
  EXPECT_FALSE(there(con("r", "r_t_id_fkey")));
  EXPECT_FALSE(model.relation({"older", "t"}));
}

TEST_F(SchemaReplay, CommentsStandWithTheirObject) {
  run(model, {SetComment{col("t", "a"), "the first"}, SetComment{con("t", "t_pkey"), "the key"},
              SetComment{table_id("t"), "a table"}, rename(table_id("t"), "things"),
              rename(col("things", "a"), "z")});
  EXPECT_EQ(model.find(col("things", "z"))->comment, "the first");
  EXPECT_EQ(model.find(con("things", "t_pkey"))->comment, "the key");
  EXPECT_EQ(model.find(table_id("things"))->comment, "a table");
}

TEST_F(SchemaReplay, OtherSchemasAreNotJudged) {
  const QualifiedName elsewhere{"other", "t"};
  run(model, {AddColumn{{elsewhere}, false, column("a")}, drop(id_of(ObjectKind::kTable, elsewhere)),
              rename(id_of(ObjectKind::kTable, elsewhere), "x"),
              add_column("t", column("c", {own("unknown"), {}, false, {}}))});
  NamedConstraint key = references({"a"}, "t", {"id"});
  std::get<ForeignKey>(key.constraint.what).references = elsewhere;
  run(model, {add("t", key)});
}

TEST_F(SchemaReplay, RefusesAsTheServerDoes) {
  run(model, {CreateEnum{own("en"), {"a", "b"}}, create_view("v", {"t"}),
              add_column("t", column("s", builtin("varchar")))});
  run(model, {SetDefault{{own("t")}, "s", expr("'x'"), {}}, CreateFunction{own("f"), {}, false},
              CreateTrigger{own("t"), "tr", {}, false}, CreateExtension{"citext", false}});
  const std::vector<std::pair<Effect, std::string>> cases = {
      {create_table("t", {}), "42P07 relation \"t\" already exists"},
      {create_table("en", {}), "42710 type \"en\" already exists"},
      {CreateEnum{own("en"), {"a"}}, "42710 type \"en\" already exists"},
      {CreateEnum{own("t"), {"a"}}, "42710 type \"t\" already exists"},
      {create_view("t", {}), "42P07 relation \"t\" already exists"},
      {CreateSequence{own("t"), false, {}, {}, {}}, "42P07 relation \"t\" already exists"},
      {create_index("t_pkey", "t", {"a"}), "42P07 relation \"t_pkey\" already exists"},
      {create_index("", "t", {"zz"}), "42703 column \"zz\" does not exist"},
      {create_index("", "nope", {"a"}), "42P01 relation \"nope\" does not exist"},
      {create_table("n", {column("a"), column("a")}), "42701 column \"a\" specified more than once"},
      {create_table("n", {column("a", int4(), {primary({"a"})}), column("b", int4(), {primary({"b"})})}),
       "42P16 multiple primary keys for table \"n\" are not allowed"},
      {create_table("n", {column("a")}, {unique({"zz"})}), "42703 column \"zz\" named in key does not exist"},
      {create_table("n", {column("a")}, {references({"a"}, "n")}),
       "42704 there is no primary key for referenced table \"n\""},
      {create_table("n", {column("a")}, {check(expr("a>1", {"a"}), "x"), check(expr("a>2", {"a"}), "x")}),
       "42710 check constraint \"x\" already exists"},
      {create_table("n", {column("a", int4(), {references({"a"}, "nope")})}),
       "42P01 relation \"nope\" does not exist"},
      {add_column("nope", column("a")), "42P01 relation \"nope\" does not exist"},
      {add_column("v", column("a")), "42809 ALTER action ADD COLUMN cannot be performed on relation \"v\""},
      {DropColumn{{own("t")}, "zz", false, false}, "42703 column \"zz\" of relation \"t\" does not exist"},
      {SetNotNull{{own("t")}, "id", false}, "42P16 column \"id\" is in a primary key"},
      {SetIdentity{{own("t")}, "a", SetIdentity::Change::kAdd, false, Identity::kAlways, {}},
       "55000 column \"a\" of relation \"t\" must be declared NOT NULL before identity can be added"},
      {SetIdentity{{own("t")}, "id", SetIdentity::Change::kAdd, false, Identity::kAlways, {}},
       "55000 column \"id\" of relation \"t\" already has a default value"},
      {SetIdentity{{own("t")}, "a", SetIdentity::Change::kDrop, false, Identity::kNone, {}},
       "55000 column \"a\" of relation \"t\" is not an identity column"},
      {DropGenerated{{own("t")}, "a", false},
       "55000 column \"a\" of relation \"t\" is not a stored generated column"},
      {AlterColumnType{{own("t")}, "s", int4(), {}, ""},
       "42804 column \"s\" cannot be cast automatically to type integer"},
      {AlterColumnType{{own("t")}, "s", {own("en"), {}, false, "en"}, {}, "s::en"},
       "42804 default for column \"s\" cannot be cast automatically to type en"},
      {rename(col("t", "zz"), "y"), "42703 column \"zz\" does not exist"},
      {rename(col("t", "a"), "b"), "42701 column \"b\" of relation \"t\" already exists"},
      {rename(table_id("t"), "en"), "42710 type \"en\" already exists"},
      {rename(table_id("t"), "t_pkey"), "42P07 relation \"t_pkey\" already exists"},
      {rename(con("t", "zz"), "x"), "42704 constraint \"zz\" for table \"t\" does not exist"},
      {rename(con("t", "a_above_b"), "t_pkey"),
       "42710 constraint \"t_pkey\" for relation \"t\" already exists"},
      {rename(enum_id("nope"), "x"), "42704 type \"nope\" does not exist"},
      {rename(view_id("t"), "x"), "42809 \"t\" is not a view"},
      {add("t", check(expr("a > 0", {"a"}), "a_above_b")),
       "42710 constraint \"a_above_b\" for relation \"t\" already exists"},
      {add("t", unique({"a"}, "r")), "42P07 relation \"r\" already exists"},
      {add("t", primary({"a"})), "42P16 multiple primary keys for table \"t\" are not allowed"},
      {add("t", unique({"a", "a"})), "42701 column \"a\" appears twice in unique constraint"},
      {add("t", references({"zz"}, "t")),
       "42703 column \"zz\" referenced in foreign key constraint does not exist"},
      {add("t", references({"a"}, "t", {"b"})),
       "42830 there is no unique constraint matching given keys for referenced table \"t\""},
      {add("t", references({"a", "b"}, "t")),
       "42830 number of referencing and referenced columns for foreign key disagree"},
      {add("t", references({"a"}, "v")), "42809 referenced relation \"v\" is not a table"},
      {add("t", check(expr("zz > 1", {"zz"}))), "42703 column \"zz\" does not exist"},
      {DropConstraint{{own("t")}, "zz", false, false},
       "42704 constraint \"zz\" of relation \"t\" does not exist"},
      {DropConstraint{{own("t")}, "t_pkey", false, false},
       "2BP01 cannot drop constraint t_pkey on table t because other objects depend on it"},
      {ValidateConstraint{{own("t")}, "t_pkey"},
       "42809 constraint \"t_pkey\" of relation \"t\" is not a foreign key or check constraint"},
      {AlterConstraint{{own("t")}, "a_above_b", {}},
       "42809 constraint \"a_above_b\" of relation \"t\" is not a foreign key constraint"},
      {drop(table_id("nope")), "42P01 table \"nope\" does not exist"},
      {drop(idx("nope")), "42704 index \"nope\" does not exist"},
      {drop(idx("t_pkey")),
       "2BP01 cannot drop index t_pkey because constraint t_pkey on table t requires it"},
      {drop(idx("t")), "42809 \"t\" is not an index"},
      {drop(view_id("t")), "42809 \"t\" is not a view"},
      {drop(enum_id("nope")), "42704 type \"nope\" does not exist"},
      {drop(enum_id("t")), "2BP01 cannot drop type t because table t requires it"},
      {drop({ObjectKind::kTrigger, "", "t", "x"}), "42704 trigger \"x\" for table \"t\" does not exist"},
      {AddEnumValue{own("en"), "a", false, "", false}, "42710 enum label \"a\" already exists"},
      {AddEnumValue{own("en"), "x", false, "zz", false}, "22023 \"zz\" is not an existing enum label"},
      {RenameEnumValue{own("en"), "a", "b"}, "42710 enum label \"b\" already exists"},
      {CreateFunction{own("f"), {}, false}, "42723 function \"f\" already exists with same argument types"},
      {CreateTrigger{own("t"), "tr", {}, false}, "42710 trigger \"tr\" for relation \"t\" already exists"},
      {CreateExtension{"citext", false}, "42710 extension \"citext\" already exists"},
      {SetComment{col("t", "zz"), "x"}, "42703 column \"zz\" of relation \"t\" does not exist"},
      {AlterTable{{own("t")}, AlterTable::Change::kDropParent, own("r"), ""},
       "42P01 relation \"r\" is not a parent of relation \"t\""},
  };
  model.take_changes();
  for (const auto &[effect, expected] : cases) EXPECT_EQ(outcome(model, effect), expected);
  EXPECT_TRUE(model.take_changes().empty());
}

TEST(Opaque, MakesWhatItAltersUncertain) {
  SchemaModel model;
  run(model, {create_table("a", {column("id")}), create_view("v", {"a"})});
  run(model, {Opaque{"a DO block"}});
  EXPECT_TRUE(model.find(view_id("v"))->certain);
  run(model, {Opaque{"a command of ALTER VIEW is not modelled", view_id("v")}});
  EXPECT_FALSE(model.find(view_id("v"))->certain);
  run(model, {Opaque{"a command of ALTER VIEW is not modelled", view_id("not_there")}});
}

}  // namespace

}  // namespace migfix::core::test
