// migfix_export, migfix_import, migfix_observed, migfix_forget_observed: what revisions did where they ran.
#include "core/joined.hpp"
#include "core/revision_change.hpp"
#include "core/sql_text.hpp"
#include "server/environment_cache.hpp"
#include "server/json_text.hpp"
#include "server/load_answer.hpp"
#include "server/observation_store.hpp"
#include "server/sql_array.hpp"

extern "C" {
#include "utils/builtins.h"
}

namespace migfix::server {

namespace {

constexpr int kMajor = 10000;  // of PG_VERSION_NUM

struct Counts {
  std::size_t opaque = 0;
  std::set<core::ObjectId> objects;
};

Counts counts_of(const std::vector<core::ObservedStatement> &statements) {
  Counts counts;
  for (const core::ObservedStatement &statement : statements) {
    if (!statement.unknown.empty() || !statement.beyond.empty()) ++counts.opaque;
    for (const core::Observation &observation : statement.objects) counts.objects.insert(observation.id);
  }
  return counts;
}

// All of an environment, parents first; what is loaded of the graph counts for more than what was observed.
std::vector<StoredObservation> in_order(const std::string &environment) {
  std::vector<StoredObservation> stored = read_observations(environment);
  const core::EnvironmentPtr loaded = environment_named(environment);
  std::vector<core::Revision> revisions;
  if (loaded != nullptr)
    for (core::Node node = 0; node < loaded->graph.size(); ++node)
      revisions.push_back(loaded->graph.revision(node));
  for (StoredObservation &each : stored) {
    core::Revision &revision = each.revision.revision;
    const auto node = loaded != nullptr ? loaded->graph.find(revision.revision) : std::nullopt;
    if (node) {
      revision = loaded->graph.revision(*node);
      each.revision.is_placed = true;
    } else if (each.revision.is_placed) {
      revisions.push_back(revision);
    }
  }
  const core::RevisionGraph graph(std::move(revisions));
  std::unordered_map<std::string_view, std::size_t> places;
  for (const core::Node node : graph.order()) places.emplace(graph.id(node), places.size());
  const auto place = [&](const StoredObservation &each) {
    const auto found = places.find(each.revision.revision.revision);
    return found == places.end() ? places.size() : found->second;
  };
  std::stable_sort(stored.begin(), stored.end(),
                   [&](const auto &a, const auto &b) { return place(a) < place(b); });
  return stored;
}

// How the revisions of an export come into the graph: not at all where something else is known of it.
class GraphOfImport {
 public:
  GraphOfImport(const std::string &environment, const core::ObservedDocument &document)
      : environment_(environment) {
    const core::EnvironmentPtr loaded = environment_named(environment);
    const std::unordered_set<std::string> own = placed_by_observation(environment);
    for (const core::ObservedRevision &observed : document.revisions) {
      const core::Revision &revision = observed.revision;
      const auto node = loaded != nullptr ? loaded->graph.find(revision.revision) : std::nullopt;
      if (node && !own.contains(revision.revision)) {
        if (observed.is_placed && !core::same_parents(loaded->graph.revision(*node), revision))
          reasons_[revision.revision] =
              fmt::format("it follows {} there, and {} by what is loaded, which stays", named(revision),
                          named(loaded->graph.revision(*node)));
        continue;
      }
      if (observed.is_placed)
        added_.push_back({revision, {}, {}});
      else if (!node)
        reasons_[revision.revision] =
            "the version rows did not tell what it follows: load the scripts or the SQL as well";
    }
  }

  void store() {
    if (added_.empty()) return;
    const std::vector<LoadedRevision> answers =
        store_revisions(environment_, RevisionSource::kObserved, added_);
    for (std::size_t i = 0; i < answers.size(); ++i)
      if (answers[i].state == LoadedRevision::State::kReplaced)
        reasons_[added_[i].revision.revision] = answers[i].detail;
  }

  std::string reason(const std::string &revision) const {
    const auto found = reasons_.find(revision);
    return found == reasons_.end() ? std::string() : found->second;
  }

 private:
  static std::string named(const core::Revision &revision) {
    std::vector<std::string> names = revision.down_revision;
    names.insert(names.end(), revision.depends_on.begin(), revision.depends_on.end());
    return names.empty() ? "nothing" : core::list_of(names);
  }

