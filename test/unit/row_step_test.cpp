#include "core/row_step.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace migfix::core {
namespace {

using Kind = RowStep::Kind;

// "keep a", "insert NULL", "update a > b": one step as text.
std::vector<std::string> words(const std::vector<RowStep> &steps) {
  const auto text = [](const std::optional<std::string> &row) { return row.value_or("NULL"); };
  std::vector<std::string> words;
  for (const RowStep &step : steps) {
    std::string word = std::string(step_name(step.kind)) + " ";
    switch (step.kind) {
      case Kind::kKeep:
        EXPECT_EQ(step.old_version, step.new_version);
        word += text(step.old_version);
        break;
      case Kind::kInsert:
        EXPECT_EQ(step.old_version, std::nullopt);
        word += text(step.new_version);
        break;
      case Kind::kDelete:
        EXPECT_EQ(step.new_version, std::nullopt);
        word += text(step.old_version);
        break;
      case Kind::kUpdate:
        word += text(step.old_version) + " > " + text(step.new_version);
        break;
    }
    words.push_back(word);
  }
  return words;
}

using Words = std::vector<std::string>;

Words between(const Rows &before, const Rows &after) {
  return words(steps_between(before, after));
}

TEST(StepName, IsTheWordOfTheColumn) {
  EXPECT_STREQ(step_name(Kind::kKeep), "keep");
  EXPECT_STREQ(step_name(Kind::kInsert), "insert");
  EXPECT_STREQ(step_name(Kind::kUpdate), "update");
  EXPECT_STREQ(step_name(Kind::kDelete), "delete");
}

TEST(StepsBetween, NothingFromNothing) {
  EXPECT_EQ(between({}, {}), Words());
}

TEST(StepsBetween, OneKindEach) {
  EXPECT_EQ(between({}, {"a"}), Words({"insert a"}));
  EXPECT_EQ(between({"a"}, {}), Words({"delete a"}));
  EXPECT_EQ(between({"a"}, {"a"}), Words({"keep a"}));
  EXPECT_EQ(between({"a"}, {"b"}), Words({"update a > b"}));
}

TEST(StepsBetween, KeepsFirstAndInOrder) {
  EXPECT_EQ(between({"a", "b", "c"}, {"c", "a"}), Words({"keep a", "keep c", "delete b"}));
}

TEST(StepsBetween, PairsWhatGoesWithWhatComes) {
  EXPECT_EQ(between({"a", "b"}, {"x", "y", "z"}), Words({"update a > x", "update b > y", "insert z"}));
  EXPECT_EQ(between({"a", "b", "c"}, {"x"}), Words({"update a > x", "delete b", "delete c"}));
  EXPECT_EQ(between({"a", "b"}, {"b", "x"}), Words({"keep b", "update a > x"}));
}

TEST(StepsBetween, CountsEqualRows) {
  EXPECT_EQ(between({"a", "a", "a"}, {"a"}), Words({"keep a", "delete a", "delete a"}));
  EXPECT_EQ(between({"a"}, {"a", "a"}), Words({"keep a", "insert a"}));
  EXPECT_EQ(between({"a", "a"}, {"b", "a"}), Words({"keep a", "update a > b"}));
}

TEST(StepsBetween, TakesNullForARowOfItsOwn) {
  EXPECT_EQ(between({std::nullopt}, {std::nullopt}), Words({"keep NULL"}));
  EXPECT_EQ(between({std::nullopt}, {""}), Words({"update NULL > "}));
  EXPECT_EQ(between({std::nullopt, "a"}, {"a"}), Words({"keep a", "delete NULL"}));
}

// Whatever the two are: the steps lead from the one to the other and keep what can be kept.
TEST(StepsBetween, LeadFromOneMultisetToTheOther) {
  const Rows rows = {"a", "b", "c", std::nullopt};
  std::mt19937 random(20261122);
  const auto some = [&] {
    Rows chosen;
    for (std::size_t count = random() % 6; count > 0; --count) chosen.push_back(rows[random() % rows.size()]);
    return chosen;
  };
  for (int round = 0; round < 5000; ++round) {
    const Rows before = some();
    const Rows after = some();
    Rows now = before;
    std::size_t kept = 0;
    for (const RowStep &step : steps_between(before, after)) {
      if (step.kind != Kind::kInsert) {
        const auto row = std::find(now.begin(), now.end(), step.old_version);
        ASSERT_NE(row, now.end());
        now.erase(row);
      }
      if (step.kind != Kind::kDelete) now.push_back(step.new_version);
      if (step.kind == Kind::kKeep) ++kept;
    }
    ASSERT_TRUE(std::is_permutation(now.begin(), now.end(), after.begin(), after.end()));
    std::size_t common = 0;
    for (const auto &row : rows) {
      common += std::min(std::count(before.begin(), before.end(), row),
                         std::count(after.begin(), after.end(), row));
    }
    ASSERT_EQ(kept, common);
  }
}

}  // namespace
}  // namespace migfix::core
