#include "core/commit_verdict.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/antichain.hpp"
#include "core/nearest.hpp"
#include "core/remedy.hpp"
#include "core/row_reading.hpp"
#include "core/sql_text.hpp"
#include "core/utf8.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kMostPairs = 5;

std::string shown(std::string_view text) {
  return in_quotes(clipped(text));
}

// A row above another.
struct Pair {
  Node ancestor;
  Node descendant;
};

class Commit {
 public:
  Commit(const Environment &environment, const CommitRows &commit)
      : environment_(environment),
        graph_(environment.graph),
        commit_(commit),
        written_(graph_.size()),
        standing_(graph_.size()) {
    for (const RowReading &row : read_rows(graph_, commit.rows)) {
      const bool written = row.kind != RowKind::kNull && commit.recorded.contains(row.text);
      if (row.kind == RowKind::kRevision) {
        if (standing_.insert(*row.node)) exact_.push_back(*row.node);
        if (written) written_.insert(*row.node);
      } else if (row.kind == RowKind::kUnknown) {
        rest_ = true;
        if (written) unknown_.push_back(row);
      } else {
        rest_ = true;
        if (written && row.node) misspelt_.push_back(row);
      }
    }
  }

  CommitVerdict verdict() {
    judge_overlaps();
    if (!unknown_.empty()) warn_of_unknown();
    for (std::size_t i = 0; i < misspelt_.size() && i < kMostPairs; ++i) warn_of_misspelt(misspelt_[i]);
    return std::move(verdict_);
  }

 private:
  // --- overlaps

  void judge_overlaps() {
    if (exact_.size() < 2) return;
    maximal_ = graph_.maximal(exact_);
    if (maximal_.size() == exact_.size()) return;
    std::vector<Pair> pairs = pairs_with(&written_);
    const bool made_now = !pairs.empty();
    if (!made_now) pairs = pairs_with(nullptr);
    const Error error = overlap(pairs, made_now);
    if (made_now && commit_.mode == GuardMode::kEnforce) {
      verdict_.rejection = error;
    } else {
      verdict_.warnings.push_back({error.message(), error.detail(), error.hint()});
    }
  }

  // The first few pairs of rows that overlap, with at least one of `members`; of all rows if there is none.
  std::vector<Pair> pairs_with(const NodeSet *members) const {
    std::vector<Node> next_up;
    std::vector<Node> next_down;
    for (const Node node : exact_) {
      const auto up = graph_.children(node, Relation::kAll);
      const auto down = graph_.parents(node, Relation::kAll);
      next_up.insert(next_up.end(), up.begin(), up.end());
      next_down.insert(next_down.end(), down.begin(), down.end());
    }
    NodeSet overlapping = graph_.descendants(next_up, Relation::kAll);
    overlapping |= graph_.ancestors(next_down, Relation::kAll);
    std::vector<Pair> pairs;
    for (const Node node : exact_) {
      if (!overlapping.contains(node) || (members != nullptr && !members->contains(node))) continue;
      const Node start[] = {node};
      const NodeSet below = graph_.ancestors(start, Relation::kAll);
      const NodeSet above = graph_.descendants(start, Relation::kAll);
      for (const Node other : exact_) {
        if (other == node) continue;
        Pair pair{node, other};
        if (below.contains(other)) {
          pair = {other, node};
        } else if (!above.contains(other)) {
          continue;
        }
        const auto same = [&](const Pair &known) {
          return known.ancestor == pair.ancestor && known.descendant == pair.descendant;
        };
        if (std::none_of(pairs.begin(), pairs.end(), same)) pairs.push_back(pair);
        if (pairs.size() > kMostPairs) return pairs;
      }
    }
    return pairs;
  }

