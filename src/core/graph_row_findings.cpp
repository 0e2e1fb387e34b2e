#include "core/graph_row_findings.hpp"

#include <algorithm>
#include <memory>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>

#include "core/antichain.hpp"
#include "core/applied_memory.hpp"
#include "core/joined.hpp"
#include "core/nearest.hpp"
#include "core/remedy.hpp"
#include "core/row_step.hpp"
#include "core/sql_text.hpp"
#include "core/unknown_revision.hpp"
#include "core/utf8.hpp"
#include "core/version_history.hpp"
#include "core/version_shape_findings.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kMostPairs = 30;  // overlaps that are named
constexpr std::size_t kMostWriters = 3;
constexpr std::size_t kMostNames = 5;

std::string shown(std::string_view text) {
  return in_quotes(clipped(text));
}

std::vector<std::string> shown_ids(const RevisionGraph &graph, const std::vector<Node> &nodes) {
  std::vector<std::string> ids;
  for (const Node node : nodes) ids.push_back(shown(graph.id(node)));
  return ids;
}

// What tables with the same rows have in common.
struct Reading {
  RowsJudgement judgement;
  std::string overlap;  // Alembic's answer to them
  NodeSet applied;
  Behind behind;
  bool exact = true;  // every row is a known id
};

// One environment, and the tables that belong to it.
class Judge {
 public:
  Judge(const Facts &facts, const Environment &environment)
      : facts_(facts), environment_(environment), graph_(environment.graph), memory_(environment) {
    for (Node node = 0; node < graph_.size(); ++node)
      longest_ = std::max(longest_, character_count(graph_.id(node)));
  }

  void judge(const VersionTable &table, std::vector<Finding> &findings) {
    const bool readable = table.not_checked.empty();
    const auto versions = readable ? versions_of(table) : Rows{};
    const Reading &reading = read(versions);
    judge_width(table, reading, findings);
    if (versions.empty()) return;
    if (const auto finding = judge_unknown(facts_, environment_, table, reading.judgement))
      findings.push_back(*finding);
    judge_overlaps(table, reading, findings);
    judge_misspelt(table, reading, findings);
    if (!reading.exact || !reading.judgement.is_antichain()) return;
    judge_behind(table, reading, findings);
    judge_passed_over(table, versions, findings);
  }

 private:
  const Reading &read(const Rows &versions) {
    std::string key;
    for (const auto &version : versions)
      key += version ? fmt::format("{}:{}", version->size(), *version) : "-";
    const auto [at, is_new] = readings_.try_emplace(key);
    Reading &reading = at->second;
    if (!is_new) return reading;
    reading.judgement = judge_rows(graph_, versions, kMostPairs);
    reading.overlap = alembic_overlap(graph_, reading.judgement);
    reading.exact = std::all_of(reading.judgement.rows.begin(), reading.judgement.rows.end(),
                                [](const RowReading &row) { return row.kind == RowKind::kRevision; });
    reading.applied = applied(graph_, recorded(reading.judgement));
    reading.behind = behind_begun(graph_, reading.applied);
    return reading;
  }

  // A row as it stands, and what Alembic takes it for where that is something else.
  std::string row_text(const RowReading &row) const {
    if (row.kind == RowKind::kRevision) return shown(row.text);
    return fmt::format("{} (read as {})", shown(row.text), shown(graph_.id(*row.node)));
  }

  static bool has_unknown(const RowsJudgement &judgement) {
    return std::any_of(judgement.rows.begin(), judgement.rows.end(),
                       [](const RowReading &row) { return row.kind == RowKind::kUnknown; });
  }

  // --- MF104

