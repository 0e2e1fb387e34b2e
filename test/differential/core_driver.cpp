// Answers questions about revision graphs, a line each, so that a program in another language can compare
// the core with Alembic. A question is a line of fields with tabs between them:
//
//   graph N                     then N lines: revision, parents, dependencies, labels (lists with commas)
//   rows VERSION...             the version rows from now on; \N is NULL
//   facts                       heads; real heads; bases; branch points; merge points
//   labels                      the labels of each revision, as they spread
//   ancestors|descendants down|all IDS
//   is_ancestor down|all A B
//   immediate ID                immediate parents
//   maximal IDS
//   resolve IDENTIFIER          revisions that it names
//   destination IDENTIFIER      what it means as a target, with the rows
//   stamp PURGE IDENTIFIER...   rows after; steps
//   history RANGE
//   judge                       overlaps; maximal rows; surplus rows
//
// The answer is one line: "ok" and fields, or "error", SQLSTATE, message.
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/antichain.hpp"
#include "core/error.hpp"
#include "core/history.hpp"
#include "core/identifier.hpp"
#include "core/stamp_rule.hpp"

namespace {

using namespace migfix::core;

std::vector<std::string> split(const std::string &text, char separator) {
  std::vector<std::string> result;
  std::string part;
  std::istringstream in(text);
  while (std::getline(in, part, separator)) result.push_back(part);
  if (!text.empty() && text.back() == separator) result.emplace_back();
  return result;
}

class Driver {
 public:
  std::string answer(const std::vector<std::string> &question) {
    try {
      return "ok\t" + reply(question);
    } catch (const Error &error) {
      return fmt::format("error\t{}\t{}", error.sqlstate(), error.message());
    }
  }

 private:
  std::string ids(const std::vector<Node> &nodes) const {
    return fmt::format("{}", fmt::join(graph_.ids(nodes), ","));
  }

  std::vector<Node> nodes(const std::string &list) const {
    std::vector<Node> result;
    for (const std::string &id : split(list, ',')) result.push_back(graph_.find(id).value());
    return result;
  }

  std::string load(std::size_t count) {
    std::vector<Revision> revisions;
    std::string line;
    for (std::size_t i = 0; i < count && std::getline(std::cin, line); ++i) {
      const std::vector<std::string> fields = split(line, '\t');
      revisions.push_back(
          {fields.at(0), split(fields.at(1), ','), split(fields.at(2), ','), split(fields.at(3), ','), ""});
    }
    graph_ = RevisionGraph(std::move(revisions));
    rows_.clear();
    std::string problems;
    for (const GraphProblem &problem : graph_.problems())
      problems +=
          fmt::format("\t{}:{}:{}", problem_name(problem.kind), problem.fatal ? 1 : 0, problem.message);
    return fmt::format("{}{}", graph_.size(), problems);
  }

  std::vector<Node> recorded_rows() const { return recorded(judge_rows(graph_, rows_)); }

  std::string spread_labels() const {
    std::vector<std::vector<std::string>> of(graph_.size());
    for (const auto &name : graph_.names())
      if (name.is_label)
        for (const Node node : graph_.branch(name.text).nodes()) of[node].emplace_back(name.text);
    std::string result;
    for (Node node = 0; node < graph_.size(); ++node)
      result += fmt::format("{}={};", graph_.id(node), fmt::join(of[node], ","));
    return result;
  }

  std::string stamp(const std::vector<std::string> &question) const {
    const std::vector<std::string> destinations(question.begin() + 2, question.end());
    const StampPlan plan = plan_stamp(graph_, rows_, destinations, question.at(1) == "1");
    std::string steps;
    for (const StampStep &step : plan.steps)
      steps += fmt::format("{}{}:{}>{};", row_operation_name(step.operation),
                           step.operation == RowOperation::kDeleteCopies ? " copies" : "",
                           step.old_version.value_or(step.operation == RowOperation::kInsert ? "" : "\\N"),
                           step.new_version.value_or(""));
    return fmt::format("{}\t{}", fmt::join(plan.rows_after, ","), steps);
  }

  std::string judge() const {
    const RowsJudgement judgement = judge_rows(graph_, rows_);
    std::string overlaps;
    for (const auto &overlap : judgement.overlaps)
      overlaps += fmt::format("{}<{};", judgement.rows[overlap.ancestor].text,
                              judgement.rows[overlap.descendant].text);
    return fmt::format("{}\t{}\t{}", overlaps, ids(judgement.maximal), fmt::join(judgement.surplus, ","));
  }

  std::string reply(const std::vector<std::string> &question) {
    const std::string &what = question.at(0);
    const auto relation = [&] { return question.at(1) == "down" ? Relation::kDown : Relation::kAll; };
    if (what == "graph") return load(std::stoul(question.at(1)));
    if (what == "rows") {
      rows_.clear();
      for (std::size_t i = 1; i < question.size(); ++i)
        rows_.push_back(question[i] == "\\N" ? std::nullopt : std::optional(question[i]));
      return "";
    }
    if (what == "facts")
      return fmt::format("{}\t{}\t{}\t{}\t{}", ids(graph_.heads()), ids(graph_.real_heads()),
                         ids(graph_.bases()), ids(graph_.branch_points()), ids(graph_.merge_points()));
    if (what == "labels") return spread_labels();
    if (what == "ancestors") return ids(graph_.ancestors(nodes(question.at(2)), relation()).nodes());
    if (what == "descendants") return ids(graph_.descendants(nodes(question.at(2)), relation()).nodes());
    if (what == "is_ancestor")
      return graph_.is_ancestor(*graph_.find(question.at(2)), *graph_.find(question.at(3)), relation()) ? "1"
                                                                                                        : "0";
    if (what == "immediate") return ids(graph_.immediate_parents(*graph_.find(question.at(1))));
    if (what == "maximal") return ids(graph_.maximal(nodes(question.at(1))));
    if (what == "resolve") return ids(Identifiers(graph_).revisions(question.at(1)));
    if (what == "destination") {
      const Destination found = resolve_destination(graph_, recorded_rows(), question.at(1));
      return fmt::format("{}\t{}", ids(found.revisions), found.branch ? graph_.id(*found.branch) : "");
    }
    if (what == "stamp") return stamp(question);
    if (what == "history")
      return ids(history(graph_, recorded_rows(), question.size() > 1 ? question[1] : ""));
    if (what == "judge") return judge();
    throw Error(kInvalidParameterValue, "unknown question \"" + what + "\"");
  }

  RevisionGraph graph_;
  std::vector<std::optional<std::string>> rows_;
};

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  Driver driver;
  std::string line;
  while (std::getline(std::cin, line)) std::cout << driver.answer(split(line, '\t')) << '\n';
  return 0;
}
