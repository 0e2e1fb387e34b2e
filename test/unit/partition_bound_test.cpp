#include "core/partition_bound.hpp"

#include <gtest/gtest.h>

namespace migfix::core {
namespace {

std::string form(std::string_view text) {
  const PartitionBound bound = partition_bound(text);
  return (bound.known ? "" : "? ") + bound.form;
}

TEST(PartitionBound, OfDatesIsTheBeginningOfTheirDay) {
  EXPECT_EQ(form("FOR VALUES FROM ('2020-01-01') TO ('2021-01-01 00:00:00')"),
            form("for  values from ('2020-01-01 00:00') to ( '2021-01-01T00:00:00' )"));
  EXPECT_NE(form("FOR VALUES FROM ('2020-01-01') TO (MAXVALUE)"),
            form("FOR VALUES FROM ('2020-01-02') TO (MAXVALUE)"));
}

TEST(PartitionBound, OfNumbersInQuotesAndWithout) {
  EXPECT_EQ(form("FOR VALUES FROM (1, '-5') TO ('10', 'b')"), "for values from ( 1 , -5 ) to ( 10 , 'b' )");
  EXPECT_EQ(form("FOR VALUES FROM (1, -5) TO (10, 'b')"), "for values from ( 1 , -5 ) to ( 10 , 'b' )");
  EXPECT_EQ(form("FOR VALUES WITH (MODULUS 4, remainder 0)"), "for values with ( modulus 4 , remainder 0 )");
}

TEST(PartitionBound, OfStrings) {
  EXPECT_EQ(form("FOR VALUES IN ('a', NULL, 'A  ')"), "for values in ( 'a' , null , 'A' )");
  EXPECT_EQ(form("FOR VALUES IN ('t')"), form("FOR VALUES IN (true)"));
  EXPECT_EQ(form("DEFAULT"), "default");
  EXPECT_EQ(form(""), "");
}

TEST(PartitionBound, IsNotKnownWhereATypeDecides) {
  for (const char *text :
       {"FOR VALUES IN ('1.50')", "FOR VALUES IN (1.50)",
        "FOR VALUES FROM ('2020-01-01 00:00:00+00') TO (MAXVALUE)",
        "FOR VALUES FROM ('01/02/2020') TO (MAXVALUE)", "FOR VALUES FROM (to_date('x', 'y')) TO (MAXVALUE)",
        "FOR VALUES IN (E'a')", "FOR VALUES IN ('a1')"})
    EXPECT_FALSE(partition_bound(text).known) << text;
}

}  // namespace
}  // namespace migfix::core