  void judge_overlaps(const VersionTable &table, const Reading &reading,
                      std::vector<Finding> &findings) const {
    const RowsJudgement &judgement = reading.judgement;
    if (judgement.is_antichain()) return;
    std::vector<std::string> pairs;
    std::vector<std::string> by_ancestor;
    std::vector<std::string> above;
    for (std::size_t i = 0; i < judgement.overlaps.size(); ++i) {
      const auto &overlap = judgement.overlaps[i];
      const std::string ancestor = row_text(judgement.rows[overlap.ancestor]);
      const std::string descendant = row_text(judgement.rows[overlap.descendant]);
      pairs.push_back(fmt::format("{} beside its descendant {}", ancestor, descendant));
      above.push_back(descendant);
      if (i + 1 < judgement.overlaps.size() && judgement.overlaps[i + 1].ancestor == overlap.ancestor)
        continue;
      by_ancestor.push_back(fmt::format("{} is an ancestor of {}", ancestor, list_of(above, kMostPairs)));
      above.clear();
    }
    Finding finding{"MF104", Severity::kError, table.name, "", "", "", ""};
    finding.message = fmt::format("{} records {}", table.name, list_of(pairs, 3));
    finding.detail = fmt::format(
        "Every `alembic upgrade` stops with \"{}\", and `alembic current` does not show it. {}{}.",
        reading.overlap, joined(by_ancestor, "; "), judgement.more_overlaps ? "; and more" : "");
    std::size_t writers = 0;
    for (std::size_t i = 0; i < judgement.overlaps.size() && writers < kMostWriters; ++i) {
      if (i > 0 && judgement.overlaps[i - 1].ancestor == judgement.overlaps[i].ancestor) continue;
      const std::string sentence =
          recorded_sentence(table.log, judgement.rows[judgement.overlaps[i].ancestor].text);
      if (!sentence.empty()) ++writers;
      finding.detail += sentence;
    }
    finding.fix = keep_maximal(table, judgement);
    findings.push_back(std::move(finding));
  }

  // A purge takes every row out, an unknown one too; that one is not ours to forget.
  std::string keep_maximal(const VersionTable &table, const RowsJudgement &judgement) const {
    if (!has_unknown(judgement))
      return stamp_call(facts_.installation, graph_.ids(judgement.maximal), true, table.name);
    std::vector<std::string> surplus;
    for (const std::string &row : judgement.surplus) surplus.push_back(quote_literal(row));
    return fmt::format("DELETE FROM {} WHERE {} IN ({});", table.name, kVersionColumn, joined(surplus, ", "));
  }

  // --- MF114

  void judge_misspelt(const VersionTable &table, const Reading &reading,
                      std::vector<Finding> &findings) const {
    const RowsJudgement &judgement = reading.judgement;
    for (std::size_t i = 0; i < judgement.misspelt.size() && i < kMostNames; ++i) {
      const RowReading &row = judgement.rows[judgement.misspelt[i]];
      const std::string &id = graph_.id(*row.node);
      const bool newer = recorded_after_load(environment_, table, row.text);
      Finding finding{"MF114", newer ? Severity::kWarning : Severity::kError, table.name, "", "", "", ""};
      finding.message = row.kind == RowKind::kLabel
                            ? fmt::format("{} records {}, which is a branch label, not a revision",
                                          table.name, shown(row.text))
                            : fmt::format("{} records {}, which is only the beginning of revision {}",
                                          table.name, shown(row.text), shown(id));
      finding.detail = fmt::format(
          "Alembic takes it for {}, goes on from there and leaves the row behind, so that a later upgrade "
          "stops "
          "with \"Requested revision ... overlaps with other requested revisions {}\".{}",
          shown(id), clipped(id), recorded_sentence(table.log, row.text));
      if (newer)
        finding.detail +=
            " That was after the revisions were loaded last: if it is the id of a newer one, load them again "
            "first.";
      finding.fix = in_place_of(table, judgement, row);
      findings.push_back(std::move(finding));
    }
  }

