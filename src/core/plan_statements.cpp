#include "core/plan_statements.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "core/data_loss.hpp"
#include "core/definition_sql.hpp"
#include "core/expression_names.hpp"
#include "core/normalizing.hpp"
#include "core/revision_progress.hpp"
#include "core/schema_replay.hpp"
#include "core/sql_text.hpp"
#include "core/type_words.hpp"
#include "core/utf8.hpp"

namespace migfix::core {

namespace {

class Runner {
 public:
  Runner(const StatementRequest &request, SchemaModel &working)
      : graph_(request.histories.graph()),
        statements_(request.histories.statements()),
        forms_(request.histories.forms()),
        all_(request.histories.all()),
        revisions_(request.history.revisions()),
        expected_(request.history.model()),
        progresses_(graph_, statements_, request.history, request.recorded, request.logged, working),
        rows_are_right_(request.rows_are_right),
        working_(working),
        own_schema_(request.own_schema) {}

  StatementPlan run() {
    for (const Node node : graph_.order())
      if (revisions_.contains(node)) run(node);
    return std::move(plan_);
  }

 private:
  void run(Node node) {
    RevisionProgress progress = progresses_.of(node);
    if (rows_are_right_) progress.is_denied = false;
    for (std::size_t i = 0; i < statements_[node].size(); ++i) {
      const RevisionStatement &statement = statements_[node][i];
      if (progress.statements[i] == Progress::kToDo || to_run_.count(&statement) != 0)
        run_known(node, statement, progress);
      else if (progress.statements[i] == Progress::kMixed)
        settle_rename(node, statement, progress);
      else if (progress.statements[i] == Progress::kNone && sets_properties(statement))
        set_properties(node, statement, i + 1, progress);
      else if (progress.statements[i] == Progress::kNone && acts_unseen(statement))
        run_unseen(node, statement, i + 1, progress);
    }
  }

  // What the renames from this one on make of an object, one after the other.
  struct RenamePath {
    ObjectId to;
    std::vector<const RevisionStatement *> then;  // that come after this one
  };

  RenamePath path_of(const RenameObject &rename, Node node, const RevisionStatement &statement) const {
    RenamePath path{rename.object, {}};
    path.to.name = rename.to;
    bool has_come = false;
    for (const Node later : graph_.order()) {
      if (!revisions_.contains(later) || (later != node && !has_come)) continue;
      for (const RevisionStatement &one : statements_[later]) {
        for (const Effect &effect : one.effects) {
          const auto *next = std::get_if<RenameObject>(&effect);
          if (!has_come || next == nullptr || next->object != path.to) continue;
          path.to.name = next->to;
          path.then.push_back(&one);
        }
        has_come = has_come || &one == &statement;
      }
    }
    return path;
  }

  // A rename that has not run as a whole: of a table whose parts were changed, or whose new name is there
  // too.
  void settle_rename(Node node, const RevisionStatement &statement, const RevisionProgress &progress) {
    for (const Effect &effect : statement.effects) {
      const auto *rename = std::get_if<RenameObject>(&effect);
      if (rename == nullptr || working_.find(rename->object) == nullptr ||
          expected_.find(rename->object) != nullptr)
        continue;
      const RenamePath path = path_of(*rename, node, statement);
      if (working_.find(path.to) == nullptr) run_known(node, statement, progress);
      // An enum holds no rows: one that nothing uses makes room; else the columns of the old one are given
      // the new one, and then the old one goes, as all that should not be there.
      else if (const auto *made = working_.find_as<Enum>(path.to); made == nullptr)
        ask_which(node, *rename, path.to, statement);
      else if (!made->used)
        make_room(node, *rename, path, statement, progress);
    }
  }

  void ask_which(Node node, const RenameObject &rename, const ObjectId &to,
                 const RevisionStatement &statement) {
    plan_.hands_off.insert(rename.object);
    plan_.hands_off.insert(to);
    PlanStep step;
    step.action = PlanStep::Action::kPerson;
    step.statement = statement.text;
    step.reason = fmt::format(
        "{} renames {} to {}, and both are there: which of them has the rows, a person must say; "
        "drop the other, and repair again",
        named(node), object_in_words(rename.object), name_in_words(std::string_view(to.name)));
    plan_.steps.push_back(std::move(step));
  }

