#include "core/ddl_claim.hpp"

#include <gtest/gtest.h>

#include "unit/graph_samples.hpp"

namespace migfix::core::test {
namespace {

VersionChange removed(const char *id) {
  return {Operation::kDelete, id, std::nullopt};
}
VersionChange added(const char *id) {
  return {Operation::kInsert, std::nullopt, id};
}
VersionChange moved(const char *from, const char *to) {
  return {Operation::kUpdate, from, to};
}

TEST(OneStep, AMergeTakesRowsIn) {
  const RevisionGraph revisions = graph({{"1"}, {"a", "1"}, {"b", "1"}, {"m", "a b"}});
  EXPECT_TRUE(is_one_step(removed("b"), moved("a", "m"), &revisions));
  // b went back to 1, then a did.
  EXPECT_FALSE(is_one_step(removed("b"), moved("a", "1"), &revisions));
}

TEST(OneStep, AMergeIsLeftByItsParents) {
  const RevisionGraph revisions = graph({{"1"}, {"a", "1"}, {"b", "1"}, {"m", "a b"}, {"c", "1"}});
  EXPECT_TRUE(is_one_step(added("a"), moved("m", "b"), &revisions));
  EXPECT_FALSE(is_one_step(added("c"), moved("1", "a"), &revisions));
}

TEST(OneStep, WithoutAGraphADeletedRowIsMerged) {
  EXPECT_TRUE(is_one_step(removed("b"), moved("a", "m"), nullptr));
  EXPECT_FALSE(is_one_step(added("b"), moved("a", "m"), nullptr));
  const RevisionGraph revisions = graph({{"1"}});
  EXPECT_TRUE(is_one_step(removed("b"), moved("a", "m"), &revisions));
}

TEST(OneStep, OnlyAnUpdateEndsOne) {
  EXPECT_FALSE(is_one_step(removed("b"), added("m"), nullptr));
  EXPECT_FALSE(is_one_step(moved("1", "2"), moved("2", "3"), nullptr));
}

}  // namespace
}  // namespace migfix::core::test
