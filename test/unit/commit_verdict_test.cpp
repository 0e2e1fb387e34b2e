#include "core/commit_verdict.hpp"

#include <gtest/gtest.h>

#include "unit/graph_samples.hpp"

namespace migfix::core::test {
namespace {

Environment environment(RevisionGraph graph, const std::string &name = "default") {
  Environment result;
  result.name = name;
  result.graph = std::move(graph);
  return result;
}

CommitRows commit(std::string_view rows, std::string_view recorded) {
  CommitRows result;
  result.version_table = "public.alembic_version";
  for (const std::string &row : words(rows)) result.rows.emplace_back(row);
  for (const std::string &version : words(recorded)) result.recorded.insert(version);
  return result;
}

// All 32 subsets of the diamond, each written by one transaction, in both orders of the rows.
TEST(CommitVerdict, RejectsWhatIsNoAntichain) {
  const Environment e = environment(diamond());
  const std::vector<std::string> ids{"001", "a", "b", "m", "h"};
  int accepted = 0;
  for (unsigned subset = 0; subset < 32; ++subset) {
    std::string rows;
    std::string reverse;
    for (unsigned i = 0; i < 5; ++i) {
      if ((subset >> i & 1U) == 0) continue;
      rows += ids[i] + " ";
      reverse = ids[i] + " " + reverse;
    }
    const bool legal = words(rows).size() < 2 || rows == "a b ";
    for (const std::string &order : {rows, reverse}) {
      const CommitVerdict verdict = judge_commit(e, commit(order, rows));
      EXPECT_EQ(!verdict.rejection, legal) << rows;
      EXPECT_TRUE(verdict.warnings.empty()) << rows;
    }
    accepted += legal ? 1 : 0;
  }
  EXPECT_EQ(accepted, 7);
}

TEST(CommitVerdict, SaysWhatOverlapsAndWhatToDo) {
  const Environment e = environment(diamond());
  CommitRows rows = commit("001 a m", "m");
  const CommitVerdict verdict = judge_commit(e, rows);
  ASSERT_TRUE(verdict.rejection);
  EXPECT_STREQ(verdict.rejection->sqlstate(), "23514");
  EXPECT_EQ(verdict.rejection->message(),
            "version \"m\" overlaps with version \"001\" in public.alembic_version");
  EXPECT_EQ(
      verdict.rejection->detail(),
      "\"001\" is an ancestor of \"m\" and \"a\" is an ancestor of \"m\". No \"alembic upgrade\" starts from "
      "such rows: it fails with \"Requested revision a overlaps with other requested revisions 001\". Where "
      "the "
      "project has changed its revisions since they were loaded for environment default, load them again "
      "first.");
  EXPECT_EQ(verdict.rejection->hint(),
            "A revision implies its ancestors. If \"m\" is applied here, record \"m\" alone:\n"
            "SELECT * FROM migfix_stamp('m', purge => true, version_table => 'public.alembic_version');");
  rows.functions = "tools.";
  EXPECT_NE(judge_commit(e, rows).rejection->hint().find("FROM tools.migfix_stamp("), std::string::npos);
}

TEST(CommitVerdict, AnAncestorBesideWhatWasThereNeedsNoRecord) {
  const CommitVerdict verdict = judge_commit(environment(diamond()), commit("h 001", "001"));
  ASSERT_TRUE(verdict.rejection);
  EXPECT_EQ(
      verdict.rejection->hint(),
      "\"h\" is recorded already and implies \"001\", so there is nothing to record. If the database stands "
      "at \"001\" instead:\n"
      "SELECT * FROM migfix_stamp('001', version_table => 'public.alembic_version');");
}

TEST(CommitVerdict, AnOverlapFromBeforeIsAWarning) {
  // A row on another branch comes beside the two that overlap.
  const Environment e = environment(graph({{"1"}, {"2", "1"}, {"x"}, {"y", "x"}}));
  const CommitVerdict verdict = judge_commit(e, commit("1 2 x", "x"));
  EXPECT_FALSE(verdict.rejection);
  ASSERT_EQ(verdict.warnings.size(), 1U);
  EXPECT_EQ(
      verdict.warnings[0].message,
      "version \"2\" overlaps with version \"1\" in public.alembic_version, as before this transaction");
  EXPECT_EQ(verdict.warnings[0].hint,
            "A revision implies its ancestors, so \"2\" and \"x\" alone should be recorded:\n"
            "SELECT * FROM migfix_stamp(ARRAY['2', 'x'], purge => true, version_table => "
            "'public.alembic_version');");
  EXPECT_TRUE(judge_commit(e, commit("1 2 y", "y 1")).rejection);
}

TEST(CommitVerdict, ModesThatDoNotReject) {
  const Environment e = environment(diamond());
  CommitRows rows = commit("001 h", "h");
  rows.mode = GuardMode::kHeal;
  const CommitVerdict verdict = judge_commit(e, rows);
  EXPECT_FALSE(verdict.rejection);
  ASSERT_EQ(verdict.warnings.size(), 1U);
  EXPECT_EQ(verdict.warnings[0].message,
            "version \"h\" overlaps with version \"001\" in public.alembic_version");
  for (const GuardMode mode : {GuardMode::kObserve, GuardMode::kOff}) {
    rows.mode = mode;
    EXPECT_FALSE(judge_commit(e, rows).rejection);
    EXPECT_TRUE(judge_commit(e, rows).warnings.empty());
  }
}

TEST(CommitVerdict, DependenciesOverlapToo) {
  const Environment e = environment(graph({{"a1"}, {"b1", "", "a1"}}));
  EXPECT_TRUE(judge_commit(e, commit("a1 b1", "b1")).rejection);
}

TEST(CommitVerdict, AlembicsOwnFaultIsNamed) {
  // r2 names r1 and r0, and r0 is below r1: a downgrade from r2 leaves both.
  const Environment e = environment(graph({{"r0"}, {"r1", "r0"}, {"r2", "r1 r0"}}));
  const CommitVerdict verdict = judge_commit(e, commit("r0 r1", "r0 r1"));
  ASSERT_TRUE(verdict.rejection);
  EXPECT_NE(verdict.rejection->hint().find("set migfix.guard to heal for that run"), std::string::npos);
  const CommitVerdict plain = judge_commit(environment(diamond()), commit("001 a", "001 a"));
  EXPECT_EQ(plain.rejection->hint().find("heal"), std::string::npos);
}

TEST(CommitVerdict, UnknownRevisionsAreAWarningOnlyForWhoWroteThem) {
  const Environment e = environment(graph({{"1975ea83b712"}, {"ae1027a6acf4", "1975ea83b712"}}), "billing");
  const CommitVerdict verdict = judge_commit(e, commit("1975ea83b721", "1975ea83b721"));
  EXPECT_FALSE(verdict.rejection);
  ASSERT_EQ(verdict.warnings.size(), 1U);
  EXPECT_EQ(verdict.warnings[0].message,
            "version \"1975ea83b721\" in public.alembic_version is no revision that is known here");
  EXPECT_EQ(
      verdict.warnings[0].detail,
      "It is not among the 2 revisions of environment billing. Where the project's files lack it as well, "
      "every alembic command stops with \"Can't locate revision identified by '1975ea83b721'\".");
  EXPECT_EQ(
      verdict.warnings[0].hint,
      "Did you mean \"1975ea83b712\"? If it is newer than what was loaded, load the revision files again:\n"
      "\\set scripts `cat alembic/versions/*.py`\n"
      "SELECT * FROM migfix_load_scripts(:'scripts', environment => 'billing');");
  EXPECT_TRUE(judge_commit(e, commit("zzzz 1975ea83b712", "1975ea83b712")).warnings.empty());
  const CommitVerdict several = judge_commit(e, commit("z1 z2 z3", "z1 z2"));
  ASSERT_EQ(several.warnings.size(), 1U);
  EXPECT_EQ(several.warnings[0].message,
            "versions \"z1\" and \"z2\" in public.alembic_version are no revisions that are known here");
}

TEST(CommitVerdict, APurgeIsNoAdviceBesideRowsThatNobodyKnows) {
  const CommitVerdict verdict = judge_commit(environment(diamond()), commit("zzzz 001 h", "h"));
  ASSERT_TRUE(verdict.rejection);
  EXPECT_EQ(verdict.rejection->hint(),
            "A revision implies its ancestors. If \"h\" is applied here, record \"h\" alone:\n"
            "SELECT migfix_diagnose();");
}

TEST(CommitVerdict, PrefixesAndLabelsMayBeNewerRevisions) {
  const Environment e = environment(grammar());
  CommitVerdict verdict = judge_commit(e, commit("bbbb", "bbbb"));
  EXPECT_FALSE(verdict.rejection);
  ASSERT_EQ(verdict.warnings.size(), 1U);
  EXPECT_EQ(verdict.warnings[0].message,
            "version \"bbbb\" in public.alembic_version is only the beginning of revision \"bbbb0003\"");
  EXPECT_NE(verdict.warnings[0].hint.find(
                "SELECT * FROM migfix_stamp('bbbb0003', version_table => 'public.alembic_version');"),
            std::string::npos);
  verdict = judge_commit(e, commit("lib", "lib"));
  ASSERT_EQ(verdict.warnings.size(), 1U);
  EXPECT_EQ(verdict.warnings[0].message,
            "version \"lib\" in public.alembic_version is a branch label, not a revision");
  // It would overlap if it were bbbb0003, but nobody can be sure of that.
  verdict = judge_commit(e, commit("aaaa0001 bbbb", "bbbb"));
  EXPECT_FALSE(verdict.rejection);
  EXPECT_EQ(verdict.warnings.size(), 1U);
  // What was there before is for diagnosis to say.
  EXPECT_TRUE(judge_commit(e, commit("bbbb cccc0001", "cccc0001")).warnings.empty());
}

TEST(CommitVerdict, OddRowsDoNotMatter) {
  CommitRows rows = commit("head", "head");
  rows.rows.push_back(std::nullopt);
  rows.rows.emplace_back("a");
  rows.rows.emplace_back("a");
  rows.recorded.insert("a");
  const CommitVerdict verdict = judge_commit(environment(diamond()), rows);
  EXPECT_FALSE(verdict.rejection);
  EXPECT_TRUE(verdict.warnings.empty());
}

TEST(CommitVerdict, ManyRowsTakeNoSquare) {
  const Environment e = environment(chain(20000));
  CommitRows rows;
  rows.version_table = "t";
  for (Node node = 0; node < e.graph.size(); ++node) {
    rows.rows.emplace_back(e.graph.id(node));
    rows.recorded.insert(e.graph.id(node));
  }
  const CommitVerdict verdict = judge_commit(e, rows);
  ASSERT_TRUE(verdict.rejection);
  EXPECT_NE(verdict.rejection->detail().find(", among others"), std::string::npos);
  EXPECT_LT(verdict.rejection->detail().size(), 1000U);
}

}  // namespace
}  // namespace migfix::core::test
