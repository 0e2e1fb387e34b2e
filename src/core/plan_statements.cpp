#include "core/plan_statements.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/data_loss.hpp"
#include "core/definition_sql.hpp"
#include "core/normalizing.hpp"
#include "core/schema_match.hpp"
#include "core/schema_replay.hpp"
#include "core/sql_text.hpp"
#include "core/type_words.hpp"
#include "core/utf8.hpp"

namespace migfix::core {

namespace {

using Step = SchemaHistory::Step;

enum class Progress {
  kNone,   // touches no object
  kDone,   // its objects stand as it leaves them, or later statements do
  kToDo,   // they stand as they did before it
  kMixed,  // some are this way, some that, or they differ from both
};

// How far a revision has got.
struct RevisionProgress {
  std::vector<Progress> statements;
  std::size_t last_done = 0;    // 1 + index; 0: none
  std::size_t first_to_do = 0;  // 1 + index; 0: none
  bool is_denied = false;       // an object stands just as it did before the revision
  bool is_recorded = false;
  bool is_untouched() const { return last_done == 0; }
  bool has_run_unseen() const { return is_recorded && !(is_untouched() && is_denied); }
  bool is_complete() const { return first_to_do == 0; }
  // What stands in front of the break was run, what stands behind it was not.
  bool broke_off() const { return last_done < first_to_do; }
};

class Runner {
 public:
  Runner(const SchemaHistories &histories, const SchemaHistory &history, const NodeSet &recorded,
         SchemaModel &working, const std::string &own_schema)
      : graph_(histories.graph()),
        statements_(histories.statements()),
        forms_(histories.forms()),
        all_(histories.all()),
        expected_(history.model()),
        recorded_(recorded),
        working_(working),
        own_schema_(own_schema) {
    for (const auto &[id, chain] : history.chains()) place(id, chain);
  }

  StatementPlan run(const NodeSet &revisions) {
    for (const Node node : graph_.order())
      if (revisions.contains(node)) run(node);
    return std::move(plan_);
  }

 private:
  // Where each object's real state stands in its chain: after how many of its statements.
  void place(const ObjectId &id, const SchemaHistory::Chain &chain) {
    const Object *real = working_.find(id);
    std::size_t reached = real == nullptr ? 0 : kNowhere;
    for (std::size_t i = 0; i < chain.size(); ++i)
      if (is_match(match(object_of(chain[i]), real))) reached = i + 1;
    for (std::size_t i = 0; i < chain.size(); ++i) {
      Counts &counts = counts_[chain[i].by];
      if (reached == kNowhere)
        ++counts.elsewhere;
      else if (reached > i)
        ++counts.done;
      else
        ++(reached == i ? counts.to_do : counts.lost);
    }
  }

  Progress progress_of(const Step &step) const {
    const auto at = counts_.find(step);
    if (at == counts_.end()) return Progress::kNone;
    const Counts &counts = at->second;
    if (counts.to_do + counts.lost == 0) return Progress::kDone;
    return counts.done == 0 && counts.elsewhere == 0 ? Progress::kToDo : Progress::kMixed;
  }

  RevisionProgress progress_of(Node node) const {
    RevisionProgress progress;
    progress.is_recorded = recorded_.contains(node);
    for (std::uint32_t i = 0; i < statements_[node].size(); ++i) {
      const Progress one = progress_of(Step{node, i});
      progress.statements.push_back(one);
      const auto counts = counts_.find(Step{node, i});
      if (counts != counts_.end() && counts->second.to_do > 0) progress.is_denied = true;
      if (one == Progress::kDone || one == Progress::kMixed) progress.last_done = i + 1;
      if ((one == Progress::kToDo || one == Progress::kMixed) && progress.first_to_do == 0)
        progress.first_to_do = i + 1;
    }
    return progress;
  }

