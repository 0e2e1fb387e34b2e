#include "core/schema_plan.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/antichain.hpp"
#include "core/plan_statements.hpp"
#include "core/prediction.hpp"
#include "core/remedy.hpp"
#include "core/revision_statement.hpp"
#include "core/schema_mending.hpp"
#include "core/sql_text.hpp"
#include "core/type_words.hpp"
#include "core/unexplained.hpp"
#include "core/utf8.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kMostNames = 5;

class Planner {
 public:
  explicit Planner(const PlanRequest &request)
      : request_(request), graph_(request.histories.graph()), judgement_(judge_rows(graph_, request.rows)) {}

  Plan make() {
    choose();
    const SchemaHistory &history = request_.histories.of(plan_.target);
    SchemaModel working = request_.real;
    working.take_changes();
    const NodeSet logged = graph_.ancestors(request_.logged.nodes(), Relation::kAll);
    StatementPlan statements = statements_to_run(
        {request_.histories, history, recorded_, logged, request_.target.has_value(), request_.own_schema},
        working);
    plan_.steps = std::move(statements.steps);
    assumed_ = std::move(statements.assumed);
    mend(history, working, statements.hands_off);
    if (stop_at_new_label()) return std::move(plan_);
    foresee(working);
    set_rows();
    leave_to_upgrade();
    return std::move(plan_);
  }

 private:
  std::vector<std::string> shown(const std::vector<Node> &nodes) const {
    std::vector<std::string> ids;
    for (const Node node : nodes) ids.push_back(clipped(graph_.id(node)));
    return ids;
  }

  void ask(std::string statement, std::string reason) {
    PlanStep step;
    step.action = PlanStep::Action::kPerson;
    step.statement = std::move(statement);
    step.reason = std::move(reason);
    questions_.push_back(std::move(step));
  }

  // --- where to

  void choose() {
    const std::vector<Node> rows = recorded(judgement_);
    recorded_ = graph_.ancestors(rows, Relation::kAll);
    if (request_.target) {
      plan_.target = graph_.ancestors(*request_.target, Relation::kAll);
      return;
    }
    const bool sound = !rows.empty() && judgement_.is_sound();
    TargetChoice choice =
        choose_target({graph_, request_.histories.statements(), request_.histories.all(), request_.real,
                       recorded_, sound, request_.left_recorded, request_.log_is_whole});
    plan_.target = std::move(choice.revisions);
    plan_.leftovers = std::move(choice.leftovers);
    if (!choice.in_doubt.empty()) ask_about(choice.in_doubt);
    if (choice.denied) ask_about(*choice.denied);
    const bool may_be_newer = !request_.unknown_rows_are_gone || !choice.exact ||
                              !unexplained_objects(request_.histories.all(), request_.real).empty();
    if (!judgement_.unknown.empty() && may_be_newer) ask_about_unknown();
  }

  void ask_about(const std::vector<Node> &in_doubt) {
    const bool one = in_doubt.size() == 1;
    ask(repair_to(in_doubt.back()),
        fmt::format(
            "whether {} {} {} run cannot be seen in the schema, and neither rows nor log say it: {} rows, "
            "or something unknown; where {} has, call this",
            one ? "revision" : "revisions", list_of(shown(in_doubt), kMostNames), one ? "has" : "have",
            one ? "it changes" : "they change", one ? "it" : "the last"));
  }

  std::string repair_to(Node revision) const {
    return fmt::format("SELECT * FROM {}migfix_repair({}, {})", request_.functions,
                       quote_literal(graph_.id(revision)), quote_literal(request_.version_table));
  }

