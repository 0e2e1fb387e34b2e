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
*  aaaa0002 (branchpoint)  <- a.alembic_version and b.alembic_version
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

TEST(DrawText, BasesAreKeptApart) {
  // Without the line between, y would seem to follow x2.
  const RevisionGraph g = graph({{"o"}, {"p", "o"}, {"q", "o"}, {"x"}, {"x2", "x"}, {"y"}, {"m", "p o"}});
  EXPECT_EQ(drawn(g), R"(
*  q (head)
| *  m (head) (mergepoint)
| |\
|_|/
| *  p
|/
| *  y (head)
|
| *  x2 (head)
| *  x
*  o (branchpoint)
)");
}

TEST(DrawText, ManyTablesAtOneRevision) {
  const RevisionGraph g = graph({{"1"}});
  std::vector<StandingTable> tables;
  for (int i = 1; i <= 1000; ++i) tables.push_back({"t" + std::to_string(i), nodes(g, "1")});
  EXPECT_EQ(drawn(g, tables), "\n*  1 (head)  <- t1, t2, t3, t4, t5 and 995 more\n");
}

TEST(DrawText, MessagesStayOnOneLine) {
  std::vector<Revision> input{{"1", {}, {}, {}, "add \x1b[2Jusers\nand more"}};
  EXPECT_EQ(drawn(RevisionGraph(input)), "\n*  1 (head), add  [2Jusers\n");
}

TEST(DrawText, NothingToDraw) {
  EXPECT_EQ(drawn(RevisionGraph()), "\n");
}

TEST(DrawText, TenThousand) {
  EXPECT_EQ(draw_text(chain(20000), {}).size(), 20000U);
  std::vector<Revision> input{{"base", {}, {}, {}, ""}};
  for (int i = 0; i < 10000; ++i) input.push_back({"r" + std::to_string(i), {"base"}, {}, {}, ""});
  EXPECT_EQ(draw_text(RevisionGraph(std::move(input)), {}).size(), 10000U * 2);
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
      {"1", {}, {}, {}, "say \"hi\" \\ R&D"}, {"2", {"1"}, {}, {"lab"}, ""}, {"3", {}, {"1"}, {}, ""}};
  const RevisionGraph g(input);
  const std::string found = "\n" + joined(draw_dot(g, {{"alembic_version", nodes(g, "2")}}));
  EXPECT_EQ(found, R"~(
digraph revisions {
  rankdir=BT;
  node [shape=box, fontname="monospace"];
  r0 [label="1\nsay \"hi\" \\ R&amp;D"];
  r1 [label="2 (lab) (head)", style=bold];
  r2 [label="3 (head)", style=bold];
  r0 -> r1;
  r0 -> r2 [style=dashed];
  t0 [label="alembic_version", shape=cylinder];
  r1 -> t0 [dir=back, style=dotted];
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
  r0["1
a #60;b#62; #34;c#34; #35;1#59; end"]
  r1["2 (head)"]
  r2["3 (head)"]
  r0 --> r1
  r0 -.-> r2
  t0[("alembic_version")]
  t0 -.- r1
)~");
}

TEST(DrawMermaid, NoMarkdown) {
  const auto label = [](std::string id) {
    const std::string line = draw_mermaid(RevisionGraph({{std::move(id), {}, {}, {}, ""}}), {})[1];
    return line.substr(6, line.size() - 6 - 9);  // without r0[" and (head)"]
  };
  EXPECT_EQ(label("add_column, a.b (x) it's 1-2: c/d"), "add_column, a.b (x) it's 1-2: c/d");
  EXPECT_EQ(label("__init__ *x* $$y$$"), "#95;#95;init#95;#95; #42;x#42; #36;#36;y#36;#36;");
  EXPECT_EQ(label("1. one"), "1#46; one");
  EXPECT_EQ(label("2) two"), "2#41; two");
  EXPECT_EQ(label("- three"), "#45; three");
  EXPECT_EQ(label("fa:fa-car"), "fa#58;fa-car");
}

TEST(DrawDotAndMermaid, TablesAtTheSameRevisionsAreOneBox) {
  const RevisionGraph g = graph({{"1"}, {"2"}});
  std::vector<StandingTable> tables{{"a", nodes(g, "1 2")}, {"b", nodes(g, "2")}, {"c", nodes(g, "2 1")}};
  for (int i = 0; i < 9; ++i) tables.push_back({"t" + std::to_string(i), nodes(g, "2")});
  const std::string dot = joined(draw_dot(g, tables));
  EXPECT_NE(dot.find(R"(t0 [label="a\nc", shape=cylinder];
  r0 -> t0 [dir=back, style=dotted];
  r1 -> t0 [dir=back, style=dotted];
  t1 [label="b\nt0\nt1\nt2\nt3\nand 5 more", shape=cylinder];
  r1 -> t1 [dir=back, style=dotted];
})"),
            std::string::npos)
      << dot;
  const std::string mermaid = joined(draw_mermaid(g, tables));
  EXPECT_NE(mermaid.find(R"(t0[("a
c")]
  t0 -.- r0
  t0 -.- r1
  t1[("b
t0
t1
t2
t3
and 5 more")]
  t1 -.- r1
)"),
            std::string::npos)
      << mermaid;
}

}  // namespace
}  // namespace migfix::core::test
