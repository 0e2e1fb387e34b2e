#include "core/comparison.hpp"

#include <gtest/gtest.h>

#include "unit/definition_samples.hpp"

namespace migfix::core {
namespace {

using namespace samples;

const char *const kSame = "";

std::string said(const ObjectId &id, const Definition &expected, const Definition &real) {
  std::string all;
  for (const Difference &difference : compare({expected, {}}, {real, {}})) {
    all += (all.empty() ? "" : "; ") + std::string(difference.uncertain ? "? " : "") + words(id, difference);
  }
  return all;
}

const ObjectId kColumn{ObjectKind::kColumn, "", "t", "c"};
const ObjectId kConstraint{ObjectKind::kConstraint, "", "t", "k"};
const ObjectId kIndex{ObjectKind::kIndex, "", "", "i"};
const ObjectId kEnum{ObjectKind::kEnum, "", "", "kind"};

TEST(Compare, Columns) {
  EXPECT_EQ(said({ObjectKind::kColumn, "", "audio_files", "tag"}, column(built_in("varchar", "(64)")),
                 column(built_in("varchar", "(32)"))),
            "column audio_files.tag: varchar(64) expected, varchar(32) found");
  EXPECT_EQ(said(kColumn, column(built_in("text"), true), column(built_in("text"))),
            "column t.c: NOT NULL expected, nullable found");
  EXPECT_EQ(said(kColumn, column(own_type("kind")), column({{"other", "kind"}, {}, false, {}})),
            "column t.c: kind expected, other.kind found");
  EXPECT_EQ(said(kColumn, column(built_in("text")), column(built_in("text"))), kSame);
}

TEST(Compare, OfWhatIsNotCertainNoDifferenceIs) {
  const Object expected{column(built_in("text"), true), {}, false};
  const std::vector<Difference> found = compare(expected, {column(built_in("int4")), {}});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_TRUE(found[0].uncertain && found[1].uncertain);
}

TEST(Compare, DefaultsByTheirNormalForm) {
  const auto with = [](Expression value) { return with_default(column(built_in("text")), std::move(value)); };
  EXPECT_EQ(said(kColumn, with(expression("'x'", "'x'::text")), with(expression("", "'x'::text"))), kSame);
  EXPECT_EQ(said(kColumn, with(expression("'x'", "'x'::text")), with(expression("", "'y'::text"))),
            "column t.c: DEFAULT 'x'::text expected, DEFAULT 'y'::text found");
  EXPECT_EQ(said(kColumn, with(expression("'x'", "'x'::text")), column(built_in("text"))),
            "column t.c: DEFAULT 'x'::text expected, no default found");
  EXPECT_EQ(said(kColumn, with(expression("NULL", "NULL::text")), column(built_in("text"))), kSame);
}

TEST(Compare, WhatTheServerDoesNotKnowIsUncertain) {
  const auto with = [](Expression value) { return with_default(column(built_in("text")), std::move(value)); };
  EXPECT_EQ(said(kColumn, with(expression("( NOW() )", "")), with(expression("", "now()"))), kSame);
  EXPECT_EQ(said(kColumn, with(expression("soon()", "")), with(expression("", "now()"))),
            "? column t.c: DEFAULT soon() expected, DEFAULT now() found, which cannot be compared");
  EXPECT_FALSE(differs(compare({with(expression("soon()", "")), {}}, {with(expression("", "now()")), {}})));
  EXPECT_EQ(said(kColumn, with(expression("soon()", "")), column(built_in("text"))),
            "column t.c: DEFAULT soon() expected, no default found");
  const Index one = index("t", {element(expression("soon(a)", ""))});
  EXPECT_EQ(said(kIndex, one, index("t", {element(expression("", "soon(a)"))})), kSame);
  EXPECT_TRUE(compare({one, {}}, {index("t", {element(expression("", "f(a)"))}), {}}).front().uncertain);
}

TEST(Compare, SerialAndIdentity) {
  Column serial = column(built_in("int4"), true);
  serial.nextval = QualifiedName{"", "t_c_seq"};
  EXPECT_EQ(said(kColumn, serial, column(built_in("int4"), true)),
            "column t.c: DEFAULT nextval('t_c_seq'::regclass) expected, no default found");
  Column always = column(built_in("int4"), true);
  always.identity = Identity::kAlways;
  EXPECT_EQ(said(kColumn, always, column(built_in("int4"), true)),
            "column t.c: GENERATED ALWAYS AS IDENTITY expected, no identity found");
  Column kept = always;
  kept.identity_options = {"int4", 1, 1, 1, 2147483647, 1, false};
  EXPECT_EQ(said(kColumn, always, kept), kSame);
  kept.identity_options.cache = 5;
  EXPECT_EQ(said(kColumn, always, kept), "column t.c: default options expected, CACHE 5 found");
  Column computed = column(built_in("int4"));
  computed.generated = expression("a + 1", "(a + 1)");
  EXPECT_EQ(said(kColumn, column(built_in("int4")), computed),
            "column t.c: not generated expected, GENERATED ALWAYS AS (a + 1) found");
}

TEST(Compare, Labels) {
  const auto kind = [](std::vector<std::string> labels) { return Enum{std::move(labels), true}; };
  EXPECT_EQ(said(kEnum, kind({"a", "b"}), kind({"a"})), "enum kind: label \"b\" missing after \"a\"");
  EXPECT_EQ(said(kEnum, kind({"a", "b"}), kind({"b"})), "enum kind: label \"a\" missing before \"b\"");
  EXPECT_EQ(said(kEnum, kind({"a"}), kind({"a", "x"})), "enum kind: label \"x\" is one too many");
  EXPECT_EQ(said(kEnum, kind({"a", "b"}), kind({"b", "a"})),
            "enum kind: labels in the order 'a', 'b' expected, 'b', 'a' found");
  EXPECT_EQ(said(kEnum, kind({"a", "b"}), kind({"a", "b"})), kSame);
  EXPECT_EQ(said(kEnum, kind({"a, b"}), kind({"a", "b"})),
            "enum kind: label \"a, b\" missing; enum kind: label \"a\" is one too many; "
            "enum kind: label \"b\" is one too many");
}

TEST(Compare, Constraints) {
  const auto of = [](auto kind) { return Constraint{std::move(kind)}; };
  EXPECT_EQ(said(kConstraint, of(key(true, {"a", "b"})), of(key(true, {"b", "a"}))),
            "constraint t.k: (a, b) expected, (b, a) found");
  EXPECT_EQ(said(kConstraint, of(key(true, {"a"})), of(key(false, {"a"}))),
            "constraint t.k: PRIMARY KEY (a) expected, UNIQUE (a) found");
  ForeignKey one = foreign_key({"a"}, {"", "u"}, {"id"});
  ForeignKey two = one;
  two.on_delete = 'c';
  EXPECT_EQ(said(kConstraint, of(two), of(one)),
            "constraint t.k: ON DELETE CASCADE expected, ON DELETE NO ACTION found");
  two = one;
  two.references.name = "v";
  two.referenced = {"key"};
  EXPECT_EQ(said(kConstraint, of(one), of(two)), "constraint t.k: REFERENCES u expected, REFERENCES v found");
  two = one;
  two.referenced.clear();
  EXPECT_FALSE(differs(compare({of(two), {}}, {of(one), {}})));
  two = one;
  two.valid = false;
  EXPECT_EQ(said(kConstraint, of(one), of(two)), "constraint t.k: validated expected, NOT VALID found");
  two = one;
  two.deferral = {true, false};
  EXPECT_EQ(said(kConstraint, of(one), of(two)), "constraint t.k: NOT DEFERRABLE expected, DEFERRABLE found");
  EXPECT_EQ(said(kConstraint, of(check(expression("a>0", "(a > 0)"))), of(check(expression("", "a > 0")))),
            kSame);
  EXPECT_EQ(said(kConstraint, of(check(expression("a>0", "(a > 0)"))), of(check(expression("", "a > 1")))),
            "constraint t.k: CHECK (a > 0) expected, CHECK (a > 1) found");
}

TEST(Compare, Indexes) {
  const Index both = index("t", {element("a"), element("b")});
  const Index one = index("t", {element("a")});
  EXPECT_EQ(said(kIndex, both, one), "index i: on (a, b) expected, on (a) found");
  Index unique = one;
  unique.unique = true;
  EXPECT_EQ(said(kIndex, unique, one), "index i: UNIQUE expected, not unique found");
  Index partial = one;
  partial.predicate = expression("b>0", "(b > 0)");
  EXPECT_EQ(said(kIndex, partial, one), "index i: WHERE (b > 0) expected, no predicate found");
  Index broken = one;
  broken.valid = false;
  EXPECT_EQ(said(kIndex, one, broken), "index i: valid expected, invalid, left by a build that failed found");
  // A column is not an expression of the same letters.
  EXPECT_NE(said(kIndex, one, index("t", {element(expression("a"))})), kSame);
}

TEST(Compare, DomainChecksByTheirNames) {
  Domain one;
  one.type = built_in("text");
  Domain two = one;
  one.checks = {{"d_check", expression("VALUE <> ''", "(VALUE <> ''::text)")}};
  two.checks = {{"d_more", expression("VALUE <> 'x'", "(VALUE <> 'x'::text)")}};
  EXPECT_EQ(said({ObjectKind::kDomain, "", "", "d"}, one, two),
            "domain d: CHECK (VALUE <> ''::text) expected, no check d_check found; "
            "domain d: no check d_more expected, CHECK (VALUE <> 'x'::text) found");
}

TEST(Compare, TablesViewsAndComments) {
  Table unlogged;
  unlogged.unlogged = true;
  const ObjectId table{ObjectKind::kTable, "", "", "t"};
  EXPECT_EQ(said(table, Table{}, unlogged), "table t: logged expected, unlogged found");
  Table range;
  range.partition_by = "RANGE (a)";
  Table lower = range;
  lower.partition_by = "range(a)";
  EXPECT_EQ(said(table, range, lower), kSame);
  EXPECT_EQ(said(table, range, Table{}), "table t: PARTITION BY RANGE (a) expected, not partitioned found");
  EXPECT_EQ(said({ObjectKind::kView, "", "", "v"}, view("SELECT 1", true), view("SELECT 1")),
            "view v: a materialized view expected, a view found");
  const auto differences = compare({Table{}, "ours"}, {Table{}, ""});
  ASSERT_EQ(differences.size(), 1U);
  EXPECT_EQ(words(table, differences[0]), "table t: comment 'ours' expected, no comment found");
}

TEST(Compare, TheCommentOfAnExtensionCountsWhereARevisionWroteIt) {
  const Object real{Extension{}, "what its control file says"};
  EXPECT_TRUE(compare({Extension{}, {}}, real).empty());
  EXPECT_EQ(compare({Extension{}, "ours"}, real).size(), 1U);
}

}  // namespace
}  // namespace migfix::core
