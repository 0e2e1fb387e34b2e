// migfix_verify, migfix_infer, migfix_plan: the schema against the revisions; nothing is changed.
#include "core/definition_line.hpp"
#include "core/inference.hpp"
#include "core/inference_words.hpp"
#include "core/provenance.hpp"
#include "core/type_words.hpp"
#include "core/verification.hpp"
#include "server/ddl_log.hpp"
#include "server/result_rows.hpp"
#include "server/schema_state.hpp"

namespace migfix::server {

namespace {

Value text_or_null(const std::string &text) {
  return text.empty() ? Value() : Value(text);
}

Value boolean(bool flag) {
  return flag ? "t" : "f";
}

}  // namespace

MIGFIX_FUNCTION(migfix_verify) {
  SchemaState state = read_schema_state(text_argument(fcinfo, 1));
  const auto revision = text_argument(fcinfo, 0);
  const bool show_structure = flag_argument(fcinfo, 2);
  const core::NodeSet applied =
      revision ? state.graph().ancestors(target_heads(state, *revision), core::Relation::kAll)
               : state.recorded();
  const core::SchemaHistory &expected = state.histories->of(applied);
  std::vector<core::VerifiedObject> objects =
      core::verify(state.graph(), state.statements, expected, state.histories->all(), state.real);
  core::trace(ddl_memory(), state.table.schema, objects);
  ResultRows rows(fcinfo);
  for (const core::VerifiedObject &object : objects) {
    const bool is_object = object.state != core::VerifiedObject::State::kOpaque;
    rows.add({object.revision ? Value(state.graph().id(*object.revision)) : Value(),
              is_object ? Value(core::object_kind_name(object.id.kind)) : Value(),
              is_object ? Value(core::object_name_in_words(object.id)) : Value(),
              core::state_name(object.state), text_or_null(object.detail),
              show_structure ? text_or_null(object.definition) : Value()});
  }
  return static_cast<Datum>(0);
}

MIGFIX_FUNCTION(migfix_infer) {
  const SchemaState state = read_schema_state(text_argument(fcinfo, 0));
  ResultRows rows(fcinfo);
  for (const core::InferredRevision &revision :
       core::describe_inference(state.graph(), state.histories->all(), state.real))
    rows.add({state.table.name, revision.revision, core::evidence_name(revision.state), revision.place,
              revision.detail});
  return static_cast<Datum>(0);
}

MIGFIX_FUNCTION(migfix_plan) {
  SchemaState state = read_schema_state(text_argument(fcinfo, 1));
  require_migrator(state);
  const core::Plan plan = plan_for(state, text_argument(fcinfo, 0));
  ResultRows rows(fcinfo);
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const core::PlanStep &step = plan.steps[i];
    rows.add({std::to_string(i + 1), core::action_name(step.action), text_or_null(step.statement),
              step.reason, step.safe ? boolean(*step.safe) : Value()});
  }
  return static_cast<Datum>(0);
}

}  // namespace migfix::server
