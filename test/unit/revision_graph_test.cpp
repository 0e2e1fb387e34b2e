#include "core/revision_graph.hpp"

#include <gtest/gtest.h>

#include "unit/graph_samples.hpp"

namespace migfix::core::test {
namespace {

std::vector<std::string> messages(const RevisionGraph &graph) {
  std::vector<std::string> result;
  for (const GraphProblem &problem : graph.problems()) result.push_back(problem.message);
  return result;
}

using Messages = std::vector<std::string>;

TEST(RevisionGraph, KnowsHeadsBasesBranchAndMergePoints) {
  const RevisionGraph g = diamond();
  EXPECT_EQ(text(g, g.heads()), "h");
  EXPECT_EQ(text(g, g.bases()), "001");
  EXPECT_EQ(text(g, g.branch_points()), "001");
  EXPECT_EQ(text(g, g.merge_points()), "m");
  EXPECT_TRUE(g.problems().empty());
}

TEST(RevisionGraph, AHeadThatIsADependencyIsNoRealHead) {
  const RevisionGraph g = graph({{"a1"}, {"b1"}, {"b2", "b1", "a1"}});
  EXPECT_EQ(text(g, g.heads()), "a1 b2");
  EXPECT_EQ(text(g, g.real_heads()), "b2");
}

TEST(RevisionGraph, FindsIdsAndLabelsByCase) {
  const RevisionGraph g = grammar();
  EXPECT_EQ(g.id(*g.find_label("left")), "aaaa0003");
  EXPECT_EQ(g.find("left"), std::nullopt);
  EXPECT_EQ(g.find_label("aaaa0003"), std::nullopt);
  EXPECT_EQ(g.find("AAAA0003"), std::nullopt);
  EXPECT_EQ(g.names_like("aaaa").size(), 3U);
  EXPECT_TRUE(graph({{"001"}, {"002", "001"}}).names_like("00").empty());
}

TEST(RevisionGraph, WalksWithAndWithoutDependencies) {
  const RevisionGraph g = graph({{"a1"}, {"a2", "a1"}, {"b1"}, {"b2", "b1", "a2"}});
  const auto b2 = nodes(g, "b2");
  EXPECT_EQ(text(g, g.ancestors(b2, Relation::kDown).nodes()), "b1 b2");
  EXPECT_EQ(text(g, g.ancestors(b2, Relation::kAll).nodes()), "a1 a2 b1 b2");
  EXPECT_EQ(text(g, g.descendants(nodes(g, "a1"), Relation::kAll).nodes()), "a1 a2 b2");
  EXPECT_TRUE(g.is_ancestor(*g.find("a1"), *g.find("b2"), Relation::kAll));
  EXPECT_FALSE(g.is_ancestor(*g.find("a1"), *g.find("b2"), Relation::kDown));
  EXPECT_FALSE(g.is_ancestor(*g.find("b2"), *g.find("b2"), Relation::kAll));
  EXPECT_EQ(text(g, g.maximal(nodes(g, "a2 b2 b2 b1"))), "b2");
}

TEST(RevisionGraph, ResolvesDependenciesByLabel) {
  const RevisionGraph g = graph({{"b1", "", "lib"}, {"a1", "", "", "lib"}});
  EXPECT_EQ(text(g, g.dependencies(*g.find("b1"))), "a1");
  EXPECT_EQ(text(g, g.order()), "a1 b1");
}

TEST(RevisionGraph, LeavesOutDependenciesThatAnAncestorHasDeclared) {
  const RevisionGraph g = graph({{"d"}, {"a", "", "d"}, {"b", "a"}, {"c", "b", "d"}});
  EXPECT_EQ(text(g, g.immediate_parents(*g.find("c"))), "b");
  EXPECT_EQ(text(g, g.immediate_parents(*g.find("a"))), "d");
}

TEST(RevisionGraph, SpreadsALabelAsAlembicDoes) {
  // Up the lineage, and down a plain line to the branch point.
  const RevisionGraph g = graph({{"x"}, {"p", "x"}, {"q", "x"}, {"p2", "p", "", "lab"}, {"p3", "p2"}});
  EXPECT_EQ(text(g, g.branch("lab").nodes()), "p p2 p3");
  // Not down where it branches above.
  const RevisionGraph branched = graph({{"x"}, {"y", "x", "", "lab"}, {"z1", "y"}, {"z2", "y"}});
  EXPECT_EQ(text(branched, branched.branch("lab").nodes()), "y z1 z2");
  EXPECT_TRUE(g.branch("nope").empty());
}

TEST(GraphProblems, Duplicates) {
  std::vector<Revision> input = revisions({{"a"}, {"b"}, {"b", "a"}});
  const RevisionGraph g(input);
  EXPECT_EQ(messages(g), Messages{"Revision b is present more than once"});
  EXPECT_FALSE(g.problems().front().fatal);
  EXPECT_EQ(text(g, g.heads()), "b");  // the last one counts
}

TEST(GraphProblems, MissingParentAndDependency) {
  const RevisionGraph g = graph({{"a", "gone", "", "lab"}, {"b", "a", "nope"}, {"c", "lab"}});
  EXPECT_EQ(messages(g), (Messages{"Revision gone referenced from a is not present",
                                   "Revision nope referenced from b is not present",
                                   "Revision lab referenced from c is not present"}));
  EXPECT_NE(g.problems().back().detail.find("branch label"), std::string::npos);
  EXPECT_EQ(text(g, g.bases()), "a c");
}

TEST(GraphProblems, LoopsAndCycles) {
  const RevisionGraph loop = graph({{"a", "a"}, {"b", "a", "b"}});
  EXPECT_EQ(messages(loop), (Messages{"Self-loop is detected in revisions (a)",
                                      "Dependency self-loop is detected in revisions (b)"}));
  const RevisionGraph cycle = graph({{"x"}, {"a", "x c"}, {"b", "a"}, {"c", "b"}, {"y", "c"}});
  EXPECT_EQ(messages(cycle), Messages{"Cycle is detected in revisions (a, b, c)"});
  EXPECT_EQ(cycle.order().size(), 5U);
  EXPECT_TRUE(cycle.is_ancestor(*cycle.find("c"), *cycle.find("y"), Relation::kAll));
  const RevisionGraph dependency = graph({{"a1"}, {"a2", "a1", "b2"}, {"b1"}, {"b2", "b1", "a2"}});
  EXPECT_EQ(messages(dependency), Messages{"Dependency cycle is detected in revisions (a2, b2)"});
  EXPECT_EQ(text(dependency, dependency.real_heads()), "a2 b2");
}

TEST(GraphProblems, OddIdentifiers) {
  const std::string longer(33, 'x');
  const RevisionGraph g =
      graph({{""}, {"it's"}, {"a@b-c"}, {longer}, {"head"}, {"a:b"}, {"z", "", "", "base"}});
  EXPECT_EQ(messages(g),
            (Messages{"a revision has an empty identifier", "revision identifier \"it's\" contains a quote",
                      "Character(s) '-, @' not allowed in revision identifier 'a@b-c'",
                      "revision identifier \"" + longer + "\" is 33 characters long",
                      "revision \"head\" uses the word \"head\" as a name",
                      "Character(s) ':' not allowed in revision identifier 'a:b'",
                      "revision \"z\" uses the word \"base\" as a name"}));
  EXPECT_EQ(g.size(), 6U);
  EXPECT_FALSE(g.problems()[5].fatal);
}

TEST(GraphProblems, LengthIsCountedInCharacters) {
  std::string umlauts;
  for (int i = 0; i < 32; ++i) umlauts += "\xc3\xa4";
  EXPECT_TRUE(graph({{umlauts}}).problems().empty());
}

TEST(GraphProblems, LabelsThatAreTaken) {
  const RevisionGraph g = graph({{"a", "", "", "lab"}, {"b", "a", "", "lab"}, {"c", "b", "", "a"}});
  EXPECT_EQ(messages(g), (Messages{"Branch name 'a' in revision c already used by revision a",
                                   "Branch name 'lab' in revision b already used by revision a"}));
  EXPECT_EQ(g.id(*g.find_label("lab")), "a");
  EXPECT_EQ(g.id(*g.find_name("a")), "a");
}

TEST(GraphProblems, AProblemNamesOfALongCycleOnlySome) {
  std::vector<Revision> input;
  for (int i = 0; i < 20000; ++i)
    input.push_back({std::to_string(i), {std::to_string((i + 1) % 20000)}, {}, {}, ""});
  const RevisionGraph g(std::move(input));
  ASSERT_EQ(g.problems().size(), 1U);
  EXPECT_TRUE(g.problems().front().message.ends_with("and 19980 more)"));
  EXPECT_EQ(g.order().size(), 20000U);
}

TEST(RevisionGraph, TakesALongChain) {
  const RevisionGraph g = chain(20000);
  EXPECT_EQ(text(g, g.heads()), "r19999");
  EXPECT_TRUE(g.is_ancestor(0, 19999, Relation::kAll));
  EXPECT_FALSE(g.is_ancestor(19999, 0, Relation::kAll));
  EXPECT_EQ(g.ancestors(g.heads(), Relation::kAll).count(), 20000U);
}

TEST(RevisionGraph, TakesALargeStar) {
  std::vector<Revision> input{{"base", {}, {}, {}, ""}};
  Revision merge{"merge", {}, {}, {}, ""};
  for (int i = 0; i < 20000; ++i) {
    input.push_back({"r" + std::to_string(i), {"base"}, {}, {}, ""});
    merge.down_revision.push_back(input.back().revision);
  }
  input.push_back(std::move(merge));
  const RevisionGraph g(std::move(input));
  EXPECT_EQ(text(g, g.heads()), "merge");
  EXPECT_TRUE(g.is_ancestor(0, *g.find("merge"), Relation::kDown));
  EXPECT_FALSE(g.is_ancestor(1, 2, Relation::kDown));
}

TEST(RevisionGraph, EmptyGraph) {
  const RevisionGraph g;
  EXPECT_TRUE(g.empty());
  EXPECT_TRUE(g.heads().empty());
  EXPECT_TRUE(g.maximal({}).empty());
  EXPECT_EQ(g.find("a"), std::nullopt);
  EXPECT_TRUE(RevisionGraph(std::vector<Revision>{}).order().empty());
}

// Every pair of a random-looking graph against the closure.
TEST(RevisionGraph, IsAncestorAgreesWithTheClosure) {
  std::vector<Revision> input;
  std::uint32_t state = 12345;
  const auto next = [&](std::size_t below) {
    state = state * 1664525 + 1013904223;
    return (state >> 8) % below;
  };
  for (std::size_t i = 0; i < 120; ++i) {
    Revision revision{"r" + std::to_string(i), {}, {}, {}, ""};
    if (i > 0 && next(8) > 0) revision.down_revision.push_back("r" + std::to_string(next(i)));
    if (i > 0 && next(4) == 0) revision.down_revision.push_back("r" + std::to_string(next(i)));
    if (i > 0 && next(4) == 0) revision.depends_on.push_back("r" + std::to_string(next(i)));
    input.push_back(revision);
  }
  const RevisionGraph g(std::move(input));
  for (const Relation relation : {Relation::kDown, Relation::kAll})
    for (Node d = 0; d < g.size(); ++d) {
      const Node start[] = {d};
      const NodeSet below = g.ancestors(start, relation);
      for (Node a = 0; a < g.size(); ++a)
        ASSERT_EQ(g.is_ancestor(a, d, relation), a != d && below.contains(a)) << g.id(a) << " " << g.id(d);
    }
}

}  // namespace
}  // namespace migfix::core::test