  std::string in_place_of(const VersionTable &table, const RowsJudgement &judgement,
                          const RowReading &row) const {
    if (!has_unknown(judgement)) return keep_maximal(table, judgement);
    const std::string &id = graph_.id(*row.node);
    const bool stands = std::any_of(
        judgement.rows.begin(), judgement.rows.end(),
        [&](const RowReading &other) { return other.kind == RowKind::kRevision && other.node == row.node; });
    const bool implied =
        std::find(judgement.maximal.begin(), judgement.maximal.end(), *row.node) == judgement.maximal.end();
    const std::string where = fmt::format("WHERE {} = {};", kVersionColumn, quote_literal(row.text));
    if (stands || implied) return fmt::format("DELETE FROM {} {}", table.name, where);
    return fmt::format("UPDATE {} SET {} = {} {}", table.name, kVersionColumn, quote_literal(id), where);
  }

  // --- MF106

  void judge_behind(const VersionTable &table, const Reading &reading, std::vector<Finding> &findings) const {
    const Behind &behind = reading.behind;
    if (behind.revisions == 0) return;
    NodeSet pending = graph_.ancestors(behind.heads, Relation::kAll);
    pending -= reading.applied;
    std::vector<Node> next;
    for (const Node node : graph_.order()) {
      if (!pending.contains(node)) continue;
      if (next.size() < kMostNames) next.push_back(node);
    }
    std::vector<std::string> names = shown_ids(graph_, next);
    names.resize(behind.revisions);  // counted, not named
    findings.push_back(
        {"MF106", Severity::kNotice, table.name, "",
         fmt::format("{} is {} behind {} {}", table.name, count_of(behind.revisions, "revision"),
                     behind.heads.size() == 1 ? "head" : "heads", list_of(shown_ids(graph_, behind.heads))),
         fmt::format("Still to run: {}.", list_of(names)),
         no_fix("run: " + upgrade_to(behind.heads, reading))});
  }

  std::string upgrade_to(const std::vector<Node> &heads, const Reading &reading) const {
    if (graph_.heads().size() == 1) return "alembic upgrade head";
    const bool all = heads.size() == behind_heads(graph_, reading.applied).heads.size();
    if (all || heads.size() > kMostNames) return "alembic upgrade heads";
    std::string commands;
    for (const Node head : heads)
      commands +=
          fmt::format("{}alembic upgrade {}", commands.empty() ? "" : "\n", shell_word(graph_.id(head)));
    return commands;
  }

  // --- MF115

  void judge_passed_over(const VersionTable &table, const Rows &versions, std::vector<Finding> &findings) {
    const std::vector<Node> missing = memory_.never_applied(versions, table.log, table.log_is_whole);
    if (missing.empty()) return;
    const bool one = missing.size() == 1;
    Finding finding{"MF115", Severity::kWarning, table.name, "", "", "", ""};
    finding.message = fmt::format("{} {} {} below what {} records, but {} never applied here",
                                  one ? "revision" : "revisions", list_of(shown_ids(graph_, missing)),
                                  one ? "is" : "are", table.name, one ? "was" : "were");
    finding.detail =
        how_it_came(missing) +
        "Alembic takes every revision below a row for applied: it passes over this in silence, now "
        "and in every later upgrade, and what it does is missing unless somebody did it by hand.";
    finding.fix = no_fix(how_to_run(table, versions, missing));
    findings.push_back(std::move(finding));
  }

  std::string how_it_came(const std::vector<Node> &missing) const {
    for (const Node node : missing) {
      for (const Node child : graph_.children(node, Relation::kAll)) {
        const RevisionOrigin &origin = environment_.origins[child];
        if (origin.linked <= origin.added) continue;
        std::vector<std::string> former;
        for (const std::string &parent : origin.former_parents) former.push_back(shown(parent));
        const auto parents = graph_.parents(child, Relation::kAll);
        return fmt::format("{} stood on {} when it was applied, and stands on {} since. ",
                           shown(graph_.id(child)), former.empty() ? "nothing" : list_of(former),
                           list_of(shown_ids(graph_, {parents.begin(), parents.end()})));
      }
    }
    return {};
  }