  void ask_about(const TargetChoice::Denied &denied) {
    const bool one = denied.changing.size() == 1;
    std::vector<std::string> objects;
    for (const ObjectId &id : denied.objects) objects.push_back(object_in_words(id));
    ask(denied.recorded.size() == 1 ? repair_to(denied.recorded.front()) : std::string(),
        fmt::format(
            "the {} {}, and all that speaks against that is that {} {} not there: {} {} rows, and alembic "
            "upgrade would run {} again; where {} has run, {}",
            request_.rows.empty() ? "log has seen" : "rows say", list_of(shown(denied.recorded), kMostNames),
            list_of(objects, kMostNames), objects.size() == 1 ? "is" : "are",
            list_of(shown(denied.changing), kMostNames), one ? "changes" : "change", one ? "it" : "them",
            one ? "it" : "the last",
            denied.recorded.size() == 1 ? "call this" : "make what is missing by hand, and repair again"));
  }

  void ask_about_unknown() {
    std::vector<std::string> ids;
    for (const std::size_t row : judgement_.unknown)
      ids.push_back(in_quotes(clipped(judgement_.rows[row].text)));
    ask({},
        fmt::format(
            "{} {} no revision that is loaded here: load the revisions of the code that recorded it; where "
            "its file is gone for good, name the revision to go to: migfix_repair('<its id>')",
            list_of(ids, kMostNames), ids.size() == 1 ? "is" : "are"));
  }

  void mend(const SchemaHistory &history, SchemaModel &working, const std::set<ObjectId> &hands_off) {
    MendingSteps mends = mend_schema({request_.histories, history, plan_.target, plan_.leftovers, hands_off,
                                      request_.target.has_value(), request_.own_schema},
                                     working);
    std::move(mends.steps.begin(), mends.steps.end(), std::back_inserter(plan_.steps));
    std::move(mends.questions.begin(), mends.questions.end(), std::back_inserter(questions_));
  }

  // The plan ends with that step, and with what a person has to say of all the others: nobody is to begin
  // what cannot be brought to its end.
  void end_at(std::size_t last) {
    std::vector<PlanStep> rest(plan_.steps.begin() + static_cast<std::ptrdiff_t>(last) + 1,
                               plan_.steps.end());
    // They would be run once more by the next repair, which cannot see them.
    const auto label = plan_.steps.begin() + static_cast<std::ptrdiff_t>(last);
    const auto unseen =
        std::find_if(plan_.steps.begin(), label, [](const PlanStep &one) { return one.unseen; });
    if (unseen != label) {
      ask(label->statement,
          fmt::format("label {} must be committed before what follows can use it, and in front of it stands "
                      "what a second repair could not see: {}; run both by hand, commit, and repair again",
                      quote_literal(label->new_label), statement_head(unseen->statement)));
      plan_.steps = std::move(questions_);
      return;
    }
    PlanStep &step = plan_.steps[last];
    step.in_transaction = false;
    step.reason +=
        "; later steps use the label, so it must be committed first: run this by itself, then repair again";
    const auto unsafe =
        std::find_if(rest.begin(), rest.end(), [](const PlanStep &one) { return one.safe == false; });
    if (unsafe != rest.end()) {
      step.safe = false;
      step.reason += fmt::format("; one of those that follow is not safe ({})", unsafe->reason);
    }
    plan_.steps.resize(last + 1);
    for (PlanStep &one : rest)
      if (one.action == PlanStep::Action::kPerson) plan_.steps.push_back(std::move(one));
    plan_.steps.insert(plan_.steps.end(), questions_.begin(), questions_.end());
  }

