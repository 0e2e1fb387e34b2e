// The expected names are those that PostgreSQL 15 gave to the statements that stand with them.
#include "core/default_name.hpp"

#include "core/expression_names.hpp"
#include "unit/schema_builder.hpp"

namespace migfix::core::test {

namespace {

using Names = std::vector<std::string>;

const std::string kLong = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk";  // 63 bytes
const std::string kAccents = "ééééééééééééééééééééééééééééééé";                               // 62 bytes

Index index_on(const std::string &table, const std::vector<std::string> &expressions, Names include = {}) {
  Index index;
  index.table = own(table);
  index.include = std::move(include);
  for (const std::string &text : expressions) index.elements.emplace_back().expression.text = text;
  return index;
}

TEST(DefaultName, CutsTheLongerPartAtACharacter) {
  EXPECT_EQ(object_name(kLong, "", "pkey"),
            "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdef_pkey");
  EXPECT_EQ(object_name(kLong, "b", "check"),
            "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabc_b_check");
  EXPECT_EQ(object_name(kLong, kLong, "seq"),
            "abcdefghijklmnopqrstuvwxyzabc_abcdefghijklmnopqrstuvwxyzabc_seq");
  EXPECT_EQ(object_name(kLong, kAccents, "key"), "abcdefghijklmnopqrstuvwxyzabc_éééééééééééééé_key");
  EXPECT_EQ(object_name("tàéèùç_table_with_a_longer_näme_than_fits", "colonne_ééééééééééééééééé", "check"),
            "tàéèùç_table_with_a_lon_colonne_éééééééééé_check");
}

// create index on t ((a+b), lower(e), a) include (b), and others
TEST(DefaultName, NamesAnIndexByItsColumns) {
  const SchemaModel model;
  Index index = index_on("t", {"a+b", "lower(e)"}, {"b"});
  index.elements.emplace_back().column = "a";
  EXPECT_EQ(default_index_name(model, index), "t_expr_lower_a_b_idx");
  EXPECT_EQ(default_index_name(model, index_on("t", {"a::text", "case when a>0 then 1 end", "coalesce(a,b)",
                                                     "e collate \"C\"", "cast(b as varchar)"})),
            "t_a_case_coalesce_e_b_idx");
  EXPECT_EQ(default_index_name(model, index_on("t", {"a+b", "b+a", "lower(e)", "lower(e)"})),
            "t_expr_expr1_lower_lower1_idx");
}

TEST(DefaultName, FindsAnExpressionsNameAsTheServerDoes) {
  EXPECT_EQ(figured_name("(lower((t.e)::text))"), "lower");
  EXPECT_EQ(figured_name("pg_catalog.UPPER(e)"), "upper");
  EXPECT_EQ(figured_name("(e||'x')::int"), "int4");
  EXPECT_EQ(figured_name("(a+b)::double precision"), "float8");
  EXPECT_EQ(figured_name("e::varchar::text"), "e");
  EXPECT_EQ(figured_name("trim(e)"), "btrim");
  EXPECT_EQ(figured_name("(data ->> 'k')"), "");
  EXPECT_EQ(figured_name("\"T\".\"Mixed\""), "Mixed");
  EXPECT_EQ(figured_name("at at time zone 'utc'"), "timezone");
  EXPECT_EQ(figured_name("case when a then 1 else lower(b) end"), "lower");
  EXPECT_EQ(figured_name("list[1]"), "list");
  EXPECT_EQ(figured_name("(point).x"), "x");
  EXPECT_EQ(figured_name("not a"), "");
}

// create table t (id serial primary key, a int unique, b int check (b>0), c int check (b>c), d int references
// t,
//   e int check (1=1), f int unique check (f > 1) references t(id), constraint nm check (a>1), check (a>b),
//   check (a > 5), unique (a,b), foreign key (a,b) references t(a,b))
TEST(DefaultName, NamesWhatATableIsMadeWith) {
  SchemaModel model;
  NewColumn id = serial("id");
  id.constraints = {primary({"id"})};
  run(model,
      {create_table(
          "t",
          {id, column("a", int4(), {unique({"a"})}), column("b", int4(), {check(expr("b>0", {"b"}))}),
           column("c", int4(), {check(expr("b>c", {"b", "c"}))}),
           column("d", int4(), {references({"d"}, "t")}), column("e", int4(), {check(expr("1=1"))}),
           column("f", int4(), {unique({"f"}), check(expr("f > 1", {"f"})), references({"f"}, "t", {"id"})})},
          {check(expr("a>1", {"a"}), "nm"), check(expr("a>b", {"a", "b"})), check(expr("a > 5", {"a"})),
           unique({"a", "b"}), references({"a", "b"}, "t", {"a", "b"})})});
  EXPECT_EQ(names(model.constraints_of(own("t"))),
            (Names{"nm", "t_a_b_fkey", "t_a_b_key", "t_a_check", "t_a_key", "t_b_check", "t_check",
                   "t_check1", "t_check2", "t_d_fkey", "t_f_check", "t_f_fkey", "t_f_key", "t_pkey"}));
  const auto expression = [&](const char *name) {
    return std::get<Check>(model.find_as<Constraint>(con("t", name))->what).expression.text;
  };
  EXPECT_EQ(expression("t_check"), "b>c");
  EXPECT_EQ(expression("t_check1"), "1=1");
  EXPECT_EQ(expression("t_check2"), "a>b");
  EXPECT_NE(model.find(seq("t_id_seq")), nullptr);
  EXPECT_TRUE(model.find_as<Column>(col("t", "id"))->not_null);
}

// create table a_b (c int check (c>0)); create table a (b_c int check (b_c > 0));
// create table a2 (b_c int unique); alter table u add constraint a2_b_c_key1 check (x>1);
// create table a2_b (c int unique);
TEST(DefaultName, PassesOverNamesThatAreTakenInTheSchema) {
  SchemaModel model;
  run(model, {create_table("a_b", {column("c", int4(), {check(expr("c>0", {"c"}))})}),
              create_table("a", {column("b_c", int4(), {check(expr("b_c > 0", {"b_c"}))})}),
              create_table("a2", {column("b_c", int4(), {unique({"b_c"})})}),
              create_table("u", {column("x")}), add("u", check(expr("x>1", {"x"}), "a2_b_c_key1")),
              create_table("a2_b", {column("c", int4(), {unique({"c"})})})});
  EXPECT_EQ(names(model.constraints_of(own("a"))), Names{"a_b_c_check1"});
  EXPECT_EQ(names(model.constraints_of(own("a2_b"))), Names{"a2_b_c_key2"});
}

// create table w (x int unique, unique (x), constraint wu unique (x), y int unique, unique (y) deferrable)
TEST(DefaultName, MakesOneOfKeysThatAreAlike) {
  SchemaModel model;
  NamedConstraint deferrable = unique({"y"});
  std::get<Key>(deferrable.constraint.what).deferral.deferrable = true;
  run(model, {create_table("w", {column("x", int4(), {unique({"x"})}), column("y", int4(), {unique({"y"})})},
                           {unique({"x"}), unique({"x"}, "wu"), deferrable})});
  EXPECT_EQ(names(model.constraints_of(own("w"))), (Names{"w_y_key", "w_y_key1", "wu"}));
}

// create table w5 (x serial, y int generated always as identity); create sequence w5_x_seq1;
// alter table w5 rename to w6; create table w5 (x serial, y smallserial);
TEST(DefaultName, PassesOverSequencesOfSerialAndIdentityColumns) {
  SchemaModel model;
  NewColumn identity = column("y");
  identity.column.identity = Identity::kAlways;
  NewColumn small = serial("y");
  small.column.type = builtin("int2", "smallint");
  run(model,
      {create_table("w5", {serial("x"), identity}), CreateSequence{own("w5_x_seq1"), false, {}, {}, {}},
       rename(table_id("w5"), "w6"), create_table("w5", {serial("x"), small})});
  EXPECT_NE(model.find(seq("w5_x_seq2")), nullptr);
  const auto *sequence = model.find_as<Sequence>(seq("w5_y_seq1"));
  ASSERT_NE(sequence, nullptr);
  EXPECT_EQ(sequence->options.type, "int2");
  EXPECT_EQ(sequence->options.maximum, 32767);
  EXPECT_EQ(sequence->options.cache, 1);
}

// create table u (x int, y int, unique (x) include (y), exclude using btree (x with =, (y+1) with =))
TEST(DefaultName, NamesIncludedColumnsAndExclusions) {
  SchemaModel model;
  NamedConstraint key = unique({"x"});
  std::get<Key>(key.constraint.what).include = {"y"};
  Exclusion exclusion;
  exclusion.elements.emplace_back().column = "x";
  exclusion.elements.emplace_back().expression = expr("y+1", {"y"});
  run(model, {create_table("u", {column("x"), column("y")}, {key, {"", Constraint{exclusion}, ""}})});
  EXPECT_EQ(names(model.constraints_of(own("u"))), (Names{"u_x_expr_excl", "u_x_y_key"}));
}

}  // namespace

}  // namespace migfix::core::test
