#include "core/upgrade_plan.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/antichain.hpp"
#include "core/comparison.hpp"
#include "core/data_loss.hpp"
#include "core/definition_sql.hpp"
#include "core/error.hpp"
#include "core/normalizing.hpp"
#include "core/remedy.hpp"
#include "core/revision_statement.hpp"
#include "core/schema_match.hpp"
#include "core/schema_replay.hpp"
#include "core/sql_text.hpp"
#include "core/type_words.hpp"
#include "core/utf8.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kMostDifferences = 5;

class Upgrader {
 public:
  explicit Upgrader(const UpgradeRequest &request)
      : request_(request), graph_(request.histories.graph()), working_(request.real) {
    working_.take_changes();
  }

  Upgrade plan() {
    const std::vector<Node> recorded = recorded_heads();
    const NodeSet applied = graph_.ancestors(recorded, Relation::kAll);
    const NodeSet wanted = graph_.ancestors(request_.target, Relation::kAll);
    // The model as the revisions leave it, beside the one of what is there.
    expected_ = request_.histories.of(applied).model();
    expected_.take_changes();
    bool goes_up = false;
    for (const Node node : graph_.order()) {
      if (!wanted.contains(node) || applied.contains(node)) continue;
      goes_up = true;
      run(node);
    }
    require_labels_unused();
    NodeSet all = applied;
    all |= wanted;
    const std::vector<Node> heads = graph_.maximal(all.nodes());
    if (!goes_up) require_at_target(heads);
    const std::vector<std::string> ids = graph_.ids(heads);
    upgrade_.rows_after.assign(ids.begin(), ids.end());
    upgrade_.rows = rows_step(request_.functions, ids, request_.version_table, "what has run is recorded");
    return std::move(upgrade_);
  }

 private:
  std::vector<Node> recorded_heads() const {
    const RowsJudgement judgement = judge_rows(graph_, request_.rows);
    if (judgement.is_sound()) return recorded(judgement);
    throw Error(
        "55000",
        fmt::format("the rows of {} are no state that an upgrade starts from", request_.version_table), {},
        fmt::format("SELECT {}migfix_diagnose(); says what is wrong with them.", request_.functions));
  }

  // A label cannot be used in the transaction that adds it to a type.
  void require_labels_unused() const {
    for (auto at = upgrade_.steps.begin(); at != upgrade_.steps.end(); ++at) {
      if (at->step.new_label.empty() || at->passes) continue;
      const std::string literal = quote_literal(at->step.new_label);
      for (auto later = at + 1; later != upgrade_.steps.end(); ++later) {
        if (!later->step.new_label.empty() || later->step.statement.find(literal) == std::string::npos)
          continue;
        throw Error("55000",
                    fmt::format("{} uses label {}, which {} adds: that takes two transactions",
                                later->step.reason, literal, at->step.reason),
                    {}, "Upgrade to the revision that adds it first, or run both with Alembic.");
      }
    }
  }

  // Nothing runs: the target is where the rows are, or below them.
  void require_at_target(const std::vector<Node> &heads) const {
    const bool below = std::any_of(request_.target.begin(), request_.target.end(), [&](Node node) {
      return std::find(heads.begin(), heads.end(), node) == heads.end();
    });
    if (below || request_.target.empty())
      throw Error(kInvalidParameterValue,
                  fmt::format("the target is below what {} records", request_.version_table),
                  "migfix_upgrade only goes up.", "alembic downgrade goes down.");
  }

  void run(Node node) {
    bool is_begun = false;
    const RevisionStatement *unseen = nullptr;
    for (const RevisionStatement &statement : request_.histories.statements()[node]) {
      if (!statement.once.empty() && !sent_.insert(statement.once).second) continue;
      is_begun |= run(node, statement);
      if (unseen == nullptr && acts_unseen(statement)) unseen = &statement;
    }
    if (!is_begun || unseen == nullptr) return;
    throw Error("55000",
                fmt::format("a part of {} is there already, and whether the rest has run cannot be seen: {}",
                            named(node), statement_head(unseen->text)),
                {},
                fmt::format("SELECT * FROM {}migfix_plan(version_table => {}); says what can be told.",
                            request_.functions, quote_literal(request_.version_table)));
  }

