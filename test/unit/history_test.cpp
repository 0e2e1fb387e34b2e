#include "core/history.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/revision_order.hpp"
#include "unit/graph_samples.hpp"

namespace migfix::core::test {
namespace {

std::string listed(const RevisionGraph &graph, std::string_view rows, std::string_view range) {
  try {
    return text(graph, history(graph, nodes(graph, rows), range));
  } catch (const Error &error) {
    return error.message();
  }
}

TEST(History, Everything) {
  const RevisionGraph g = diamond();
  EXPECT_EQ(listed(g, "", ""), "h m a b 001");
  EXPECT_EQ(listed(g, "", ":"), "h m a b 001");
  EXPECT_EQ(listed(g, "", "base:head"), "h m a b 001");
  EXPECT_EQ(listed(g, "", " base:heads "), "h m a b 001");
  EXPECT_EQ(listed(RevisionGraph(), "", ":"), "");
}

TEST(History, Ranges) {
  const RevisionGraph g = diamond();
  EXPECT_EQ(listed(g, "", "a:h"), "h m a");
  EXPECT_EQ(listed(g, "", ":a"), "a 001");
  EXPECT_EQ(listed(g, "", "m:"), "h m");
  EXPECT_EQ(listed(g, "", "001:+1"), "Ambiguous walk");
  EXPECT_EQ(listed(g, "", "m:+1"), "h m");
  EXPECT_EQ(listed(g, "", "a:b"),
            "Requested range a:b does not refer to ancestor/descendant revisions along the same branch");
  EXPECT_EQ(listed(g, "", "a"), "History range requires [start]:[end], [start]:, or :[end]");
  EXPECT_EQ(listed(g, "", "a:b:c"), "History range requires [start]:[end], [start]:, or :[end]");
  EXPECT_EQ(listed(g, "", "nope:"), "Can't locate revision identified by 'nope'");
}

TEST(History, StepsBack) {
  const RevisionGraph g = graph({{"1"}, {"2", "1"}, {"3", "2"}, {"4", "3"}});
  EXPECT_EQ(listed(g, "", "-2:"), "4 3 2");
  EXPECT_EQ(listed(g, "4", "-1:current"), "4 3");
  // Alembic fails on both of these.
  EXPECT_EQ(listed(g, "", "-4:"), "4 3 2 1");
  EXPECT_EQ(listed(g, "", "-9:"), "4 3 2 1");
}

TEST(History, Current) {
  const RevisionGraph g = diamond();
  EXPECT_EQ(listed(g, "a b", "current:"), "h m a b");
  EXPECT_EQ(listed(g, "a b", ":current"), "a b 001");
  EXPECT_EQ(listed(g, "", ":current"), "");
  EXPECT_EQ(listed(g, "", "current:"), "h m a b 001");
  EXPECT_EQ(listed(g, "001 h", "current:"),
            "Requested revision h overlaps with other requested revisions 001");
}

TEST(History, OneBranchByLabel) {
  const RevisionGraph g = grammar();
  EXPECT_EQ(listed(g, "", "left@base:heads"), "aaaa0003 aaaa0002 aaaa0001");
  EXPECT_EQ(listed(g, "", "lib@base:heads"), "cccc0002 cccc0001");
}

TEST(RevisionOrder, WalksABranchToItsEndFirst) {
  const RevisionGraph g = graph({{"x"}, {"p1", "x"}, {"q1", "x"}, {"p2", "p1"}, {"q2", "q1"}});
  EXPECT_EQ(listed(g, "", ":"), "p2 p1 q2 q1 x");
}

TEST(RevisionOrder, LargeGraphsTakeNoSquare) {
  EXPECT_EQ(history(chain(20000), {}, ":").size(), 20000U);
  std::vector<Revision> input{{"base", {}, {}, {}, ""}};
  for (int i = 0; i < 10000; ++i) input.push_back({"r" + std::to_string(i), {"base"}, {}, {}, ""});
  const RevisionGraph star(std::move(input));
  const std::vector<Node> all = history(star, {}, ":");
  EXPECT_EQ(all.size(), 10001U);
  EXPECT_EQ(star.id(all.back()), "base");
  // A ladder: each rung waits for the other side.
  std::vector<Revision> rungs;
  for (int i = 0; i < 10000; ++i) {
    const std::string n = std::to_string(i);
    const std::string before = std::to_string(i - 1);
    rungs.push_back({"a" + n, {}, {}, {}, ""});
    rungs.push_back({"b" + n, {}, {"a" + n}, {}, ""});
    if (i > 0) {
      rungs[rungs.size() - 2].down_revision = {"a" + before};
      rungs[rungs.size() - 1].down_revision = {"b" + before};
    }
  }
  EXPECT_EQ(history(RevisionGraph(std::move(rungs)), {}, ":").size(), 20000U);
}

}  // namespace
}  // namespace migfix::core::test
