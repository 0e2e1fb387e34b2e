#include "core/antichain.hpp"

#include <gtest/gtest.h>

#include "core/nearest.hpp"
#include "unit/graph_samples.hpp"

namespace migfix::core::test {
namespace {

using Rows = std::vector<std::optional<std::string>>;

// All 32 subsets of the diamond: which are legal, and what the others come to.
TEST(Antichain, EverySubsetOfTheDiamond) {
  const RevisionGraph g = diamond();
  const std::vector<std::string> ids{"001", "a", "b", "m", "h"};
  int legal = 0;
  for (unsigned subset = 0; subset < 32; ++subset) {
    Rows rows;
    for (unsigned i = 0; i < 5; ++i)
      if ((subset >> i & 1U) != 0) rows.emplace_back(ids[i]);
    const RowsJudgement judgement = judge_rows(g, rows);
    const bool may_stand = rows.size() < 2 || (rows.size() == 2 && rows[0] == "a" && rows[1] == "b");
    EXPECT_EQ(judgement.is_antichain(), may_stand) << subset;
    EXPECT_EQ(alembic_overlap(g, judgement).empty(), may_stand);
    EXPECT_EQ(judgement.maximal.size() + judgement.surplus.size(), rows.size());
    legal += judgement.is_antichain() ? 1 : 0;
    // What is left is legal itself.
    Rows kept;
    for (const Node node : judgement.maximal) kept.emplace_back(g.id(node));
    EXPECT_TRUE(judge_rows(g, kept).is_antichain());
  }
  EXPECT_EQ(legal, 7);
}

TEST(Antichain, NamesThePairs) {
  const RevisionGraph g = diamond();
  const RowsJudgement judgement = judge_rows(g, {"a", "b", "m"});
  ASSERT_EQ(judgement.overlaps.size(), 2U);
  EXPECT_EQ(judgement.overlaps[0].ancestor, 0U);
  EXPECT_EQ(judgement.overlaps[0].descendant, 2U);
  EXPECT_EQ(judgement.surplus, (std::vector<std::string>{"a", "b"}));
}

// ALEMBIC.md 4.1, as the real one answered; which of several others comes first depends on its hash seed.
TEST(Antichain, AlembicsOwnWords) {
  const RevisionGraph g = diamond();
  for (const auto &[rows, words_of_it] : std::vector<std::pair<std::string, std::string>>{
           {"001 a", "a overlaps with other requested revisions 001"},
           {"001 a b", "a overlaps with other requested revisions 001"},
           {"001 m", "m overlaps with other requested revisions 001"},
           {"a b m", "m overlaps with other requested revisions a, b"},
           {"001 b m h", "b overlaps with other requested revisions 001"},
           {"b m h", "m overlaps with other requested revisions b"},
           {"h m", "h overlaps with other requested revisions m"}}) {
    Rows physical;
    for (const std::string &id : words(rows)) physical.emplace_back(id);
    EXPECT_EQ(alembic_overlap(g, judge_rows(g, physical)), "Requested revision " + words_of_it);
  }
}

TEST(Antichain, OverlapsByDependency) {
  const RevisionGraph g = graph({{"a1"}, {"b1", "", "a1"}});
  EXPECT_FALSE(judge_rows(g, {"a1", "b1"}).is_antichain());
}

TEST(Antichain, ReadsRowsAsAlembicDoes) {
  const RevisionGraph g = grammar();
  const RowsJudgement judgement =
      judge_rows(g, {"aaaa0003", "bbbb", "lib", "head", "-1", "", "zzzz", "aaaa", std::nullopt, "dddd0001 "});
  std::string kinds;
  for (const RowReading &row : judgement.rows) kinds += std::string(row_kind_name(row.kind)) + " ";
  EXPECT_EQ(kinds, "revision prefix label word word word unknown unknown null word ");
  EXPECT_EQ(judgement.unknown, (std::vector<std::size_t>{3, 4, 5, 6, 7, 9}));
  EXPECT_EQ(judgement.misspelt, (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(text(g, recorded(judgement)), "aaaa0003 bbbb0003 cccc0001");
}

TEST(Antichain, CopiesAreSurplusButDoNotOverlap) {
  const RowsJudgement judgement = judge_rows(diamond(), {"a", "a"});
  EXPECT_TRUE(judgement.is_antichain());
  EXPECT_EQ(judgement.surplus, std::vector<std::string>{"a"});
}

TEST(Behind, CountsWhatAnUpgradeWouldRun) {
  const RevisionGraph g = grammar();
  const NodeSet done = applied(g, nodes(g, "aaaa0002 cccc0001"));
  const Behind all = behind_heads(g, done);
  EXPECT_EQ(all.revisions, 4U);
  EXPECT_EQ(text(g, all.heads), "aaaa0003 bbbb0003 cccc0002 dddd0001");
  const Behind one = behind_heads_of(g, done, *g.find("aaaa0002"));
  EXPECT_EQ(one.revisions, 2U);
  EXPECT_EQ(text(g, one.heads), "aaaa0003 bbbb0003");
  const Behind begun = behind_begun(g, applied(g, nodes(g, "aaaa0003")));
  EXPECT_EQ(begun.revisions, 1U);
  EXPECT_EQ(text(g, begun.heads), "bbbb0003");
  EXPECT_EQ(behind_heads(g, applied(g, g.real_heads())).revisions, 0U);
}

TEST(IdsLongerThan, CountsCharacters) {
  const RevisionGraph g = graph({{"abcd"}, {"abcde"}});
  EXPECT_EQ(text(g, ids_longer_than(g, 4)), "abcde");
}

TEST(Antichain, ManyRowsTakeNoSquare) {
  const RevisionGraph g = chain(20000);
  Rows rows;
  for (Node node = 0; node < g.size(); ++node) rows.emplace_back(g.id(node));
  const RowsJudgement judgement = judge_rows(g, rows, 10);
  EXPECT_EQ(judgement.overlaps.size(), 10U);
  EXPECT_TRUE(judgement.more_overlaps);
  EXPECT_EQ(judgement.surplus.size(), 19999U);
  EXPECT_EQ(text(g, judgement.maximal), "r19999");
}

TEST(Nearest, FindsTyposCaseBlanksAndCutNames) {
  const RevisionGraph g = graph({{"1975ea83b712"}, {"ae1027a6acf"}, {"27c6a30d7c24", "", "", "library"}});
  EXPECT_EQ(nearest_names(g, "1975ea83b721", false).front(), "1975ea83b712");
  EXPECT_EQ(nearest_names(g, "AE1027A6ACF", false).front(), "ae1027a6acf");
  EXPECT_EQ(nearest_names(g, " 27c6a30d7c24 ", false).front(), "27c6a30d7c24");
  EXPECT_EQ(nearest_names(g, "27c6", false).front(), "27c6a30d7c24");
  EXPECT_EQ(nearest_names(g, "1975ea83b712_add_users", false).front(), "1975ea83b712");
  EXPECT_TRUE(nearest_names(g, "librery", false).empty());
  EXPECT_EQ(nearest_names(g, "librery", true), std::vector<std::string>{"library"});
  EXPECT_TRUE(nearest_names(g, "zzzzzzzzzzzz", true).empty());
  EXPECT_TRUE(nearest_names(g, "", true).empty());
  EXPECT_TRUE(nearest_names(g, std::string(1000000, 'q'), true).empty());
}

TEST(EditDistance, AgreesWithTheTable) {
  // The textbook's way, cell by cell.
  const auto plain = [](const std::string &a, const std::string &b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
      std::size_t corner = row[0];
      row[0] = i;
      for (std::size_t j = 1; j <= b.size(); ++j) {
        const std::size_t above = row[j];
        row[j] = std::min({above + 1, row[j - 1] + 1, corner + (a[i - 1] == b[j - 1] ? 0 : 1)});
        corner = above;
      }
    }
    return row[b.size()];
  };
  std::uint32_t state = 7;
  const auto next = [&](std::size_t below) {
    state = state * 1664525 + 1013904223;
    return (state >> 8) % below;
  };
  for (int round = 0; round < 3000; ++round) {
    std::string a;
    std::string b;
    for (std::size_t n = 1 + next(64); n > 0; --n) a += static_cast<char>('a' + next(3));
    for (std::size_t n = next(70); n > 0; --n) b += static_cast<char>('a' + next(3));
    ASSERT_EQ(edit_distance(a, b, 1000), plain(a, b)) << a << " " << b;
  }
  EXPECT_EQ(edit_distance("abc", "xyzxyz", 1), 2U);
}

}  // namespace
}  // namespace migfix::core::test
