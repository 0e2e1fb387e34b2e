#include "core/definition_fields.hpp"

#include <gtest/gtest.h>

#include "core/definition_line.hpp"
#include "core/expression_text.hpp"
#include "unit/definition_samples.hpp"

namespace migfix::core {
namespace {

using namespace samples;

Field field(const Object &object, const std::string &name) {
  for (Field &each : fields_of(object)) {
    if (each.name == name) return each;
  }
  ADD_FAILURE() << "no field " << name;
  return {};
}

TEST(ExpressionText, Parentheses) {
  EXPECT_EQ(bare_expression(" ((a > 0)) ;"), "a > 0");
  EXPECT_EQ(bare_expression("(a) OR (b)"), "(a) OR (b)");
  EXPECT_EQ(bare_expression("(')')"), "')'");
  EXPECT_EQ(in_parentheses("a > 0 -- why"), "(a > 0 -- why\n)");
  EXPECT_EQ(as_default("now()"), "now()");
  EXPECT_EQ(as_default("'a or b'::character varying"), "'a or b'::character varying");
  EXPECT_EQ(as_default("now() AT TIME ZONE 'utc'"), "(now() AT TIME ZONE 'utc')");
  EXPECT_EQ(as_default("coalesce(NULL, 1 IN (1))"), "coalesce(NULL, 1 IN (1))");
  EXPECT_EQ(as_element("lower(a)"), "lower(a)");
  EXPECT_EQ(as_element("lower(a) || lower(b)"), "(lower(a) || lower(b))");
  EXPECT_EQ(as_element("a::text"), "(a::text)");
}

TEST(ExpressionText, LooseForm) {
  EXPECT_EQ(loose_form("( A  >\n0 )"), loose_form("a>0"));
  EXPECT_NE(loose_form("'A'"), loose_form("'a'"));
  EXPECT_NE(loose_form("'a b'"), loose_form("'ab'"));
  EXPECT_NE(loose_form("is not"), loose_form("isnot"));
  EXPECT_NE(loose_form("\"A\""), loose_form("a"));
  EXPECT_EQ(loose_form("E'\\'' || B"), loose_form("e'\\''||b"));
}

TEST(ExpressionText, NullIsNoDefault) {
  EXPECT_TRUE(is_null_constant(expression("NULL")));
  EXPECT_TRUE(is_null_constant(expression("NULL::character varying(3)")));
  EXPECT_FALSE(is_null_constant(expression("nullif(1, 1)")));
  EXPECT_FALSE(is_null_constant(expression("'null'")));
}

TEST(FieldsOf, ColumnInWords) {
  const Object one = object(column(built_in("varchar", "(64)")));
  EXPECT_EQ(field(one, "type").shown, "varchar(64)");
  EXPECT_EQ(field(one, "not null").shown, "nullable");
  EXPECT_EQ(field(one, "default").shown, "no default");
  EXPECT_EQ(field(one, "comment").shown, "no comment");
  Column other = with_default(column(built_in("text"), true), expression("'x'", "'x'::text"));
  other.collation = {"pg_catalog", "C"};
  const Object second = object(other, "what's that");
  EXPECT_EQ(field(second, "not null").shown, "NOT NULL");
  EXPECT_EQ(field(second, "default").shown, "DEFAULT 'x'::text");
  EXPECT_EQ(field(second, "default").compared, "'x'::text");
  EXPECT_EQ(field(second, "comment").shown, "comment 'what''s that'");
}

TEST(FieldsOf, LeavesOut) {
  Column a = column(built_in("text"));
  Column b = a;
  b.position = 7;
  const auto same = [](const Object &one, const Object &two) {
    const std::vector<Field> left = fields_of(one);
    const std::vector<Field> right = fields_of(two);
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (left[i].compared != right[i].compared) return false;
    }
    return true;
  };
  EXPECT_TRUE(same(object(a), object(b)));
  Index built = index("t", {element("a")});
  Index concurrent = built;
  concurrent.concurrently = true;
  EXPECT_TRUE(same(object(built), object(concurrent)));
  Index broken = built;
  broken.valid = false;
  EXPECT_FALSE(same(object(built), object(broken)));
  EXPECT_TRUE(same(object(Enum{{"a"}, true}), object(Enum{{"a"}, false})));
  EXPECT_TRUE(same(object(Function{"x"}), object(Function{})));
  EXPECT_TRUE(same(object(SchemaDefinition{}, "standard public schema"), object(SchemaDefinition{})));
  EXPECT_FALSE(same(object(SchemaDefinition{}, "ours"), object(SchemaDefinition{})));
  View uncertain = view("SELECT 1");
  uncertain.certain = false;
  EXPECT_EQ(fields_of(object(uncertain)).size(), 2U);
}

TEST(FieldsOf, SequenceOptionsAreResolved) {
  Sequence written;
  Sequence kept;
  kept.options = {"int8", 1, 1, 1, 9223372036854775807, 1, false};
  EXPECT_EQ(field(object(written), "options").compared, field(object(kept), "options").compared);
  kept.options.increment = 2;
  EXPECT_NE(field(object(written), "options").compared, field(object(kept), "options").compared);
  EXPECT_EQ(field(object(kept), "options").shown, "INCREMENT BY 2");
}

TEST(FieldsOf, DefaultOperatorClassIsNone) {
  Index plain = index("t", {element("a")});
  Index written = plain;
  written.elements[0].operator_class = {"", "text_ops"};
  EXPECT_EQ(field(object(plain), "columns").compared, field(object(written), "columns").compared);
  Index pattern = plain;
  pattern.elements[0].operator_class = {"pg_catalog", "text_pattern_ops"};
  EXPECT_NE(field(object(plain), "columns").compared, field(object(pattern), "columns").compared);
  Index unqualified = pattern;
  unqualified.elements[0].operator_class.schema.clear();
  EXPECT_EQ(field(object(pattern), "columns").compared, field(object(unqualified), "columns").compared);
}

TEST(DefinitionLine, OfEveryKind) {
  Column made =
      with_default(column(built_in("varchar", "(64)"), true), expression("'x'", "'x'::character varying"));
  EXPECT_EQ(definition_line(object(made)), "varchar(64) NOT NULL DEFAULT 'x'::character varying");
  Column serial = column(built_in("int4"), true);
  serial.nextval = QualifiedName{"", "t_id_seq"};
  EXPECT_EQ(definition_line(object(serial)), "integer NOT NULL DEFAULT nextval('t_id_seq'::regclass)");
  Column numbered = column(built_in("int4"), true);
  numbered.identity = Identity::kByDefault;
  numbered.identity_options.start = 10;
  EXPECT_EQ(definition_line(object(numbered)),
            "integer NOT NULL GENERATED BY DEFAULT AS IDENTITY (START WITH 10)");
  Column computed = column(built_in("int4"));
  computed.generated = expression("a * 2", "(a * 2)");
  EXPECT_EQ(definition_line(object(computed)), "integer GENERATED ALWAYS AS (a * 2) STORED");
  EXPECT_EQ(definition_line(object(Constraint{key(true, {"id"})})), "PRIMARY KEY (id)");
  ForeignKey reference = foreign_key({"a"}, {"", "u"}, {"id"});
  reference.on_delete = 'c';
  reference.deferral = {true, true};
  reference.valid = false;
  EXPECT_EQ(definition_line(object(Constraint{reference})),
            "FOREIGN KEY (a) REFERENCES u (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED NOT VALID");
  EXPECT_EQ(definition_line(object(Constraint{check(expression("a > 0", "(a > 0)"))})), "CHECK (a > 0)");
  Exclusion exclusion;
  exclusion.method = "gist";
  exclusion.elements = {element("room"), element("span")};
  exclusion.operators = {"=", "&&"};
  EXPECT_EQ(definition_line(object(Constraint{exclusion})), "EXCLUDE USING gist (room WITH =, span WITH &&)");
  Index unique = index("t", {element("a"), element(expression("lower(b)"))});
  unique.elements[0].descending = unique.elements[0].nulls_first = true;
  unique.elements[1].nulls_first = true;
  unique.unique = true;
  unique.predicate = expression("c > 0", "(c > 0)");
  EXPECT_EQ(definition_line(object(unique)),
            "UNIQUE on t btree (a DESC, lower(b) NULLS FIRST) WHERE (c > 0)");
  EXPECT_EQ(definition_line(object(Enum{{"a", "it's"}, true})), "'a', 'it''s'");
  Domain domain;
  domain.type = built_in("text");
  domain.not_null = true;
  domain.checks = {{"d_check", expression("VALUE <> ''", "(VALUE <> ''::text)")}};
  EXPECT_EQ(definition_line(object(domain)), "text NOT NULL CONSTRAINT d_check CHECK (VALUE <> ''::text)");
  EXPECT_EQ(definition_line(object(Composite{{{"a", built_in("int4")}, {"b", built_in("text")}}})),
            "(a integer, b text)");
  Sequence owned;
  owned.owner = {"", "t"};
  owned.owner_column = "id";
  EXPECT_EQ(definition_line(object(owned)), "OWNED BY t.id");
  EXPECT_EQ(definition_line(object(view(" SELECT t.a\n   FROM t;", true))),
            "MATERIALIZED AS SELECT t.a FROM t");
  EXPECT_EQ(definition_line(object(Table{})), "");
  Table part;
  part.parents = {{"", "t"}};
  part.partition_bound = "DEFAULT";
  EXPECT_EQ(definition_line(object(part, "rest")), "PARTITION OF t DEFAULT COMMENT 'rest'");
}

}  // namespace
}  // namespace migfix::core
