#include "core/schema_standing.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/antichain.hpp"
#include "core/comparison.hpp"
#include "core/inference_words.hpp"
#include "core/schema_match.hpp"
#include "core/type_words.hpp"
#include "core/unexplained.hpp"

namespace migfix::core {

namespace {

// Objects whose last change is that of a revision which rows and plan agree upon.
void compare_recorded(const NodeSet &recorded, const Plan &plan, const PlanRequest &request,
                      SchemaStanding &standing) {
  NodeSet both = recorded;
  both &= plan.target;
  const SchemaHistory &expected = request.histories.of(plan.target);
  for (const auto &[id, chain] : expected.chains()) {
    if (!both.contains(chain.back().by.revision)) continue;
    const Object *object = expected.model().find(id);
    const Object *real = request.real.find(id);
    switch (match(object, real)) {
      case Match::kMissing:
        standing.differences.push_back(fmt::format("{} is missing", object_in_words(id)));
        break;
      case Match::kSurplus:
        standing.differences.push_back(fmt::format("{} is there still", object_in_words(id)));
        break;
      case Match::kDifferent:
        for (const Difference &difference : compare(*object, *real))
          if (!difference.uncertain) standing.differences.push_back(words(id, difference));
        break;
      default:
        break;
    }
  }
}

}  // namespace

SchemaStanding schema_standing(const PlanRequest &request) {
  const RevisionGraph &graph = request.histories.graph();
  const StatementsOf &statements = request.histories.statements();
  const SchemaHistory &all = request.histories.all();
  SchemaStanding standing;
  standing.version_table = request.version_table;
  standing.schema = request.own_schema;
  // Rows alone make no object that would then be unexplained.
  standing.opaque = static_cast<std::size_t>(std::count_if(
      all.opaque().begin(), all.opaque().end(), [](const auto &opaque) { return !opaque.changes_rows; }));
  const RowsJudgement judgement = judge_rows(graph, request.rows);
  const NodeSet recorded_set = graph.ancestors(recorded(judgement), Relation::kAll);

  const Plan plan = make_plan(request);
  const std::vector<RevisionEvidence> seen = evidence(graph, all, request.real, plan.target);
  for (const Node node : graph.order()) {
    const bool is_recorded = recorded_set.contains(node);
    const bool is_target = plan.target.contains(node);
    if (is_target && !is_recorded) {
      if (seen[node].state == RevisionEvidence::State::kPartial)
        standing.partial.push_back({graph.id(node), evidence_in_words(seen[node])});
      else
        standing.unrecorded.push_back(graph.id(node));
      standing.there.insert(standing.there.end(), seen[node].there.begin(), seen[node].there.end());
    }
    if (is_recorded && !is_target) standing.unapplied.push_back(graph.id(node));
  }
  compare_recorded(recorded_set, plan, request, standing);

  standing.unexplained = unexplained_objects(all, request.real);

  if (judgement.is_sound()) {
    std::vector<Node> pending;
    for (const Node node : graph.order())
      if (!recorded_set.contains(node)) pending.push_back(node);
    for (const Collision &collision : predict(all, statements, pending, request.real))
      standing.collisions.push_back(
          {graph.id(collision.step.revision), collision.refusal.sqlstate, collision.refusal.message,
           statement_head(statements[collision.step.revision][collision.step.statement].text, 60),
           collision.refusal.object});
  }

  bool mends = false;
  for (const PlanStep &step : plan.steps) {
    const bool question = step.action == PlanStep::Action::kPerson;
    if (question || !step.safe.value_or(true)) standing.decisions.push_back(step.reason);
    mends = mends || step.action == PlanStep::Action::kRun || step.action == PlanStep::Action::kRows;
  }
  if (!standing.decisions.empty())
    standing.mending = SchemaStanding::Mending::kNeedsDecision;
  else if (mends)
    standing.mending = SchemaStanding::Mending::kSafe;
  return standing;
}

}  // namespace migfix::core
