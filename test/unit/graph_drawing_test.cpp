#include "core/graph_drawing.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "unit/graph_samples.hpp"

namespace migfix::core::test {
namespace {

std::string joined(const std::vector<std::string> &lines) {
  std::string result;
  for (const std::string &line : lines) result += line + "\n";
  return result;
}

std::string drawn(const RevisionGraph &graph, const std::vector<StandingTable> &tables = {}) {
  return "\n" + joined(draw_text(graph, tables));
}

TEST(DrawText, ALine) {
  const RevisionGraph g = graph({{"1"}, {"2", "1"}});
  const std::string found = drawn(g, {{"public.alembic_version", nodes(g, "1")}});
  EXPECT_EQ(found, R"(
*  2 (head)
*  1  <- public.alembic_version
)");
}

TEST(DrawText, BranchAndMerge) {
  EXPECT_EQ(drawn(diamond()), R"(
*  h (head)
*  m (mergepoint)
|\
* |  a
| *  b
|/
*  001 (branchpoint)
)");
}

TEST(DrawText, TwoHeadsWithLabelsAndTables) {
  const RevisionGraph g = grammar();
  const std::string found = drawn(
      g, {{"a.alembic_version", nodes(g, "aaaa0002 cccc0002")}, {"b.alembic_version", nodes(g, "aaaa0002")}});
  EXPECT_EQ(found, R"(
*  aaaa0003 (left) (head)
| *  bbbb0003 (right) (head)
|/
*  aaaa0002 (branchpoint)  <- a.alembic_version, b.alembic_version
*  aaaa0001
*  cccc0002 (head)  <- a.alembic_version
| *  dddd0001 (dep) (head) (depends on cccc0001)
*  cccc0001 (lib)
)");
}

TEST(DrawText, ThreeWaysIntoOne) {
  const RevisionGraph g = graph({{"o"}, {"x", "o"}, {"y", "o"}, {"z", "o"}, {"m", "x y z"}});
  EXPECT_EQ(drawn(g), R"(
*  m (head) (mergepoint)
|\
| |\
* | |  x
| * |  y
|/ /
| *  z
|/
*  o (branchpoint)
)");
}

TEST(DrawText, AWayPastAnother) {
  // m joins p with the base directly, so one lane runs past the other.
  const RevisionGraph g = graph({{"o"}, {"p", "o"}, {"q"}, {"q2", "q"}, {"m", "p q2 o"}});
  EXPECT_EQ(drawn(g), R"(
*  m (head) (mergepoint)
|\
| |\
* | |  p
|_|/
| *  q2
| *  q
*  o (branchpoint)
)");
}

TEST(DrawText, MessagesStayOnOneLine) {
  std::vector<Revision> input{{"1", {}, {}, {}, "add \x1b[2Jusers\nand more"}};
  EXPECT_EQ(drawn(RevisionGraph(input)), "\n*  1 (head), add  [2Jusers\n");
}

TEST(DrawText, NothingToDraw) {
  EXPECT_EQ(drawn(RevisionGraph()), "\n");
}

TEST(DrawText, AHundredThousand) {
  EXPECT_EQ(draw_text(chain(100000), {}).size(), 100000U);
  std::vector<Revision> input{{"base", {}, {}, {}, ""}};
  for (int i = 0; i < 20000; ++i) input.push_back({"r" + std::to_string(i), {"base"}, {}, {}, ""});
  EXPECT_EQ(draw_text(RevisionGraph(std::move(input)), {}).size(), 20000U * 2);
}

TEST(DrawText, RefusesWhatNoTerminalShows) {
  Revision merge{"m", {}, {}, {}, ""};
  std::vector<Revision> input;
  for (int i = 0; i < 200; ++i) {
    input.push_back({"r" + std::to_string(i), {}, {}, {}, ""});
    merge.down_revision.push_back(input.back().revision);
  }
  input.push_back(merge);
  try {
    draw_text(RevisionGraph(input), {});
    FAIL();
  } catch (const Error &error) {
    EXPECT_STREQ(error.sqlstate(), "54000");
  }
}

TEST(DrawDot, QuotesAndEdges) {
  std::vector<Revision> input{
      {"1", {}, {}, {}, "say \"hi\" \\ bye"}, {"2", {"1"}, {}, {"lab"}, ""}, {"3", {}, {"1"}, {}, ""}};
  const RevisionGraph g(input);
  const std::string found = "\n" + joined(draw_dot(g, {{"alembic_version", nodes(g, "2")}}));
  EXPECT_EQ(found, R"~(
digraph revisions {
  rankdir=BT;
  node [shape=box, fontname="monospace"];
  r0 [label="1\nsay \"hi\" \\ bye"];
  r1 [label="2 (lab) (head)", style=bold];
  r2 [label="3 (head)", style=bold];
  r0 -> r1;
  r0 -> r2 [style=dashed];
  t0 [label="alembic_version", shape=cylinder];
  t0 -> r1 [style=dotted, constraint=false];
}
)~");
}

TEST(DrawMermaid, EntitiesAndEdges) {
  std::vector<Revision> input{
      {"1", {}, {}, {}, "a <b> \"c\" #1; end"}, {"2", {"1"}, {}, {}, ""}, {"3", {}, {"1"}, {}, ""}};
  const RevisionGraph g(input);
  const std::string found = "\n" + joined(draw_mermaid(g, {{"alembic_version", nodes(g, "2")}}));
  EXPECT_EQ(found, R"~(
flowchart BT
  r0["1<br/>a #60;b#62; #34;c#34; #35;1#59; end"]
  r1["2 #40;head#41;"]
  r2["3 #40;head#41;"]
  r0 --> r1
  r0 -.-> r2
  t0[("alembic_version")]
  t0 -.- r1
)~");
}

}  // namespace
}  // namespace migfix::core::test
