#include "core/revision_change.hpp"

#include <gtest/gtest.h>

namespace migfix::core {
namespace {

Revision revision(std::vector<std::string> down, std::vector<std::string> depends_on = {}) {
  return {"r", std::move(down), std::move(depends_on), {"label"}, "words"};
}

TEST(RevisionChange, OrderOfParentsMeansNothing) {
  EXPECT_TRUE(same_parents(revision({"a", "b"}), revision({"b", "a"})));
  EXPECT_FALSE(same_parents(revision({"a"}), revision({"a"}, {"b"})));
}

TEST(RevisionChange, SaysWhatChanged) {
  Revision after = revision({}, {"x"});
  after.branch_labels = {};
  after.message = "other words";
  EXPECT_EQ(describe_change(revision({"a"}), after),
            (std::vector<std::string>{"down_revision was a, is base", "depends_on was empty, is x",
                                      "branch_labels were label, are none", "its message changed"}));
  EXPECT_TRUE(describe_change(revision({"a", "b"}), revision({"b", "a"})).empty());
}

TEST(RevisionChange, SqlTakesNothingAwayThatItDoesNotTell) {
  const RevisionGraph graph({{"a", {}, {}, {}, ""}, {"d", {}, {}, {"dep"}, ""}, revision({"a"}, {"dep"})});
  const Revision told{"r", {"a"}, {"d"}, {}, ""};
  EXPECT_EQ(with_sql(revision({"a"}, {"dep"}), told, graph), revision({"a"}, {"dep"}));
}

TEST(RevisionChange, SqlAddsADependencyThatWasNotKnown) {
  const RevisionGraph graph({{"a", {}, {}, {}, ""}, {"d", {}, {}, {}, ""}, revision({"a"})});
  EXPECT_EQ(with_sql(revision({"a"}), {"r", {"a"}, {"d"}, {}, ""}, graph).depends_on,
            std::vector<std::string>{"d"});
}

TEST(RevisionChange, SqlCorrectsTheParents) {
  EXPECT_EQ(with_sql(revision({"a"}), {"r", {"b"}, {}, {}, ""}, RevisionGraph()), revision({"b"}));
}

}  // namespace
}  // namespace migfix::core
