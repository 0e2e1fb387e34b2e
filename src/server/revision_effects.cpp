#include "server/revision_effects.hpp"

#include "core/observed_revision.hpp"
#include "server/lowering.hpp"
#include "server/observation_store.hpp"
#include "server/query.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
}

namespace migfix::server {

namespace {

Oid owner_of_statements() {
  return call([] {
    const Oid table = get_relname_relid("revision_statement", get_namespace_oid("migfix", false));
    Relation open = RelationIdGetRelation(table);
    if (open == nullptr) elog(ERROR, "migfix.revision_statement is not there");
    const Oid owner = open->rd_rel->relowner;
    RelationClose(open);
    return owner;
  });
}

struct StoredText {
  core::Node node;
  std::int64_t position;
  std::string text;
  std::string once;
  std::string opaque;
  bool check_first;
  std::uint32_t line;
};

core::RevisionStatement opaque_place(const StoredText &stored) {
  core::RevisionStatement statement;
  statement.effects.push_back(
      core::Opaque{stored.opaque.empty() ? "its statement is not known" : stored.opaque});
  statement.line = stored.line;
  return statement;
}

// Revisions that were registered by hand, or loaded as a graph alone.
void mark_unloaded(const core::Environment &environment, core::StatementsOf &statements) {
  static constinit Statement statement{
      "SELECT revision FROM migfix.revision WHERE environment = $1 AND statements_source IS NULL", 1};
  run(statement, {environment.name}, SnapshotKind::kLatest, [&](const RowView &row) {
    const auto node = environment.graph.find(row.text(0));
    if (!node) return;
    core::RevisionStatement unknown;
    unknown.effects.push_back(core::Opaque{"its statements are not loaded"});
    statements[*node] = {std::move(unknown)};
  });
}

// What was observed last of each object, as what the last of these statements left.
void observe_together(std::vector<core::RevisionStatement> &statements,
                      const std::vector<core::ObservedStatement> &observed) {
  const auto last = std::find_if(statements.rbegin(), statements.rend(),
                                 [](const core::RevisionStatement &statement) { return !statement.text.empty(); });
  if (last == statements.rend()) return;
  std::map<core::ObjectId, std::optional<core::Object>> left;
  for (const core::ObservedStatement &each : observed)
    for (const core::Observation &observation : each.objects) left[observation.id] = observation.object;
  for (auto &[id, object] : left) last->observed.push_back({id, std::move(object)});
}

std::vector<core::RevisionStatement> watched(const std::vector<core::ObservedStatement> &observed,
                                             const std::string &own_schema) {
  std::vector<core::RevisionStatement> statements;
  bool names_lead_away = false;
  for (const core::ObservedStatement &each : observed) {
    check_for_interrupts();
    std::vector<core::RevisionStatement> lowered;
    if (!each.text.empty()) lowered = lower(each.text, own_schema, names_lead_away);
    if (lowered.empty()) {
      core::RevisionStatement &unknown = lowered.emplace_back();
      unknown.effects.push_back(core::Opaque{each.unknown.empty() ? "its statement is empty" : each.unknown});
    }
    lowered.back() = core::watched_statement(std::move(lowered.back()), each);
    std::move(lowered.begin(), lowered.end(), std::back_inserter(statements));
  }
  return statements;
}

// What a revision did where it ran counts for more than what was loaded; but for statements that say what those
// eyes could not keep.
void put_observations(const core::Environment &environment, const std::string &own_schema,
                      core::StatementsOf &statements) {
  for (const StoredObservation &stored : read_observations(environment.name)) {
    const auto node = environment.graph.find(stored.revision.revision.revision);
    if (!node || stored.outdated) continue;
    const std::vector<core::ObservedStatement> &observed = stored.revision.statements;
    std::vector<core::RevisionStatement> &loaded = statements[*node];
    const bool is_whole = std::all_of(observed.begin(), observed.end(), [](const core::ObservedStatement &each) {
      return each.unknown.empty();
    });
    const bool is_loaded = std::any_of(loaded.begin(), loaded.end(), [](const core::RevisionStatement &statement) {
      return !statement.text.empty();
    });
    if (is_whole || !is_loaded)
      loaded = watched(observed, own_schema);
    else
      observe_together(loaded, observed);
  }
}

}  // namespace

core::StatementsOf read_effects(const core::Environment &environment, const std::string &own_schema) {
  static constinit Statement statement{
      "SELECT revision, position, statement, coalesce(once, ''), coalesce(opaque, ''), check_first,"
      " coalesce(line, 0) FROM migfix.revision_statement WHERE environment = $1",
      1};
  std::vector<StoredText> texts;
  {
    const RightsOf rights(owner_of_statements());
    run(statement, {environment.name}, SnapshotKind::kLatest, [&](const RowView &row) {
      const auto node = environment.graph.find(row.text(0));
      if (!node) return;
      texts.push_back({*node, row.integer(1), row.string(2), row.string(3), row.string(4), row.flag(5),
                       static_cast<std::uint32_t>(row.integer(6))});
    });
  }
  std::sort(texts.begin(), texts.end(), [](const StoredText &a, const StoredText &b) {
    return std::pair(a.node, a.position) < std::pair(b.node, b.position);
  });
  core::StatementsOf statements(environment.graph.size());
  const StoredText *before = nullptr;
  bool names_lead_away = false;
  for (const StoredText &stored : texts) {
    check_for_interrupts();
    // Each revision begins with the path of its connection.
    if (before == nullptr || before->node != stored.node) names_lead_away = false;
    before = &stored;
    if (stored.text.empty()) {
      statements[stored.node].push_back(opaque_place(stored));
      continue;
    }
    for (core::RevisionStatement &lowered : lower(stored.text, own_schema, names_lead_away)) {
      lowered.once = stored.once;
      lowered.check_first = stored.check_first;
      lowered.line = stored.line;
      statements[stored.node].push_back(std::move(lowered));
    }
  }
  mark_unloaded(environment, statements);
  put_observations(environment, own_schema, statements);
  return statements;
}

}  // namespace migfix::server