  // A label cannot be used in the transaction that adds it to a type: what comes behind waits for the next
  // repair.
  bool stop_at_new_label() {
    std::vector<PlanStep> &steps = plan_.steps;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (steps[i].new_label.empty()) continue;
      const std::string literal = quote_literal(steps[i].new_label);
      const bool used = std::any_of(
          steps.begin() + static_cast<std::ptrdiff_t>(i) + 1, steps.end(), [&](const PlanStep &step) {
            return step.new_label.empty() && step.statement.find(literal) != std::string::npos;
          });
      if (!used) continue;
      end_at(i);
      return true;
    }
    return false;
  }

  // --- what comes after

  std::vector<Node> pending() const {
    std::vector<Node> nodes;
    for (const Node node : graph_.order())
      if (!plan_.target.contains(node)) nodes.push_back(node);
    return nodes;
  }

  void foresee(const SchemaModel &working) {
    if (request_.target) return;
    for (const Collision &collision :
         predict(request_.histories.all(), request_.histories.statements(), pending(), working)) {
      ask({}, fmt::format("revision {} would fail on {} ({}), which is not as it leaves it",
                          clipped(graph_.id(collision.step.revision)), collision.refusal.message,
                          collision.refusal.sqlstate));
    }
  }

  // --- rows

  void set_rows() {
    plan_.steps.insert(plan_.steps.end(), questions_.begin(), questions_.end());
    const std::vector<Node> heads = graph_.maximal(plan_.target.nodes());
    const std::vector<std::string> ids = graph_.ids(heads);
    Rows after(ids.begin(), ids.end());
    plan_.rows_after = after;
    if (!same_rows(request_.rows, after)) {
      plan_.steps.push_back(rows_step(request_.functions, ids, request_.version_table, rows_reason(heads)));
    }
    if (!request_.has_key) {
      PlanStep step;
      step.statement = fmt::format("ALTER TABLE {} ADD CONSTRAINT {} PRIMARY KEY (version_num)",
                                   request_.version_table, name_in_sql(std::string_view(request_.key_name)));
      step.reason = "the version table lacks its primary key, which keeps a version from standing twice";
      step.safe = true;
      plan_.steps.push_back(std::move(step));
    }
  }

  std::string rows_reason(const std::vector<Node> &heads) const {
    const std::string target = heads.empty() ? "no revision" : list_of(shown(heads), kMostNames);
    if (request_.rows.empty())
      return fmt::format("no row is there, and the schema is at {}{}", target, unseen());
    std::vector<std::string> rows;
    for (const auto &row : request_.rows) rows.push_back(row ? clipped(*row) : "NULL");
    return fmt::format("the rows say {}, and the schema {} at {}{}", list_of(rows, kMostNames),
                       plan_.steps.empty() ? "is" : "will be", target, unseen());
  }

  // What no schema shows of the revisions that come to be recorded.
  std::string unseen() const {
    if (assumed_.empty()) return {};
    std::vector<Node> nodes;
    for (const Node node : graph_.order())
      if (assumed_.count(node) != 0) nodes.push_back(node);
    return fmt::format("; what else {} did, to rows for one, cannot be seen in it",
                       list_of(shown(nodes), kMostNames));
  }

  void leave_to_upgrade() {
    const std::vector<Node> nodes = pending();
    if (nodes.empty()) return;
    PlanStep step;
    step.action = PlanStep::Action::kUpgrade;
    step.statement = "alembic upgrade heads";
    step.reason = fmt::format("left to Alembic: {} ({})", count_of(nodes.size(), "revision"),
                              list_of(shown(nodes), kMostNames));
    plan_.steps.push_back(std::move(step));
  }

  const PlanRequest &request_;
  const RevisionGraph &graph_;
  RowsJudgement judgement_;
  NodeSet recorded_;
  std::set<Node> assumed_;
  std::vector<PlanStep> questions_;
  Plan plan_;
};

}  // namespace

const char *action_name(PlanStep::Action action) {
  switch (action) {
    case PlanStep::Action::kRun:
      return "run";
    case PlanStep::Action::kRows:
      return "rows";
    case PlanStep::Action::kPerson:
      return "person";
    case PlanStep::Action::kUpgrade:
      return "upgrade";
  }
  return "";
}

PlanStep rows_step(const std::string &functions, const std::vector<std::string> &ids,
                   const std::string &version_table, std::string reason) {
  PlanStep step;
  step.action = PlanStep::Action::kRows;
  step.statement =
      stamp_call(functions, ids.empty() ? std::vector<std::string>{"base"} : ids, true, version_table);
  if (step.statement.ends_with(';')) step.statement.pop_back();
  step.reason = std::move(reason);
  step.safe = true;
  return step;
}

Plan make_plan(const PlanRequest &request) {
  return Planner(request).make();
}

}  // namespace migfix::core