  std::string named(Node node) const { return fmt::format("revision {}", clipped(graph_.id(node))); }

  /// True where the server would refuse it, because it has run before.
  bool run(Node node, const RevisionStatement &statement) {
    if (statement.text.empty())
      throw Error("55000",
                  fmt::format("{} does what is not known here: {}", named(node), why_opaque(statement)),
                  statement.line != 0 ? fmt::format("Line {} of its file.", statement.line) : std::string(),
                  fmt::format("Run it with Alembic: alembic upgrade {}", shell_word(graph_.id(node))));
    const std::optional<Refusal> off_model = apply(expected_, statement);
    const std::vector<ObjectId> made = expected_.take_changes();
    normalize(expected_, made, request_.histories.forms());
    expected_.take_changes();

    UpgradeStep step;
    bool has_run = false;
    step.step.statement = statement.text;
    step.step.reason = named(node);
    step.step.in_transaction = statement.in_transaction;
    for (const Effect &effect : statement.effects)
      if (const auto *add = std::get_if<AddEnumValue>(&effect);
          add && request_.real.find(id_of(ObjectKind::kEnum, add->name)))
        step.step.new_label = add->label;
    step.step.safe = data_loss(statement, working_).empty();
    const std::optional<Refusal> refusal = apply(working_, statement);
    const std::vector<ObjectId> changed = working_.take_changes();
    if (!refusal && changed.empty() && !made.empty() && !off_model) {
      // IF NOT EXISTS: what is there passes for the server, whatever it is.
      require_same(node, made, {"42710", "what it makes only where it is not there is there already", {}});
      step.passes = true;
      step.step.reason += ": there already, and identical";
    } else if (refusal && !off_model && !statement.check_first) {
      require_same(node, made, *refusal);
      has_run = true;
      step.passes = true;
      step.step.reason += ": there already, and identical";
    } else if (refusal && statement.check_first) {
      step.passes = true;
      step.step.reason += ": sent only where it is needed";
    }
    normalize(working_, changed, request_.histories.forms());
    working_.take_changes();
    if (!statement.in_transaction && !step.passes)
      step.step.transactional = transactional_form(statement, working_, request_.own_schema);
    upgrade_.steps.push_back(std::move(step));
    return has_run;
  }

  // The server would refuse the statement: that is right only where all of its objects stand as it leaves
  // them.
  void require_same(Node node, const std::vector<ObjectId> &made, const Refusal &refusal) {
    std::vector<std::string> said;
    for (const ObjectId &id : made) {
      const Object *expected = expected_.find(id);
      const Object *real = working_.find(id);
      switch (match(expected, real)) {
        case Match::kDifferent:
          for (const Difference &difference : compare(*expected, *real))
            if (!difference.uncertain) said.push_back(words(id, difference));
          break;
        case Match::kMissing:
          said.push_back(fmt::format("{} is missing", object_in_words(id)));
          break;
        case Match::kSurplus:
          said.push_back(fmt::format("{} is there still", object_in_words(id)));
          break;
        default:
          break;
      }
    }
    if (said.empty()) return;
    throw Error(
        "55000", fmt::format("{} would fail: {}", named(node), refusal.message),
        fmt::format("What is there is not what it makes: {}.", list_of(said, kMostDifferences)),
        fmt::format("SELECT * FROM {}migfix_plan(version_table => {}); says what would bring it in step.",
                    request_.functions, quote_literal(request_.version_table)));
  }

  const UpgradeRequest &request_;
  const RevisionGraph &graph_;
  SchemaModel working_;
  SchemaModel expected_;
  std::set<std::string> sent_;
  Upgrade upgrade_;
};

}  // namespace

Upgrade plan_upgrade(const UpgradeRequest &request) {
  return Upgrader(request).plan();
}

}  // namespace migfix::core