  // Steps for a shell: nothing but Alembic can run a revision, and it runs what stands above the rows.
  std::string how_to_run(const VersionTable &table, const Rows &versions,
                         const std::vector<Node> &missing) const {
    std::vector<std::string> rows;
    std::string in_shell;
    for (const auto &version : versions) {
      rows.push_back(*version);
      in_shell += " " + shell_word(*version);
    }
    std::string steps = "while nobody else migrates, let Alembic run what it passed over:";
    std::optional<Node> before;
    for (std::size_t i = 0; i < missing.size(); ++i) {
      if (i == kMostNames) {
        steps += fmt::format("\n(and so on, {} more)", missing.size() - i);
        break;
      }
      const auto parents = graph_.parents(missing[i], Relation::kAll);
      const std::vector<Node> below = graph_.maximal(parents);
      if (!before || below != std::vector<Node>{*before}) {
        steps += "\nalembic stamp --purge";
        for (const Node node : below) steps += " " + shell_word(graph_.id(node));
        if (below.empty()) steps += " base";
      }
      steps += "\nalembic upgrade " + shell_word(graph_.id(missing[i]));
      before = missing[i];
    }
    steps += "\nalembic stamp --purge" + in_shell;
    steps +=
        "\nor, if what it does is there already (somebody did it by hand, or it only replaces older "
        "revisions), "
        "say so:\n";
    std::string call = stamp_call(facts_.installation, rows, true, table.name);
    call.resize(call.size() - 2);
    return fmt::format("{}{}, reason => {});", steps, call,
                       quote_literal(clipped(graph_.id(missing.front())) + " is applied"));
  }

  // --- MF116

  void judge_width(const VersionTable &table, const Reading &reading, std::vector<Finding> &findings) const {
    if (!is_plain_table(table) || !table.column_width) return;
    const auto width = static_cast<std::size_t>(std::max(*table.column_width, 0));
    if (longest_ <= width) return;
    std::vector<Node> longer = ids_longer_than(graph_, width);
    const bool applied =
        std::all_of(longer.begin(), longer.end(), [&](Node node) { return reading.applied.contains(node); });
    Finding finding{"MF116", applied ? Severity::kWarning : Severity::kError, table.name, "", "", "", ""};
    finding.message = fmt::format(
        "{} {} longer than {}.{} holds, which is {}", longer.size() == 1 ? "revision id" : "revision ids",
        list_of(shown_ids(graph_, longer), 3) + (longer.size() == 1 ? " is" : " are"), table.name,
        kVersionColumn, table.column_type);
    finding.detail = fmt::format(
        "The body of such a migration runs, then recording it fails with \"value too long for type {}\" "
        "(22001), "
        "and everything is rolled back. The longest id has {} characters.",
        table.column_type, longest_);
    finding.fix = fmt::format("ALTER TABLE {} ALTER COLUMN {} TYPE character varying({});", table.name,
                              kVersionColumn, std::max<std::size_t>(longest_, kAlembicWidth));
    findings.push_back(std::move(finding));
  }

  const Facts &facts_;
  const Environment &environment_;
  const RevisionGraph &graph_;
  AppliedMemory memory_;
  std::size_t longest_ = 0;  // id, in characters
  std::unordered_map<std::string, Reading> readings_;
};

}  // namespace

std::vector<Finding> judge_rows_by_graph(const Facts &facts) {
  std::vector<Finding> findings;
  std::unordered_map<const Environment *, std::unique_ptr<Judge>> judges;
  for (const VersionTable &table : facts.version_tables) {
    if (!table.environment || !holds_versions(table)) continue;
    std::unique_ptr<Judge> &judge = judges[table.environment.get()];
    if (!judge) judge = std::make_unique<Judge>(facts, *table.environment);
    judge->judge(table, findings);
  }
  return findings;
}

}  // namespace migfix::core
