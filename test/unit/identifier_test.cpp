#include "core/identifier.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "unit/graph_samples.hpp"

namespace migfix::core::test {
namespace {

std::string resolved(const RevisionGraph &graph, std::string_view identifier) {
  try {
    return text(graph, Identifiers(graph).revisions(identifier));
  } catch (const Error &error) {
    return std::string(error.sqlstate()) + " " + error.message();
  }
}

std::string target(const RevisionGraph &graph, std::string_view rows, std::string_view identifier) {
  try {
    const Destination found = resolve_destination(graph, nodes(graph, rows), identifier);
    if (!found.revisions.empty()) return text(graph, found.revisions);
    return found.branch ? "base of " + graph.id(*found.branch) : "base";
  } catch (const Error &error) {
    return error.message();
  }
}

TEST(Identifiers, Words) {
  const RevisionGraph g = grammar();
  EXPECT_EQ(resolved(g, "heads"), "aaaa0003 bbbb0003 cccc0002 dddd0001");
  EXPECT_EQ(resolved(g, "base"), "");
  EXPECT_EQ(resolved(g, "head"),
            "22023 Multiple head revisions are present for given argument 'head'; please specify a specific "
            "target revision, '<branchname>@head' to narrow to a specific head, or 'heads' for all heads");
  EXPECT_EQ(resolved(diamond(), "head"), "h");
}

TEST(Identifiers, BranchesAndLabels) {
  const RevisionGraph g = grammar();
  EXPECT_EQ(resolved(g, "left@head"), "aaaa0003");
  EXPECT_EQ(resolved(g, "lib@head"), "cccc0002");
  EXPECT_EQ(resolved(g, "lib"), "cccc0001");  // the revision that carries it, not its head
  EXPECT_EQ(resolved(g, "aaaa0002@heads"), "aaaa0003 bbbb0003");
  EXPECT_EQ(resolved(g, "lib@base"), "");
  EXPECT_EQ(resolved(g, "@heads"), resolved(g, "heads"));
  EXPECT_EQ(resolved(g, "left@bbbb0003"), "42704 Can't locate revision identified by 'bbbb0003'");
  EXPECT_EQ(resolved(g, "nope@head"), "42704 Can't locate revision identified by 'nope'");
}

TEST(Identifiers, PartialIds) {
  const RevisionGraph g = grammar();
  EXPECT_EQ(resolved(g, "bb"), "bbbb0003");
  EXPECT_EQ(resolved(g, "aaaa"), "42704 Can't locate revision identified by 'aaaa'");
  EXPECT_EQ(resolved(g, "left@aaaa0003"), "aaaa0003");
  EXPECT_EQ(resolved(g, "right@bbbb"), "bbbb0003");
  EXPECT_EQ(resolved(g, "BBBB0003"), "42704 Can't locate revision identified by 'BBBB0003'");
  EXPECT_EQ(resolved(g, ""), "42704 Can't locate revision identified by ''");
  EXPECT_EQ(resolved(graph({{"001"}}), "00"), "42704 Can't locate revision identified by '00'");
}

TEST(Identifiers, SayWhyAndWhatIsNear) {
  const RevisionGraph g = grammar();
  try {
    Identifiers(g).revisions("aaaa");
    FAIL();
  } catch (const Error &error) {
    EXPECT_EQ(error.detail(),
              "Multiple revisions start with \"aaaa\": \"aaaa0001\", \"aaaa0002\" and \"aaaa0003\".");
  }
  try {
    Identifiers(g).revisions("cccc0003");
    FAIL();
  } catch (const Error &error) {
    EXPECT_EQ(error.detail(), "No such revision or branch \"cccc0003\".");
    EXPECT_EQ(error.hint(), "Did you mean \"cccc0001\" or \"cccc0002\"?");
  }
}

TEST(Destination, RelativeToTheRows) {
  const RevisionGraph g = diamond();
  EXPECT_EQ(target(g, "", "+1"), "001");
  EXPECT_EQ(target(g, "m", "+1"), "h");
  EXPECT_EQ(target(g, "h", "-1"), "m");
  EXPECT_EQ(target(g, "a", "-1"), "001");
  EXPECT_EQ(target(g, "a", "-2"), "base of 001");
  EXPECT_EQ(target(g, "a", "-3"), "Relative revision -3 didn't produce 3 migrations");
  EXPECT_EQ(target(g, "h", "+1"), "Relative revision +1 didn't produce 1 migrations");
  EXPECT_EQ(target(g, "", "-1"), "Relative revision -1 didn't produce 1 migrations");
  EXPECT_EQ(target(g, "001", "+1"), "Ambiguous walk");
  EXPECT_EQ(target(g, "h", "-2"), "Ambiguous walk");
  EXPECT_EQ(target(g, "a b", "+1"), "Ambiguous upgrade from multiple current revisions");
  EXPECT_EQ(target(g, "a b", "-1"), "\"-1\" from multiple heads is ambiguous");
}

TEST(Destination, RelativeToARevision) {
  const RevisionGraph g = diamond();
  EXPECT_EQ(target(g, "", "a+1"), "m");
  EXPECT_EQ(target(g, "", "h-1"), "m");
  EXPECT_EQ(target(g, "", "head-1"), "m");
  EXPECT_EQ(target(g, "", "base+1"), "001");
  EXPECT_EQ(target(g, "", "001-1"), "base of 001");
  EXPECT_EQ(target(g, "", "a-3"), "Walked too far");
  EXPECT_EQ(target(g, "", "h+1"), "Walked too far");
  EXPECT_EQ(target(g, "", "h-99999999999999999999999"), "Ambiguous walk");
  EXPECT_EQ(target(g, "", "nope+1"), "Can't locate revision identified by 'nope'");
}

TEST(Destination, RelativeOnABranch) {
  const RevisionGraph g = grammar();
  EXPECT_EQ(target(g, "aaaa0002 cccc0001", "left@+1"), "aaaa0003");
  EXPECT_EQ(target(g, "aaaa0002", "right@+1"), "bbbb0003");
  EXPECT_EQ(target(g, "aaaa0003", "right@+1"), "bbbb0003");
  EXPECT_EQ(target(g, "", "lib@+2"), "cccc0002");
  EXPECT_EQ(target(g, "", "left@aaaa0002+1"), "aaaa0003");
  EXPECT_EQ(target(g, "aaaa0003 cccc0002", "lib@-1"), "cccc0001");
  EXPECT_EQ(target(g, "aaaa0003", "lib@-1"), "Relative revision -1 didn't produce 1 migrations");
  EXPECT_EQ(target(g, "", "left@head-1"), "aaaa0002");
}

TEST(Destination, BaseOfABranch) {
  const RevisionGraph g = grammar();
  EXPECT_EQ(target(g, "", "lib@base"), "base of cccc0001");
  EXPECT_EQ(target(g, "", "base"), "base");
  EXPECT_EQ(target(g, "", "nope@base"), "Can't locate revision identified by 'nope'");
  EXPECT_EQ(target(g, "", "head"), "Multiple heads are present; please specify a single target revision");
  EXPECT_EQ(target(RevisionGraph(), "", "head"), "no revision is loaded");
}

TEST(ParseRelative, Forms) {
  EXPECT_FALSE(parse_relative("abc"));
  EXPECT_FALSE(parse_relative("a-b-1"));
  EXPECT_FALSE(parse_relative("+"));
  EXPECT_FALSE(parse_relative("a+1x"));
  EXPECT_FALSE(parse_relative(""));
  const auto all = parse_relative("lab@rev-02");
  ASSERT_TRUE(all);
  EXPECT_EQ(all->label, "lab");
  EXPECT_EQ(all->symbol, "rev");
  EXPECT_EQ(all->distance, -2);
  EXPECT_EQ(all->number, "-2");
  EXPECT_EQ(parse_relative("-0")->distance, 0);
}

}  // namespace
}  // namespace migfix::core::test
