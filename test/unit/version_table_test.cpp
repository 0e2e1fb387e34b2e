#include "core/version_table.hpp"

#include <gtest/gtest.h>

namespace migfix::core {
namespace {

TEST(RelationKindName, EachKind) {
  EXPECT_STREQ(relation_kind_name(RelationKind::kTable), "table");
  EXPECT_STREQ(relation_kind_name(RelationKind::kPartitionedTable), "partitioned table");
  EXPECT_STREQ(relation_kind_name(RelationKind::kView), "view");
  EXPECT_STREQ(relation_kind_name(RelationKind::kMaterializedView), "materialized view");
  EXPECT_STREQ(relation_kind_name(RelationKind::kForeignTable), "foreign table");
}

}  // namespace
}  // namespace migfix::core
