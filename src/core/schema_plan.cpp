#include "core/schema_plan.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/antichain.hpp"
#include "core/comparison.hpp"
#include "core/definition_sql.hpp"
#include "core/dependence.hpp"
#include "core/plan_statements.hpp"
#include "core/prediction.hpp"
#include "core/remedy.hpp"
#include "core/revision_statement.hpp"
#include "core/schema_match.hpp"
#include "core/schema_replay.hpp"
#include "core/stale_source.hpp"
#include "core/sql_text.hpp"
#include "core/type_words.hpp"
#include "core/unexplained.hpp"
#include "core/utf8.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kMostNames = 5;
constexpr const char *kStale =
    "the statement that makes it names what was renamed since, or takes columns by * that were changed: it "
    "must be "
    "written anew";

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
    hands_off_ = std::move(statements.hands_off);
    assumed_ = std::move(statements.assumed);
    mend(history, working);
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
                       recorded_, sound, request_.logged, request_.log_is_whole});
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
            "upgrade "
            "would run {} again; where {} has run, {}",
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

  // --- what the statements do not mend

  // What has parts goes before others are made, which may need the names; what others stand on goes after.
  static bool falls_first(ObjectKind kind) {
    return kind == ObjectKind::kTrigger || kind == ObjectKind::kView || kind == ObjectKind::kIndex ||
           kind == ObjectKind::kConstraint || kind == ObjectKind::kColumn || kind == ObjectKind::kTable;
  }

  bool is_off(const ObjectId &id) const {
    return hands_off_.count(id) != 0 ||
           (is_part(id) && hands_off_.count(id_of(ObjectKind::kTable, table_of(id))) != 0);
  }

  void mend(const SchemaHistory &history, SchemaModel &working) {
    std::vector<ObjectId> surplus = objects(history, working, Match::kSurplus);
    // Down to an older revision: what later ones made goes.
    if (request_.target)
      for (const auto &[id, chain] : request_.histories.all().chains())
        if (history.chain(id) == nullptr && working.find(id) != nullptr) surplus.push_back(id);
    surplus.insert(surplus.end(), plan_.leftovers.begin(), plan_.leftovers.end());

    drop(surplus, working, true);
    make_and_alter(objects(history, working, Match::kMissing), objects(history, working, Match::kDifferent),
                   history.model(), working);
    drop(surplus, working, false);
  }

  // Those that stand that way to what is expected.
  std::vector<ObjectId> objects(const SchemaHistory &history, const SchemaModel &working, Match which) const {
    std::vector<ObjectId> ids;
    for (const auto &[id, chain] : history.chains())
      if (!is_off(id) && match(history.model().find(id), working.find(id)) == which) ids.push_back(id);
    return ids;
  }

  // `what` is what the statement is for, where its own reason does not say it.
  void add(const Mend &mend, const std::string &what) {
    const bool both = !what.empty() && !mend.reason.empty();
    std::string reason = what + (both ? "; " : "") + mend.reason;
    if (mend.statement.empty()) {
      ask({}, std::move(reason));
      return;
    }
    PlanStep step;
    step.statement = mend.statement;
    step.new_label = mend.new_label;
    step.reason = std::move(reason);
    step.safe = mend.safe;
    plan_.steps.push_back(std::move(step));
  }

  void drop(const std::vector<ObjectId> &surplus, SchemaModel &working, bool first) {
    std::vector<ObjectId> order = creation_order(surplus, working);
    std::reverse(order.begin(), order.end());
    for (const ObjectId &id : order) {
      if (falls_first(id.kind) != first) continue;
      const Object *real = working.find(id);
      if (real == nullptr || falls_with_table(id, surplus)) continue;
      const bool leftover =
          std::find(plan_.leftovers.begin(), plan_.leftovers.end(), id) != plan_.leftovers.end();
      const std::string reason =
          leftover ? fmt::format("{} is left over: nothing uses it, and no revision that is applied makes it",
                                 object_in_words(id))
                   : fmt::format("{} should be gone", object_in_words(id));
      for (const Mend &mend : drop_sql(id, *real, request_.own_schema)) add(mend, reason);
      take(id, working);
    }
  }

  // Indexes and constraints on a column fall with it.
  static void take(const ObjectId &id, SchemaModel &working) {
    if (id.kind == ObjectKind::kColumn) {
      RevisionStatement drop;
      drop.effects.push_back(DropColumn{{table_of(id), false}, id.name, false, false});
      if (!apply(working, drop)) {
        working.take_changes();
        return;
      }
    }
    working.erase(id);
  }

  static bool is_part(const ObjectId &id) { return !id.table.empty(); }

  bool falls_with_table(const ObjectId &id, const std::vector<ObjectId> &surplus) const {
    const Object *real = request_.real.find(id);
    if (real == nullptr) return false;
    const auto falls = [&](const ObjectId &table) {
      return std::find(surplus.begin(), surplus.end(), table) != surplus.end();
    };
    const auto table = table_with(id, *real);
    if (!table || !falls(*table)) return false;
    // A foreign key keeps the other table from falling.
    const auto *constraint = std::get_if<Constraint>(&real->definition);
    const auto *key = constraint == nullptr ? nullptr : std::get_if<ForeignKey>(&constraint->what);
    return key == nullptr || key->references == table_of(id) ||
           !falls(id_of(ObjectKind::kTable, key->references));
  }

  // What CREATE TABLE brings along.
  static bool is_made_with_table(const ObjectId &id, const Object &object,
                                 const std::set<ObjectId> &missing) {
    return is_part(id) && comes_with_table(object) &&
           missing.count(id_of(ObjectKind::kTable, table_of(id))) != 0;
  }

  // The statement that makes it; null where nothing but a definition does.
  static const std::string *source_of(const Definition &definition) {
    if (const auto *view = std::get_if<View>(&definition)) return &view->source;
    if (const auto *function = std::get_if<Function>(&definition)) return &function->source;
    const auto *trigger = std::get_if<Trigger>(&definition);
    return trigger == nullptr ? nullptr : &trigger->source;
  }

  bool is_stale(const std::string &source) const {
    return !source.empty() && core::is_stale(source, graph_, request_.histories.statements(), plan_.target);
  }

  void make(const ObjectId &id, const Object &object, const std::set<ObjectId> &missing,
            const SchemaModel &expected) {
    const bool held_rows = id.kind == ObjectKind::kTable || id.kind == ObjectKind::kColumn;
    const std::string reason = fmt::format("{} is missing{}", object_in_words(id),
                                           held_rows ? "; what it held does not come back by this" : "");
    const std::string *source = source_of(object.definition);
    if (source != nullptr && is_stale(*source))
      return ask(*source, fmt::format("{}, and {}", reason, kStale));
    std::vector<std::string> statements = create_sql(id, object, expected, request_.own_schema);
    if (statements.empty() && source != nullptr)
      return ask({}, fmt::format("{}, and the statement that makes it is not known", reason));
    if (const auto *sequence = std::get_if<Sequence>(&object.definition);
        sequence != nullptr && !sequence->owner.empty() &&
        missing.count(column_id(sequence->owner, sequence->owner_column)) == 0) {
      const std::vector<std::string> owner = owner_sql(id, object, request_.own_schema);
      statements.insert(statements.end(), owner.begin(), owner.end());
    }
    for (const std::string &statement : statements) add({statement, true, {}}, reason);
  }

  void alter(const ObjectId &id, const Object &object, const SchemaModel &expected,
             const SchemaModel &working) {
    const Object &real = *working.find(id);
    if (const auto *view = std::get_if<View>(&object.definition); view != nullptr && is_stale(view->source))
      return ask(view->source, fmt::format("view {} differs, and {}", object_name_in_words(id), kStale));
    for (const Mend &mend : alter_sql(id, object, real, expected, request_.own_schema, &working))
      add(mend, {});
  }

  // What is done to a column of a parent is done to those of its partitions and children.
  static bool comes_from_parents_column(const ObjectId &id, const std::set<ObjectId> &mended,
                                        const SchemaModel &expected) {
    if (id.kind != ObjectKind::kColumn) return false;
    const auto *table = expected.find_as<Table>(id_of(ObjectKind::kTable, table_of(id)));
    return table != nullptr &&
           std::any_of(table->parents.begin(), table->parents.end(), [&](const QualifiedName &parent) {
             return mended.count(column_id(parent, id.name)) != 0 &&
                    mended.count(id_of(ObjectKind::kTable, table_of(id))) == 0;
           });
  }

  void make_and_alter(const std::vector<ObjectId> &missing, const std::vector<ObjectId> &different,
                      const SchemaModel &expected, SchemaModel &working) {
    const std::set<ObjectId> all_missing(missing.begin(), missing.end());
    std::vector<ObjectId> both = missing;
    both.insert(both.end(), different.begin(), different.end());
    const std::set<ObjectId> all(both.begin(), both.end());
    for (const ObjectId &id : creation_order(both, expected)) {
      const Object &object = *expected.find(id);
      if (comes_from_parents_column(id, all, expected)) {
        working.put(id, object);
        continue;
      }
      if (all_missing.count(id) == 0)
        alter(id, object, expected, working);
      else if (!is_made_with_table(id, object, all_missing))
        make(id, object, all_missing, expected);
      working.put(id, object);
    }
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
                      "what a second "
                      "repair could not see: {}; run both by hand, commit, and repair again",
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
  std::set<ObjectId> hands_off_;
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
