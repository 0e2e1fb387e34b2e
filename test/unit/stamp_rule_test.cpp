#include "core/stamp_rule.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "unit/graph_samples.hpp"

namespace migfix::core::test {
namespace {

using Rows = std::vector<std::optional<std::string>>;

// The steps, a word each: +new, -old, --old (its copies), old>new; or the error's message.
std::string stamped(const RevisionGraph &graph, const Rows &rows, std::string_view destinations,
                    bool purge = false) {
  try {
    std::string result;
    for (const StampStep &step : plan_stamp(graph, rows, words(destinations), purge).steps) {
      result += result.empty() ? "" : " ";
      const std::string old = step.old_version.value_or("NULL");
      switch (step.operation) {
        case RowOperation::kInsert:
          result += "+" + *step.new_version;
          break;
        case RowOperation::kUpdate:
          result += old + ">" + *step.new_version;
          break;
        case RowOperation::kDelete:
          result += "-" + old;
          break;
        case RowOperation::kDeleteCopies:
          result += "--" + old;
          break;
      }
    }
    return result;
  } catch (const Error &error) {
    return std::string(error.sqlstate()) + " " + error.message();
  }
}

// What the installed Alembic was seen to do for each of these.
TEST(StampRule, DoesWhatAlembicDoes) {
  const RevisionGraph g = diamond();
  EXPECT_EQ(stamped(g, {}, "h"), "+h");
  EXPECT_EQ(stamped(g, {}, "a b"), "+a +b");
  EXPECT_EQ(stamped(g, {"a"}, "h"), "a>h");
  EXPECT_EQ(stamped(g, {"h"}, "001"), "h>001");
  EXPECT_EQ(stamped(g, {"h"}, "a"), "h>a");
  EXPECT_EQ(stamped(g, {"a", "b"}, "h"), "-a b>h");
  EXPECT_EQ(stamped(g, {"a", "b"}, "001"), "-a b>001");
  EXPECT_EQ(stamped(g, {"a"}, "b"), "+b");
  EXPECT_EQ(stamped(g, {"a"}, "a"), "");
  EXPECT_EQ(stamped(g, {"a", "b"}, "a"), "");
  EXPECT_EQ(stamped(g, {"a", "b"}, "base"), "-a -b");
  EXPECT_EQ(stamped(g, {"h"}, "head"), "");
  EXPECT_EQ(stamped(g, {"a"}, "+1"), "a>m");
}

TEST(StampRule, PurgeForgetsWhateverIsThere) {
  const RevisionGraph g = diamond();
  EXPECT_EQ(stamped(g, {"zzzz", std::nullopt, "a"}, "h", true), "-zzzz -NULL -a +h");
  EXPECT_EQ(stamped(g, {"zzzz"}, "base", true), "-zzzz");
  EXPECT_EQ(stamped(g, {"a"}, "+1", true), "22023 \"+1\" starts from the rows that purge deletes");
  EXPECT_EQ(stamped(g, {"a"}, "h-1", true), "-a +m");
}

TEST(StampRule, LabelAtBaseDeletesThatLineageOnly) {
  const RevisionGraph g = grammar();
  EXPECT_EQ(stamped(g, {"aaaa0003", "cccc0002"}, "lib@base"), "-cccc0002");
  EXPECT_EQ(stamped(g, {"aaaa0003", "cccc0002"}, "lib@base left@base"), "-aaaa0003 -cccc0002");
  EXPECT_EQ(stamped(g, {"aaaa0003", "cccc0002"}, "lib@base bbbb0003"), "-cccc0002 +bbbb0003");
}

TEST(StampRule, HeadsKeepsEveryBranch) {
  const RevisionGraph g = graph({{"x1"}, {"x2", "x1"}, {"y1"}, {"y2", "y1"}});
  EXPECT_EQ(stamped(g, {"x1", "y2"}, "heads"), "x1>x2");
  EXPECT_EQ(stamped(g, {"x1", "y1"}, "heads"), "x1>x2 y1>y2");
  EXPECT_EQ(stamped(g, {}, "heads"), "+x2 +y2");
  // One row below both: it becomes one of them, the other is new, and neither is moved again.
  const RevisionGraph fork = graph({{"p"}, {"q", "p"}, {"r", "p"}});
  EXPECT_EQ(stamped(fork, {"p"}, "heads"), "p>q +r");
}

TEST(StampRule, RefusesDestinationsThatOverlap) {
  const RevisionGraph g = diamond();
  EXPECT_EQ(stamped(g, {}, "001 a"),
            "22023 Requested revision a overlaps with other requested revisions 001");
  EXPECT_EQ(stamped(g, {}, "heads 001"),
            "22023 Requested revision h overlaps with other requested revisions 001");
  EXPECT_EQ(stamped(g, {"a"}, "base a"),
            "22023 Requested revision a overlaps with other requested revisions base");
  EXPECT_EQ(stamped(grammar(), {}, "lib@base cccc0002"),
            "22023 Requested revision cccc0002 overlaps with other requested revisions base");
  EXPECT_EQ(stamped(g, {}, "a a"), "+a");
  EXPECT_EQ(stamped(g, {}, ""), "22023 no revision is given");
}

TEST(StampRule, MendsRowsThatOverlap) {
  const RevisionGraph g = diamond();
  EXPECT_EQ(stamped(g, {"001", "h"}, "h"), "-001");
  EXPECT_EQ(stamped(g, {"001", "h"}, "a"), "-001 h>a");  // between two rows
  EXPECT_EQ(stamped(g, {"001", "h"}, "001"), "-h");
  EXPECT_EQ(stamped(g, {"b", "m"}, "a"), "m>a");  // as Alembic
  const RevisionGraph two = graph({{"x1"}, {"x2", "x1"}, {"y1"}});
  EXPECT_EQ(stamped(two, {"x1", "x2"}, "y1"), "+y1 -x1");
}

TEST(StampRule, MendsCopiesAndNull) {
  const RevisionGraph g = diamond();
  EXPECT_EQ(stamped(g, {"a", "a"}, "b"), "--a +b");
  EXPECT_EQ(stamped(g, {"a", "a"}, "h"), "--a a>h");
  EXPECT_EQ(stamped(g, {std::nullopt, "a"}, "a"), "-NULL");
}

TEST(StampRule, WritesPrefixesAndLabelsOut) {
  const RevisionGraph g = grammar();
  EXPECT_EQ(stamped(g, {"bbbb", "lib"}, "dddd0001"), "lib>dddd0001 bbbb>bbbb0003");
  EXPECT_EQ(stamped(g, {"bbbb0", "bbbb0003"}, "lib@head"), "+cccc0002 -bbbb0");
  EXPECT_EQ(stamped(g, {"bbbb0"}, "bbbb0003"), "bbbb0>bbbb0003");
}

TEST(StampRule, RefusesRowsThatNobodyKnows) {
  const RevisionGraph g = grammar();
  EXPECT_EQ(stamped(g, {"zzzz9999"}, "left@head"), "55000 Can't locate revision identified by 'zzzz9999'");
  EXPECT_EQ(stamped(g, {"aaaa"}, "left@head"), "55000 Can't locate revision identified by 'aaaa'");
  EXPECT_EQ(
      stamped(g, {"head"}, "left@head"),
      "55000 a version row cannot be read: \"head\" is a word of Alembic's command line, not a revision");
  try {
    plan_stamp(g, {"AAAA0003"}, {"base"}, false);
    FAIL();
  } catch (const Error &error) {
    EXPECT_TRUE(error.hint().starts_with("Did you mean \"aaaa0003\"")) << error.hint();
  }
}

TEST(StampRule, ARowThatSharesLineageWithTheLabelAloneIsKept) {
  // r depends on the revision that carries the label; it does not lie on the way to the branch's head.
  const RevisionGraph g =
      graph({{"l1"}, {"l2", "l1", "", "lab"}, {"d", "l2", "other"}, {"other", "", ""}, {"r", "", "l2"}});
  EXPECT_EQ(stamped(g, {"r", "other"}, "lab@head"), "other>d");
}

TEST(StampRule, PromisesTheRowsThatTheStepsLeadTo) {
  const RevisionGraph g = diamond();
  EXPECT_EQ(plan_stamp(g, {"a", "b"}, {"h"}, false).rows_after, (std::vector<std::string>{"h"}));
  EXPECT_EQ(plan_stamp(g, {"a"}, {"b"}, false).rows_after, (std::vector<std::string>{"a", "b"}));
}

TEST(StampRule, ManyRowsAndManyHeadsTakeNoSquare) {
  std::vector<Revision> input;
  Rows rows;
  for (int i = 0; i < 3000; ++i) {
    const std::string base = "b" + std::to_string(i);
    input.push_back({base, {}, {}, {}, ""});
    input.push_back({"h" + std::to_string(i), {base}, {}, {}, ""});
    rows.emplace_back(base);
  }
  const RevisionGraph g(std::move(input));
  EXPECT_EQ(plan_stamp(g, rows, {"heads"}, false).steps.size(), 3000U);
}

}  // namespace
}  // namespace migfix::core::test