  void run(Node node) {
    const RevisionProgress progress = progress_of(node);
    if (progress.is_complete()) return;
    for (std::size_t i = 0; i < statements_[node].size(); ++i) {
      const RevisionStatement &statement = statements_[node][i];
      if (progress.statements[i] == Progress::kToDo)
        run_known(node, statement, progress);
      else if (progress.statements[i] == Progress::kMixed)
        look_for_both(node, statement);
      else if (progress.statements[i] == Progress::kNone && unseen(statement) && !progress.has_run_unseen())
        run_unseen(node, statement, i + 1, progress);
    }
  }

  // A rename whose two names are both there.
  void look_for_both(Node node, const RevisionStatement &statement) {
    for (const Effect &effect : statement.effects) {
      const auto *rename = std::get_if<RenameObject>(&effect);
      if (rename == nullptr) continue;
      ObjectId to = rename->object;
      to.name = rename->to;
      if (working_.find(rename->object) == nullptr || working_.find(to) == nullptr) continue;
      plan_.hands_off.insert(rename->object);
      plan_.hands_off.insert(to);
      PlanStep step;
      step.action = PlanStep::Action::kPerson;
      step.statement = statement.text;
      step.reason = fmt::format(
          "{} renames {} to {}, and both are there: which of them has the rows, a person must say; "
          "drop the other, and repair again",
          named(node), object_in_words(rename->object), name_in_words(std::string_view(rename->to)));
      plan_.steps.push_back(std::move(step));
    }
  }

  // Known to revisions, under a name that it has no more, or not now.
  bool is_gone(const QualifiedName &name) const {
    const bool is_known = all_.chain(id_of(ObjectKind::kTable, name)) != nullptr ||
                          all_.chain(id_of(ObjectKind::kView, name)) != nullptr;
    return is_known && !working_.relation(name);
  }

  // A column that should be there is mended later than statements are run.
  bool lacks_columns(const QualifiedName &table) const {
    const std::vector<ObjectId> columns = expected_.columns_of(table);
    return std::any_of(columns.begin(), columns.end(),
                       [&](const ObjectId &column) { return working_.find(column) == nullptr; });
  }

  // The model is generous with what it does not know; what a statement names must be there under that name.
  bool names_what_is_there(const RevisionStatement &statement) const {
    return std::none_of(statement.effects.begin(), statement.effects.end(), [&](const Effect &effect) {
      if (const auto *view = std::get_if<CreateView>(&effect))
        return std::any_of(view->view.reads.begin(), view->view.reads.end(),
                           [&](const QualifiedName &name) { return is_gone(name) || lacks_columns(name); });
      if (const auto *index = std::get_if<CreateIndex>(&effect)) return is_gone(index->index.table);
      if (const auto *trigger = std::get_if<CreateTrigger>(&effect)) return is_gone(trigger->table);
      if (const auto *comment = std::get_if<SetComment>(&effect))
        return all_.chain(comment->object) != nullptr && working_.find(comment->object) == nullptr;
      return std::visit(
          [&](const auto &one) {
            if constexpr (requires { one.table.if_exists; })
              return is_gone(one.table.name);
            else
              return false;
          },
          effect);
    });
  }

  static bool unseen(const RevisionStatement &statement) {
    return changes_rows(statement) || !why_opaque(statement).empty();
  }

  std::string named(Node node) const { return fmt::format("revision {}", clipped(graph_.id(node))); }

  void run_known(Node node, const RevisionStatement &statement, const RevisionProgress &progress) {
    if (statement.text.empty() || !names_what_is_there(statement)) return;
    const std::string loss = data_loss(statement, working_);
    const std::string label = label_for_later(statement);
    for (const Effect &effect : statement.effects)
      if (const auto *create = std::get_if<CreateEnum>(&effect)) made_here_.insert(create->name);
    if (apply(working_, statement)) return;  // what it should have made is mended by the definitions
    normalize(working_, working_.take_changes(), forms_);
    working_.take_changes();
    PlanStep step;
    step.statement = statement.text;
    step.new_label = label;
    step.reason = progress.is_recorded ? fmt::format("{} is recorded, and this of it is missing", named(node))
                  : progress.is_untouched()
                      ? fmt::format("{} has not run", named(node))
                      : fmt::format("{} is partly applied, and this of it is missing", named(node));
    if (progress.is_recorded && makes_room_for_rows(statement))
      step.reason += "; what it held does not come back by this";
    step.safe = loss.empty();
    if (!loss.empty()) step.reason += "; " + loss;
    step.in_transaction = statement.in_transaction;
    if (!statement.in_transaction) step.transactional = transactional_form(statement);
    plan_.steps.push_back(std::move(step));
  }

