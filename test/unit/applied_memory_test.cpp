#include "core/applied_memory.hpp"

#include <gtest/gtest.h>

#include "unit/facts_builder.hpp"
#include "unit/graph_samples.hpp"

namespace migfix::core::test {
namespace {

// Revisions as a series of loads leaves them, and a log that grows beside.
class Story {
 public:
  // Revisions that are new, or have other parents than before.
  void load(std::initializer_list<Line> lines) {
    const std::int64_t number = ++number_;
    for (Revision &revision : revisions(lines)) {
      const auto known = std::find_if(revisions_.begin(), revisions_.end(), [&](const Revision &other) {
        return other.revision == revision.revision;
      });
      if (known == revisions_.end()) {
        revisions_.push_back(std::move(revision));
        origins_.push_back({number, number, {}});
        continue;
      }
      RevisionOrigin &origin = origins_[static_cast<std::size_t>(known - revisions_.begin())];
      origin.former_parents = known->down_revision;
      origin.former_parents.insert(origin.former_parents.end(), known->depends_on.begin(),
                                   known->depends_on.end());
      origin.linked = number;
      *known = std::move(revision);
    }
  }

  // One change: "a>b" updates, ">b" inserts, "a>" deletes.
  LogEntry &change(std::string_view steps, const std::string &statement = "UPDATE alembic_version SET …") {
    const std::int64_t first = number_ + 1;
    for (const std::string &step : words(steps)) {
      const std::size_t at = step.find('>');
      std::optional<std::string> from;
      std::optional<std::string> to;
      if (at > 0) from = step.substr(0, at);
      if (at + 1 < step.size()) to = step.substr(at + 1);
      const Operation operation = !from ? Operation::kInsert : !to ? Operation::kDelete : Operation::kUpdate;
      log_.push_back(entry(++number_, operation, from, to, first));
      log_.back().statement = statement;
    }
    return log_.back();
  }

  std::string missing(std::string_view rows, bool whole = true) const {
    const Environment environment("default", revisions_, origins_);
    std::vector<std::optional<std::string>> now;
    for (const std::string &row : words(rows)) now.emplace_back(row);
    AppliedMemory memory(environment);
    const std::string answer = text(environment.graph, memory.never_applied(now, log_, whole));
    EXPECT_EQ(text(environment.graph, memory.never_applied(now, log_, whole)), answer) << "asked again";
    return answer;
  }

  void without_origins() { origins_.clear(); }
  void without_log() { log_.clear(); }
  std::vector<LogEntry> &log() { return log_; }

