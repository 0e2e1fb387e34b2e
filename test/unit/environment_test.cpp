#include "core/environment.hpp"

#include <gtest/gtest.h>

namespace migfix::core {
namespace {

EnvironmentPtr environment(const std::string &name, const std::vector<std::string> &ids) {
  std::vector<Revision> revisions;
  for (const std::string &id : ids) revisions.push_back({id, {}, {}, {}, ""});
  return std::make_shared<const Environment>(name, std::move(revisions), std::vector<RevisionOrigin>());
}

std::string chosen(const std::vector<EnvironmentPtr> &environments,
                   const std::vector<std::optional<std::string>> &rows) {
  const EnvironmentPtr found = environment_for(environments, rows);
  return found ? found->name : "none";
}

TEST(Environment, TheOneThatKnowsMostRows) {
  const auto a = environment("a", {"1", "2"});
  const auto b = environment("b", {"2", "3", "4"});
  EXPECT_EQ(chosen({a, b}, {"1"}), "a");
  EXPECT_EQ(chosen({a, b}, {"3", "4", "1"}), "b");
  EXPECT_EQ(chosen({a, b}, {"2"}), "a");
}

TEST(Environment, DefaultBeforeOthersOfAsMany) {
  const auto a = environment("a", {"1"});
  const auto standard = environment("default", {"1"});
  const auto z = environment("z", {"1", "2"});
  EXPECT_EQ(chosen({a, standard, z}, {"1"}), "default");
  EXPECT_EQ(chosen({a, standard, z}, {"1", "2"}), "z");
  EXPECT_EQ(chosen({a, standard, z}, {"9"}), "default");
  EXPECT_EQ(chosen({a, standard, z}, {}), "default");
}

TEST(Environment, UnknownRowsBelongToTheOnlyOneThereIs) {
  const auto a = environment("a", {"1"});
  EXPECT_EQ(chosen({a}, {"9"}), "a");
  EXPECT_EQ(chosen({a, environment("b", {"2"})}, {"9", std::nullopt}), "none");
  EXPECT_EQ(chosen({}, {"1"}), "none");
}

}  // namespace
}  // namespace migfix::core