  void make_room(Node node, const RenameObject &rename, const RenamePath &path,
                 const RevisionStatement &statement, const RevisionProgress &progress) {
    PlanStep step;
    step.statement = drop_sql(path.to, *working_.find(path.to), own_schema_).front().statement;
    step.reason = fmt::format("{} renames {} to {}, which is there too, and nothing uses it", named(node),
                              object_in_words(rename.object), name_in_words(std::string_view(path.to.name)));
    step.safe = true;
    plan_.steps.push_back(std::move(step));
    working_.erase(path.to);
    run_known(node, statement, progress);
    to_run_.insert(path.then.begin(), path.then.end());
  }

  // Known to revisions, under a name that it has no more, or not now.
  bool is_gone(const QualifiedName &name) const {
    const bool is_known = all_.chain(id_of(ObjectKind::kTable, name)) != nullptr ||
                          all_.chain(id_of(ObjectKind::kView, name)) != nullptr;
    return is_known && !working_.relation(name);
  }

  bool is_gone_type(const QualifiedName &name) const {
    const bool is_known = std::any_of(std::begin(kOwnTypes), std::end(kOwnTypes), [&](ObjectKind kind) {
      return all_.chain(id_of(kind, name)) != nullptr;
    });
    return is_known && !working_.type(name);
  }

  // Names in a text, of what may be in the version table's schema.
  bool names_what_is_gone(const std::string &text, const QualifiedName &made, bool types_alone) const {
    const std::vector<ExpressionToken> tokens = expression_tokens(text);
    return std::any_of(tokens.begin(), tokens.end(), [&](const ExpressionToken &token) {
      const QualifiedName name{{}, token.value};
      return token.is_name() && name != made && (is_gone_type(name) || (!types_alone && is_gone(name)));
    });
  }

  // Of a statement that takes types for what it makes or changes.
  bool names_types_that_are_gone(const RevisionStatement &statement) const {
    const auto made = [](const Effect &effect) {
      if (const auto *type = std::get_if<CreateEnum>(&effect)) return type->name;
      if (const auto *type = std::get_if<CreateDomain>(&effect)) return type->name;
      if (const auto *type = std::get_if<CreateComposite>(&effect)) return type->name;
      return QualifiedName();
    };
    return std::any_of(statement.effects.begin(), statement.effects.end(), [&](const Effect &effect) {
      const bool says_where_to = std::holds_alternative<RenameObject>(effect) ||
                                 std::holds_alternative<SetSchema>(effect) ||
                                 std::holds_alternative<DropObject>(effect);
      return !says_where_to && names_what_is_gone(statement.text, made(effect), true);
    });
  }

  // The default of a column of an enum is a label that the enum has no more, or not now.
  bool lacks_label(const DataType &type, const Expression &value) const {
    const auto *type_now = working_.find_as<Enum>(id_of(ObjectKind::kEnum, type.name));
    const std::vector<ExpressionToken> tokens = expression_tokens(value.text);
    if (type_now == nullptr || type.array || tokens.empty() ||
        tokens.front().kind != ExpressionToken::Kind::kString)
      return false;
    return std::none_of(type_now->labels.begin(), type_now->labels.end(), [&](const std::string &label) {
      return quote_literal(label) == tokens.front().value;
    });
  }

  bool lacks_label(const Effect &effect) const {
    const auto of = [&](const NewColumn &one) {
      return lacks_label(one.column.type, one.column.default_value);
    };
    if (const auto *create = std::get_if<CreateTable>(&effect))
      return std::any_of(create->columns.begin(), create->columns.end(), of);
    if (const auto *add = std::get_if<AddColumn>(&effect)) return of(add->column);
    if (const auto *set = std::get_if<SetDefault>(&effect)) {
      const auto *column = working_.find_as<Column>(column_id(set->table.name, set->column));
      return column != nullptr && lacks_label(column->type, set->value);
    }
    return false;
  }

  // A column that should be there is mended later than statements are run.
  bool lacks_columns(const QualifiedName &table) const {
    const std::vector<ObjectId> columns = expected_.columns_of(table);
    return std::any_of(columns.begin(), columns.end(),
                       [&](const ObjectId &column) { return working_.find(column) == nullptr; });
  }