 private:
  std::vector<Revision> revisions_;
  std::vector<RevisionOrigin> origins_;
  std::vector<LogEntry> log_;
  std::int64_t number_ = 0;
};

TEST(AppliedMemory, TheFirstLoadSpeaksForWhatIsThere) {
  Story story;
  story.load({{"1"}, {"2", "1"}, {"3", "2"}});
  EXPECT_EQ(story.missing("3"), "");
  story.load({{"x"}, {"4", "3"}});
  EXPECT_EQ(story.missing("3"), "");
}

TEST(AppliedMemory, ARevisionPutInBelowTheRecordedHead) {
  Story story;
  story.load({{"1"}, {"2", "1"}, {"3", "2"}});
  story.load({{"x", "1"}, {"2", "x"}});
  EXPECT_EQ(story.missing("2"), "x");
  EXPECT_EQ(story.missing("3"), "x");
  EXPECT_EQ(story.missing("1"), "");
  EXPECT_EQ(story.missing("x"), "");
  // A further upgrade changes nothing about it.
  story.change("2>3");
  EXPECT_EQ(story.missing("3"), "x");
  story.load({{"4", "3"}});
  story.change("3>4");
  EXPECT_EQ(story.missing("4"), "x");
}

TEST(AppliedMemory, TheLogMayBeOlderThanTheGraph) {
  Story story;
  story.change(">1 1>2");
  story.load({{"1"}, {"2", "1"}});
  EXPECT_EQ(story.missing("2"), "");
  story.load({{"x", "1"}, {"2", "x"}});
  EXPECT_EQ(story.missing("2"), "x");
}

TEST(AppliedMemory, ABranchMovedOntoAnother) {
  Story story;
  story.load({{"0"}, {"a", "0"}, {"b", "0"}});
  story.load({{"b", "a"}});
  EXPECT_EQ(story.missing("b"), "a");
  EXPECT_EQ(story.missing("a b"), "");  // both were applied: an overlap, but nothing is missing
  EXPECT_EQ(story.missing("a"), "");
}

TEST(AppliedMemory, LoadedTogetherWithANewHead) {
  Story story;
  story.change(">1 1>2");
  story.load({{"1"}, {"2", "1"}});
  story.load({{"x", "1"}, {"2", "x"}, {"3", "2"}});
  EXPECT_EQ(story.missing("2"), "x");
  story.change("2>3");
  EXPECT_EQ(story.missing("3"), "x");
}

TEST(AppliedMemory, UpgradedBeforeTheGraphWasLoadedAgain) {
  Story skipped;
  skipped.load({{"1"}, {"2", "1"}});
  skipped.change("2>3");
  skipped.load({{"x", "1"}, {"2", "x"}, {"3", "2"}});
  EXPECT_EQ(skipped.missing("3"), "x");

  Story walked;
  walked.load({{"1"}, {"2", "1"}});
  walked.change(">1");
  walked.change("1>x x>2");
  walked.load({{"x", "1"}, {"2", "x"}});
  EXPECT_EQ(walked.missing("2"), "");
}

TEST(AppliedMemory, ADependencyAddedLater) {
  Story story;
  story.load({{"a1"}, {"b1"}, {"b2", "b1"}});
  story.load({{"b1", "", "a1"}});
  EXPECT_EQ(story.missing("b2"), "a1");
  EXPECT_EQ(story.missing("a1 b2"), "");
}

TEST(AppliedMemory, SeveralAreInOrder) {
  Story story;
  story.load({{"1"}, {"4", "1"}});
  story.load({{"3", "2"}, {"2", "1"}, {"4", "3"}});
  EXPECT_EQ(story.missing("4"), "2 3");
}

TEST(AppliedMemory, WhatUpgradesWalkThroughIsApplied) {
  Story story;
  story.load({{"1"}, {"2", "1"}});
  story.change(">1");
  story.load({{"x", "1"}, {"2", "x"}});
  story.change("1>x x>2");
  EXPECT_EQ(story.missing("2"), "");
  // down and up again, in one change and in several
  story.change("2>x x>1 1>x x>2");
  EXPECT_EQ(story.missing("2"), "");
  story.change("2>x");
  story.change("x>1");
  story.change("1>x x>2");
  EXPECT_EQ(story.missing("2"), "");
}

TEST(AppliedMemory, ADowngradeAppliesNothingAndTakesAway) {
  Story story;
  story.change(">1 1>2");
  story.load({{"1"}, {"2", "1"}});
  story.load({{"x", "1"}, {"2", "x"}});
  story.change("2>x");
  EXPECT_EQ(story.missing("x"), "x");
  story.change("x>1");
  EXPECT_EQ(story.missing("1"), "");
  story.change("1>x x>2");
  EXPECT_EQ(story.missing("2"), "");

  // 2 is taken back, and then put in below another.
  Story again;
  again.load({{"1"}, {"2", "1"}, {"n", "1"}});
  again.change(">1 1>2");
  again.change("2>1");
  again.change("1>n");
  again.load({{"n", "2"}});
  EXPECT_EQ(again.missing("n"), "2");
}

TEST(AppliedMemory, AStampSpeaksForWhatIsBelow) {
  Story story;
  story.load({{"1"}, {"2", "1"}, {"3", "2"}, {"4", "3"}});
  story.load({{"x", "1"}, {"2", "x"}});
  story.change(">2");
  EXPECT_EQ(story.missing("2"), "");

  // over several revisions, up and down
  Story up;
  up.load({{"1"}, {"2", "1"}, {"3", "2"}, {"4", "3"}});
  up.change(">1");
  up.load({{"x", "1"}, {"2", "x"}});
  up.change("1>3");
  EXPECT_EQ(up.missing("3"), "");
  up.load({{"y"}, {"1", "y"}});
  EXPECT_EQ(up.missing("3"), "y");
  up.change("3>1");
  EXPECT_EQ(up.missing("1"), "");
}

TEST(AppliedMemory, AStampToAMergeOfWhichOneBranchStands) {
  Story story;
  story.load({{"0"}, {"a", "0"}, {"b", "0"}, {"m", "a b"}});
  story.load({{"y"}, {"0", "y"}});
  story.change(">y y>0 0>a");
  EXPECT_EQ(story.missing("a"), "");
  story.change("a>m");
  EXPECT_EQ(story.missing("m"), "");
}

TEST(AppliedMemory, MergesAndUnmergesAndDependencies) {
  Story story;
  story.load({{"0"}, {"a", "0"}, {"b", "0"}, {"m", "a b"}, {"l"}, {"r", "m", "l"}, {"z"}});
  story.load({{"z", "r"}});  // what makes the log worth a replay
  story.change(">0 0>a >b");
  story.change("a> b>m");
  story.change(">l");
  story.change("l> m>r");
  EXPECT_EQ(story.missing("r"), "");
  story.change(">l r>m");
  EXPECT_EQ(story.missing("l m"), "");
  story.change(">a m>b");
  story.change("a> b>0");
  story.change("0>a >b");
  story.change("b> a>m l> m>r");
  EXPECT_EQ(story.missing("r"), "");
  EXPECT_EQ(story.missing("z"), "");  // past the log
}

TEST(AppliedMemory, APersonMaySayThatItIsApplied) {
  Story story;
  story.load({{"1"}, {"2", "1"}});
  story.load({{"x", "1"}, {"2", "x"}});
  story.change("2> >2", "SELECT * FROM migfix_stamp('2', purge => true)");
  EXPECT_EQ(story.missing("2"), "x");
  story.change("2> >2", "SELECT * FROM migfix_stamp('2', purge => true, reason => 'x was run by hand')")
      .reason = "x was run by hand";
  EXPECT_EQ(story.missing("2"), "");
  story.load({{"y", "1"}, {"x", "y"}});
  EXPECT_EQ(story.missing("2"), "y");
}

TEST(AppliedMemory, AlembicRunsItAfterAStampBelowIt) {
  for (const std::string head : {"2", "3"}) {
    Story story;
    story.load({{"1"}, {"2", "1"}, {"3", "2"}});
    story.change(">1 1>2");
    if (head == "3") story.change("2>3");
    story.load({{"x", "1"}, {"2", "x"}});
    EXPECT_EQ(story.missing(head), "x");
    story.change(head + "> >1");
    story.change("1>x");
    story.change("x> >" + head);
    EXPECT_EQ(story.missing(head), "");
  }
}

TEST(AppliedMemory, AnUndoForgetsNothing) {
  Story story;
  story.load({{"1"}, {"2", "1"}});
  story.change("1>2");
  story.load({{"x", "1"}, {"2", "x"}});
  story.change("2>");
  EXPECT_EQ(story.missing(""), "");
  story.change(">2", "SELECT * FROM migfix_undo(4)");
  EXPECT_EQ(story.missing("2"), "x");
}

TEST(AppliedMemory, ALogWithHolesAccusesNobody) {
  Story story;
  story.load({{"1"}, {"2", "1"}, {"3", "2"}});
  story.change(">1");
  story.load({{"x", "1"}, {"2", "x"}});
  // 1 -> x -> 2 ran with the guard off.
  EXPECT_EQ(story.missing("2"), "");
  story.change("2>3");
  EXPECT_EQ(story.missing("3"), "");
}

TEST(AppliedMemory, ALogWithoutItsBeginningSpeaksFromItsFirstEntry) {
  Story story;
  story.load({{"1"}, {"2", "1"}, {"3", "2"}, {"4", "3"}});
  story.load({{"x", "1"}, {"2", "x"}});
  story.change("2>3");
  EXPECT_EQ(story.missing("3", false), "");
  EXPECT_EQ(story.missing("3", true), "x");
  story.load({{"y", "x"}, {"2", "y"}});
  story.change("3>4");
  EXPECT_EQ(story.missing("4", false), "y");
  story.without_log();
  EXPECT_EQ(story.missing("4", false), "");
}

TEST(AppliedMemory, UnknownRevisionsAndRows) {
  Story story;
  story.load({{"1"}, {"2", "1"}, {"3", "2"}});
  story.load({{"x", "1"}, {"2", "x"}});
  story.change("2>gone");
  story.change("gone>3");
  EXPECT_EQ(story.missing("3"), "x");
  EXPECT_EQ(story.missing("gone"), "");
  EXPECT_EQ(story.missing(""), "");
  story.without_origins();
  EXPECT_EQ(story.missing("3"), "");
}

// Ten thousand tenants with one history cost one replay.
TEST(AppliedMemory, TenantsThatAgreeAreReplayedOnce) {
  std::vector<Revision> all;
  std::vector<RevisionOrigin> origins;
  for (int i = 0; i < 5000; ++i) {
    all.push_back({"r" + std::to_string(i), {}, {}, {}, ""});
    if (i > 0) all.back().down_revision.push_back("r" + std::to_string(i - 1));
    origins.push_back({1, 1, {}});
  }
  origins[2500] = {1, 2, {"r2498"}};
  const Environment environment("default", all, origins);
  AppliedMemory memory(environment);
  for (int tenant = 0; tenant < 3000; ++tenant) {
    std::vector<LogEntry> log;
    for (int i = 0; i < 20; ++i)
      log.push_back(entry(10 + 20 * tenant + i, Operation::kUpdate, "r" + std::to_string(4979 + i),
                          "r" + std::to_string(4980 + i)));
    ASSERT_EQ(text(environment.graph, memory.never_applied({"r4999"}, log, true)), "r2499");
  }
}

}  // namespace
}  // namespace migfix::core::test