  static bool makes_room_for_rows(const RevisionStatement &statement) {
    return std::any_of(statement.effects.begin(), statement.effects.end(), [](const Effect &effect) {
      return std::holds_alternative<CreateTable>(effect) || std::holds_alternative<AddColumn>(effect);
    });
  }

  // The label that the statement adds to an enum which is really there.
  std::string label_for_later(const RevisionStatement &statement) const {
    for (const Effect &effect : statement.effects)
      if (const auto *add = std::get_if<AddEnumValue>(&effect);
          add != nullptr && made_here_.count(add->name) == 0)
        return add->label;
    return {};
  }

  // CREATE INDEX CONCURRENTLY has a form that runs in a transaction.
  std::string transactional_form(const RevisionStatement &statement) const {
    if (statement.effects.size() != 1) return {};
    const auto *create = std::get_if<CreateIndex>(&statement.effects.front());
    if (create == nullptr || create->name.name.empty()) return {};
    const ObjectId id = id_of(ObjectKind::kIndex, create->name);
    const Object *index = working_.find(id);
    if (index == nullptr) return {};
    const std::vector<std::string> made = create_sql(id, *index, working_, own_schema_);
    return made.size() == 1 ? made.front() : std::string();
  }

  void run_unseen(Node node, const RevisionStatement &statement, std::size_t place,
                  const RevisionProgress &progress) {
    const std::string why = why_opaque(statement);
    const std::string what = why.empty() ? "changes rows" : why;
    if (!progress.is_untouched() && progress.broke_off() && place < progress.last_done) return;  // has run
    const bool has_not_run =
        progress.is_untouched() || (progress.broke_off() && place > progress.first_to_do);
    PlanStep step;
    if (has_not_run && !statement.text.empty()) {
      step.statement = statement.text;
      step.reason = fmt::format("{} has not {} ({})", named(node),
                                progress.is_untouched() ? "run" : "come so far", what);
      step.safe = why.empty() && only_inserts(statement.text);
      step.in_transaction = statement.in_transaction;
    } else {
      step.action = PlanStep::Action::kPerson;
      step.statement = statement.text;
      const std::string where =
          statement.line != 0 ? fmt::format(" (line {})", statement.line) : std::string();
      step.reason =
          has_not_run
              ? fmt::format("{} has not run, and what its statement{} does is not known here: {}",
                            named(node), where, what)
              : fmt::format("{} is partly applied, and whether this statement{} has run cannot be seen: {}",
                            named(node), where, what);
    }
    plan_.steps.push_back(std::move(step));
  }

  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

  struct Counts {
    std::size_t done = 0;
    std::size_t to_do = 0;      // stand as the statement found them
    std::size_t lost = 0;       // stand as they did earlier still
    std::size_t elsewhere = 0;  // stand in no state that the chain has
  };

  const RevisionGraph &graph_;
  const StatementsOf &statements_;
  NormalForms &forms_;
  const SchemaHistory &all_;
  const SchemaModel &expected_;
  const NodeSet &recorded_;
  SchemaModel &working_;
  const std::string &own_schema_;
  std::map<Step, Counts> counts_;
  std::set<QualifiedName> made_here_;  // enums
  StatementPlan plan_;
};

}  // namespace

StatementPlan statements_to_run(const SchemaHistories &histories, const SchemaHistory &history,
                                const NodeSet &recorded, SchemaModel &working,
                                const std::string &own_schema) {
  return Runner(histories, history, recorded, working, own_schema).run(history.revisions());
}

}  // namespace migfix::core