  const std::string &environment_;
  std::vector<StoredRevision> added_;
  std::unordered_map<std::string, std::string> reasons_;
};

const char *state_of(Observed observed) {
  return observed == Observed::kAdded ? "added" : observed == Observed::kReplaced ? "replaced" : "unchanged";
}

std::string reason_of(const core::ObservedRevision &revision, const GraphOfImport &graph) {
  std::vector<std::string> clauses;
  if (std::string reason = graph.reason(revision.revision.revision); !reason.empty())
    clauses.push_back(std::move(reason));
  if (revision.server_version / kMajor != PG_VERSION_NUM / kMajor)
    clauses.push_back(fmt::format("it ran on PostgreSQL {}, which may write expressions in another way",
                                  revision.server_version / kMajor));
  return core::joined(clauses, "; ");
}

void require_kept_names(const core::ObservedDocument &document) {
  for (const core::ObservedRevision &revision : document.revisions)
    if (const auto why = why_not_kept(revision.revision.revision))
      throw core::Error(core::kInvalidParameterValue, "the id of a revision " + *why);
}

}  // namespace

MIGFIX_FUNCTION(migfix_export) {
  core::ObservedDocument document;
  document.environment = environment_argument(fcinfo, 0);
  for (StoredObservation &stored : in_order(document.environment))
    document.revisions.push_back(std::move(stored.revision));
  if (document.revisions.empty())
    throw core::Error(core::kObjectNotInPrerequisiteState,
                      fmt::format("no revision of environment {} was seen to run here",
                                  core::in_quotes(document.environment)),
                      {}, "Run \"alembic upgrade head\" against this database, with migfix.learn on.");
  const std::string text = json_text(core::json_of(document));
  const char *bytes = text.data();
  const int length = static_cast<int>(text.size());
  return call([&] { return PointerGetDatum(cstring_to_text_with_len(bytes, length)); });
}

MIGFIX_FUNCTION(migfix_import) {
  require_writable("migfix_import()");
  const auto argument = text_argument(fcinfo, 0);
  if (!argument) throw core::Error(core::kNullValueNotAllowed, "document must not be NULL");
  const core::ObservedDocument document = core::observed_document(parse_json(*argument));
  std::string environment = document.environment;
  if (!PG_ARGISNULL(1)) environment = environment_argument(fcinfo, 1);
  if (environment.empty()) throw core::Error(core::kInvalidParameterValue, "environment must not be empty");
  if (const auto why = why_not_kept(environment))
    throw core::Error(core::kInvalidParameterValue, "the name of the environment " + *why);
  require_kept_names(document);
  GraphOfImport graph(environment, document);
  graph.store();

  ResultRows answer(fcinfo);
  for (const core::ObservedRevision &revision : document.revisions) {
    check_for_interrupts();
    const Observed stored = store_observation(environment, revision, true);
    const Counts counts = counts_of(revision.statements);
    const std::string reason = reason_of(revision, graph);
    answer.add({revision.revision.revision, state_of(stored), std::to_string(revision.statements.size()),
                std::to_string(counts.opaque), std::to_string(counts.objects.size()),
                reason.empty() ? Value() : Value(reason)});
  }
  if (const auto known = environment_named(environment)) {
    for (const core::GraphProblem &problem : known->graph.problems())
      answer.add({problem.revision.empty() ? Value() : Value(problem.revision),
                  core::problem_name(problem.kind), Value(), Value(), Value(),
                  problem.detail.empty() ? problem.message : problem.message + ". " + problem.detail});
  }
  return static_cast<Datum>(0);
}

MIGFIX_FUNCTION(migfix_observed) {
  const std::string environment = environment_argument(fcinfo, 0);
  const core::EnvironmentPtr loaded = environment_named(environment);
  ResultRows answer(fcinfo);
  for (const StoredObservation &stored : in_order(environment)) {
    const core::ObservedRevision &revision = stored.revision;
    const Counts counts = counts_of(revision.statements);
    const bool used = !stored.outdated && loaded != nullptr && loaded->graph.find(revision.revision.revision);
    answer.add({revision.revision.revision,
                revision.is_placed ? Value(sql_array(revision.revision.down_revision)) : Value(),
                std::to_string(revision.statements.size()), std::to_string(counts.opaque),
                std::to_string(counts.objects.size()), std::string(stored.imported ? "t" : "f"),
                std::string(used ? "t" : "f"), std::to_string(revision.server_version)});
  }
  return static_cast<Datum>(0);
}

MIGFIX_FUNCTION(migfix_forget_observed) {
  require_writable("migfix_forget_observed()");
  const auto revision = text_argument(fcinfo, 0);
  const std::string environment = environment_argument(fcinfo, 1);
  PG_RETURN_INT64(static_cast<std::int64_t>(forget_observations(environment, revision)));
}

}  // namespace migfix::server
