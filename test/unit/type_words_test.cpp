#include "core/type_words.hpp"

#include <gtest/gtest.h>

#include "core/remedy.hpp"
#include "core/type_change.hpp"
#include "unit/definition_samples.hpp"

namespace migfix::core {
namespace {

using namespace samples;

TEST(TypeInWords, KeepsTheShortNames) {
  EXPECT_EQ(type_in_words(built_in("varchar", "(64)")), "varchar(64)");
  EXPECT_EQ(type_in_words(built_in("varchar")), "varchar");
  EXPECT_EQ(type_in_words(built_in("bpchar", "(3)")), "char(3)");
  EXPECT_EQ(type_in_words(built_in("bpchar")), "bpchar");
  EXPECT_EQ(type_in_words(built_in("timestamptz", "(3)")), "timestamptz(3)");
  EXPECT_EQ(type_in_words(built_in("bool")), "bool");
  EXPECT_EQ(type_in_words(built_in("int4", "", true)), "integer[]");
  EXPECT_EQ(type_in_words(built_in("float8")), "double precision");
  EXPECT_EQ(type_in_words(built_in("numeric", "(12,2)")), "numeric(12,2)");
  EXPECT_EQ(type_in_words(built_in("jsonb")), "jsonb");
  EXPECT_EQ(type_in_words(built_in("char")), "\"char\"");
}

TEST(TypeInWords, LeavesTheOwnSchemaOut) {
  EXPECT_EQ(type_in_words(own_type("kind", true)), "kind[]");
  EXPECT_EQ(type_in_words({{"other", "Kind"}, {}, false, {}}), "other.\"Kind\"");
}

TEST(TypeInSql, IsWhatTheServerWrites) {
  EXPECT_EQ(type_in_sql(built_in("varchar", "(64)"), "public"), "character varying(64)");
  EXPECT_EQ(type_in_sql(built_in("timestamptz", "(3)", true), "public"), "timestamp(3) with time zone[]");
  EXPECT_EQ(type_in_sql(built_in("timestamp"), "public"), "timestamp without time zone");
  EXPECT_EQ(type_in_sql(built_in("interval", " day to second(3)"), "public"), "interval day to second(3)");
  EXPECT_EQ(type_in_sql(built_in("bpchar"), "public"), "bpchar");
  EXPECT_EQ(type_in_sql(built_in("char"), "public"), "\"char\"");
  EXPECT_EQ(type_in_sql(built_in("bit"), "public"), "\"bit\"");
  EXPECT_EQ(type_in_sql(built_in("uuid"), "public"), "uuid");
}

TEST(TypeInSql, QualifiesWithTheOwnSchema) {
  EXPECT_EQ(type_in_sql(own_type("my_kind", true), "tenant_1"), "tenant_1.my_kind[]");
  EXPECT_EQ(type_in_sql({{"my_ext", "geo_metry"}, "(Point,4326)", false, {}}, "tenant_1"),
            "my_ext.geo_metry(Point,4326)");
}

TEST(TypeCompared, HasOneSpellingOfModifiers) {
  EXPECT_EQ(type_compared(built_in("numeric", "(12)")), type_compared(built_in("numeric", "(12, 0)")));
  EXPECT_NE(type_compared(built_in("numeric", "(12)")), type_compared(built_in("numeric")));
  EXPECT_NE(type_compared(built_in("varchar", "(12)")), type_compared(built_in("varchar", "(13)")));
  EXPECT_NE(type_compared(own_type("text")), type_compared(built_in("text")));
  EXPECT_NE(type_compared(own_type("kind")), type_compared(own_type("kind", true)));
}

TEST(NameInWords, QuotesWhatNeedsIt) {
  EXPECT_EQ(name_in_words("order"), "order");
  EXPECT_EQ(name_in_words("größe"), "größe");
  EXPECT_EQ(name_in_words("User"), "\"User\"");
  EXPECT_EQ(name_in_words("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(name_in_words("1a"), "\"1a\"");
}

TEST(ObjectInWords, NamesPartsWithinTheirTable) {
  EXPECT_EQ(object_in_words({ObjectKind::kColumn, "", "audio_files", "tag"}), "column audio_files.tag");
  EXPECT_EQ(object_in_words({ObjectKind::kConstraint, "other", "t", "t_pkey"}), "constraint other.t.t_pkey");
  EXPECT_EQ(object_in_words({ObjectKind::kIndex, "", "", "ix"}), "index ix");
}

TEST(Widening, WhatKeepsEveryValue) {
  const auto text = [](const char *length) { return built_in("varchar", length); };
  EXPECT_TRUE(is_widening(text("(32)"), text("(64)")));
  EXPECT_TRUE(is_widening(text("(32)"), text("")));
  EXPECT_FALSE(is_widening(text("(64)"), text("(32)")));
  EXPECT_FALSE(is_widening(text(""), text("(32)")));
  EXPECT_TRUE(is_widening(text("(32)"), built_in("text")));
  EXPECT_FALSE(is_widening(built_in("text"), text("(32)")));
  EXPECT_TRUE(is_widening(built_in("text"), text("")));
  EXPECT_FALSE(is_widening(built_in("int4"), built_in("int2")));
  EXPECT_TRUE(is_widening(built_in("int2"), built_in("int8")));
  EXPECT_FALSE(is_widening(built_in("int8"), built_in("float8")));
  EXPECT_TRUE(is_widening(built_in("numeric", "(10,2)"), built_in("numeric", "(12,2)")));
  EXPECT_FALSE(is_widening(built_in("numeric", "(10,2)"), built_in("numeric", "(10,4)")));
  EXPECT_TRUE(is_widening(built_in("numeric", "(10,2)"), built_in("numeric", "(12,4)")));
  EXPECT_TRUE(is_widening(built_in("numeric", "(10,2)"), built_in("numeric")));
  EXPECT_FALSE(is_widening(built_in("numeric"), built_in("numeric", "(10,2)")));
  EXPECT_FALSE(is_widening(built_in("int8"), built_in("numeric", "(18)")));
  EXPECT_TRUE(is_widening(built_in("int8"), built_in("numeric", "(19)")));
  EXPECT_TRUE(is_widening(built_in("timestamptz", "(3)"), built_in("timestamptz")));
  EXPECT_FALSE(is_widening(built_in("timestamptz"), built_in("timestamptz", "(3)")));
  EXPECT_FALSE(is_widening(built_in("timestamp"), built_in("timestamptz")));
  EXPECT_FALSE(is_widening(built_in("interval"), built_in("interval", " day to second(3)")));
  EXPECT_FALSE(is_widening(built_in("int4"), built_in("int4", "", true)));
  EXPECT_FALSE(is_widening(own_type("kind"), built_in("text")));
  EXPECT_TRUE(is_widening(own_type("kind"), built_in("text"), true));
}

TEST(UsingExpression, OnlyWhereNothingElseCasts) {
  EXPECT_EQ(using_expression("c", built_in("varchar", "(64)"), built_in("varchar", "(32)"), "x"), "");
  EXPECT_EQ(using_expression("c", built_in("text"), built_in("int4"), "integer"), "c::integer");
  EXPECT_EQ(using_expression("c", built_in("text"), own_type("kind"), "p.kind"), "c::p.kind");
  EXPECT_EQ(using_expression("c", own_type("a"), own_type("b"), "p.b"), "c::text::p.b");
  EXPECT_EQ(using_expression("c", own_type("a", true), own_type("b", true), "p.b[]"), "c::text[]::p.b[]");
  EXPECT_EQ(using_expression("c", own_type("a"), built_in("varchar", "(9)"), "x"), "");
}

}  // namespace
}  // namespace migfix::core