  Error overlap(const std::vector<Pair> &pairs, bool made_now) const {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < pairs.size() && i < kMostPairs; ++i)
      texts.push_back(fmt::format("{} is an ancestor of {}", shown(graph_.id(pairs[i].ancestor)),
                                  shown(graph_.id(pairs[i].descendant))));
    RowsJudgement as_rows;
    for (const Node node : exact_) as_rows.rows.push_back({graph_.id(node), RowKind::kRevision, node});
    as_rows.overlaps.push_back({});
    const Pair &first = pairs.front();
    return Error(kCheckViolation,
                 fmt::format("version {} overlaps with version {} in {}{}",
                             shown(graph_.id(first.descendant)), shown(graph_.id(first.ancestor)),
                             commit_.version_table, made_now ? "" : ", as before this transaction"),
                 fmt::format("{}{}. No \"alembic upgrade\" starts from such rows: it fails with \"{}\". Where the "
                             "project has changed its revisions since they were loaded for environment {}, load "
                             "them again first.",
                             list_of(texts, kMostPairs), pairs.size() > kMostPairs ? ", among others" : "",
                             alembic_overlap(graph_, as_rows), environment_.name),
                 made_now ? how_to_record(first) : how_to_mend());
  }

  std::string kept() const {
    std::vector<std::string> ids;
    for (const Node node : maximal_) ids.push_back(shown(graph_.id(node)));
    return list_of(ids);
  }

  // Purge takes every row out, so it is no advice where a row is left that nobody knows.
  std::string keep_maximal() const {
    if (rest_ || maximal_.size() > 100) return fmt::format("SELECT {}migfix_diagnose();", commit_.functions);
    return stamp_call(commit_.functions, graph_.ids(maximal_), true, commit_.version_table);
  }

  std::string how_to_mend() const {
    return fmt::format("A revision implies its ancestors, so {} alone should be recorded:\n{}", kept(),
                       keep_maximal());
  }

  std::string how_to_record(const Pair &pair) const {
    const std::string ancestor = shown(graph_.id(pair.ancestor));
    const std::string descendant = shown(graph_.id(pair.descendant));
    if (!written_.contains(pair.descendant))
      return fmt::format(
          "{} is recorded already and implies {}, so there is nothing to record. If the database stands at "
          "{} "
          "instead:\n{}",
          descendant, ancestor, ancestor,
          stamp_call(commit_.functions, {graph_.id(pair.ancestor)}, false, commit_.version_table));
    std::string hint =
        fmt::format("A revision implies its ancestors. If {} is applied here, record {} alone:\n{}",
                    descendant, kept(), keep_maximal());
    if (written_.contains(pair.ancestor) && unmerged_by_alembic(pair) && commit_.mode == GuardMode::kEnforce)
      hint +=
          "\nIf \"alembic downgrade\" wrote both (it does where a revision names a parent and an ancestor of "
          "that "
          "parent), set migfix.guard to heal for that run; then the call above mends the rows.";
    return hint;
  }

  // Is there a revision with the lower one as a parent and the upper one below it as well? Alembic's
  // downgrade from such a one writes both (ALEMBIC.md 4.4).
  bool unmerged_by_alembic(const Pair &pair) const {
    const auto above = graph_.children(pair.ancestor, Relation::kAll);
    return std::any_of(above.begin(), above.end(), [&](Node merge) {
      return graph_.is_ancestor(pair.descendant, merge, Relation::kAll);
    });
  }

  // --- what is no revision

  void warn_of_unknown() {
    std::vector<std::string> texts;
    for (const RowReading &row : unknown_) texts.push_back(shown(row.text));
    const std::string &first = unknown_.front().text;
    Notice notice;
    notice.message = texts.size() == 1 ? fmt::format("version {} in {} is no revision that is known here",
                                                     texts[0], commit_.version_table)
                                       : fmt::format("versions {} in {} are no revisions that are known here",
                                                     list_of(texts), commit_.version_table);
    notice.detail = fmt::format(
        "It is not among the {} of environment {}. Where the project's files lack it as well, every alembic "
        "command stops with \"Can't locate revision identified by '{}'\".",
        count_of(graph_.size(), "revision"), environment_.name, clipped(first));
    notice.hint = did_you_mean(nearest_names(graph_, first, false));
    if (!notice.hint.empty()) notice.hint += ' ';
    notice.hint += "If it is newer than what was loaded, load the revision files again:\n" +
                   load_scripts_lines(commit_.functions, environment_.name);
    verdict_.warnings.push_back(std::move(notice));
  }

  void warn_of_misspelt(const RowReading &row) {
    const std::string &id = graph_.id(*row.node);
    Notice notice;
    notice.message = row.kind == RowKind::kLabel
                         ? fmt::format("version {} in {} is a branch label, not a revision", shown(row.text),
                                       commit_.version_table)
                         : fmt::format("version {} in {} is only the beginning of revision {}",
                                       shown(row.text), commit_.version_table, shown(id));
    notice.detail = fmt::format(
        "Alembic takes it for {}, goes on from there and leaves the row behind, so that a later upgrade "
        "stops with "
        "\"Requested revision ... overlaps with other requested revisions {}\".",
        shown(id), clipped(id));
    const bool alone = commit_.rows.size() == 1;
    notice.hint = fmt::format(
        "If {} is meant: {}\nIf it is a revision newer than what was loaded, load the revision files "
        "again:\n{}",
        shown(id),
        alone ? stamp_call(commit_.functions, {id}, false, commit_.version_table)
              : fmt::format("SELECT {}migfix_diagnose();", commit_.functions),
        load_scripts_lines(commit_.functions, environment_.name));
    verdict_.warnings.push_back(std::move(notice));
  }

  const Environment &environment_;
  const RevisionGraph &graph_;
  const CommitRows &commit_;
  std::vector<Node> exact_;  // rows that are ids, each once
  NodeSet written_;          // those of them that the transaction wrote
  NodeSet standing_;
  std::vector<Node> maximal_;
  std::vector<RowReading> unknown_;   // written by the transaction
  std::vector<RowReading> misspelt_;  // likewise
  bool rest_ = false;                 // there are rows that are no ids
  CommitVerdict verdict_;
};

}  // namespace

CommitVerdict judge_commit(const Environment &environment, const CommitRows &commit) {
  if (commit.mode != GuardMode::kEnforce && commit.mode != GuardMode::kHeal) return {};
  return Commit(environment, commit).verdict();
}

}  // namespace migfix::core