  // The model is generous with what it does not know; what a statement names must be there under that name.
  bool names_what_is_there(const RevisionStatement &statement) const {
    if (names_types_that_are_gone(statement)) return false;
    return std::none_of(statement.effects.begin(), statement.effects.end(), [&](const Effect &effect) {
      if (lacks_label(effect)) return true;
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

  std::string named(Node node) const { return fmt::format("revision {}", clipped(graph_.id(node))); }

  void run_known(Node node, const RevisionStatement &statement, const RevisionProgress &progress) {
    if (statement.text.empty() || !names_what_is_there(statement)) return;
    // Values that were computed once are not computed again: the definition mends the type alone.
    if (computes_values(statement) && has_run(progress, 0).value_or(true)) return;
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
    if (!statement.in_transaction) step.transactional = transactional_form(statement, working_, own_schema_);
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

  // Privileges and the like: once more does no harm, so only what has surely run is passed over.
  void set_properties(Node node, const RevisionStatement &statement, std::size_t place,
                      const RevisionProgress &progress) {
    if (has_run(progress, place).value_or(false) || statement.text.empty()) return;
    PlanStep step;
    step.statement = statement.text;
    step.in_transaction = statement.in_transaction;
    step.reason = fmt::format("{} {}, and this sets what is not compared", named(node),
                              progress.is_untouched() ? "has not run" : "is partly applied");
    if (names_what_is_gone(statement.text, {}, false)) {
      step.action = PlanStep::Action::kPerson;
      step.reason += "; it names what is not there by that name";
    } else {
      step.safe = true;
    }
    plan_.steps.push_back(std::move(step));
  }

  // Whether the statement at that place (1 + index), which no schema shows, has run; nothing: that is in
  // doubt.
  static std::optional<bool> has_run(const RevisionProgress &progress, std::size_t place) {
    using Unseen = RevisionProgress::Unseen;
    switch (progress.unseen()) {
      case Unseen::kHasRun:
      case Unseen::kAssumed:
        return true;
      case Unseen::kHasNot:
        return false;
      case Unseen::kSome:
        if (place < progress.last_done) return true;
        if (place > progress.first_to_do) return false;
        break;
      case Unseen::kDoubtful:
        break;
    }
    return std::nullopt;
  }

  void run_unseen(Node node, const RevisionStatement &statement, std::size_t place,
                  const RevisionProgress &progress) {
    const std::optional<bool> ran = has_run(progress, place);
    if (ran.value_or(false)) {
      if (progress.unseen() == RevisionProgress::Unseen::kAssumed) plan_.assumed.insert(node);
      return;
    }
    const std::string why = why_opaque(statement);
    const std::string what = why.empty() ? "changes rows" : why;
    const std::string where = statement.line != 0 ? fmt::format(" (line {})", statement.line) : std::string();
    PlanStep step;
    step.statement = statement.text;
    if (ran && !statement.text.empty()) {
      step.reason = fmt::format("{} has not {} ({})", named(node),
                                progress.is_untouched() ? "run" : "come so far", what);
      step.safe = why.empty() && only_inserts(statement.text);
      step.in_transaction = statement.in_transaction;
      step.unseen = true;
    } else if (ran) {
      step.action = PlanStep::Action::kPerson;
      step.reason = fmt::format("{} has not run, and what its statement{} does is not known here: {}",
                                named(node), where, what);
    } else {
      step.action = PlanStep::Action::kPerson;
      step.reason = fmt::format(
          "{}, and whether this statement{} has run cannot be seen: {}",
          progress.is_untouched()
              ? fmt::format("nothing of {} is there, but a part of what comes after it", named(node))
              : named(node) + " is partly applied",
          where, what);
    }
    plan_.steps.push_back(std::move(step));
  }

  static constexpr ObjectKind kOwnTypes[] = {ObjectKind::kEnum, ObjectKind::kDomain, ObjectKind::kComposite};

  const RevisionGraph &graph_;
  const StatementsOf &statements_;
  NormalForms &forms_;
  const SchemaHistory &all_;
  const NodeSet &revisions_;
  const SchemaModel &expected_;
  const Progresses progresses_;  // as it was before anything is run
  const bool rows_are_right_;
  SchemaModel &working_;
  const std::string &own_schema_;
  std::set<QualifiedName> made_here_;           // enums
  std::set<const RevisionStatement *> to_run_;  // whatever the schema showed of them
  StatementPlan plan_;
};

}  // namespace

StatementPlan statements_to_run(const StatementRequest &request, SchemaModel &working) {
  return Runner(request, working).run();
}

}  // namespace migfix::core
