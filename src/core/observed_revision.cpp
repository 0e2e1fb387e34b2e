#include "core/observed_revision.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/json_members.hpp"
#include "core/observed_definition.hpp"
#include "core/revision_statement.hpp"
#include "core/sql_text.hpp"
#include "core/utf8.hpp"
#include "core/version_id.hpp"

namespace migfix::core {

namespace {

constexpr std::int64_t kForm = 1;  // of the document; a later one is not read
constexpr char kForms[] = "migfix_export";

Json texts_json(const std::vector<std::string> &texts) {
  return Json::List(texts.begin(), texts.end());
}

std::vector<std::string> texts_of(const Json &json, const std::string &where) {
  std::vector<std::string> texts;
  for (const Json &each : json_list(json, where)) texts.push_back(json_text(each, where));
  return texts;
}

std::string optional_text(MemberReader &io, const char *name) {
  const Json *json = io.find(name);
  return json == nullptr ? std::string() : json_text(*json, io.at(name));
}

Json json_of(const RenameObject &rename) {
  Json::Members members = core::json_of(rename.object);
  members.emplace_back("to", rename.to);
  return members;
}

RenameObject rename_of(const Json &json, const std::string &where) {
  Json::Members members = json_members(json, where);
  RenameObject rename;
  rename.object = take_id(members);
  const Json rest(std::move(members));
  MemberReader io(rest, where);
  rename.to = json_name(io.get("to"), io.at("to"));
  io.finish();
  return rename;
}

Json json_of(const Observation &observation) {
  Json::Members members = core::json_of(observation.id);
  if (observation.object)
    members.emplace_back("definition", core::json_of(*observation.object));
  else
    members.emplace_back("gone", true);
  return members;
}

Observation observation_of(const Json &json, const std::string &where) {
  Json::Members members = json_members(json, where);
  Observation observation;
  observation.id = take_id(members);
  const Json rest(std::move(members));
  MemberReader io(rest, where);
  const Json *gone = io.find("gone");
  const bool is_gone = gone != nullptr && json_flag(*gone, io.at("gone"));
  if (!is_gone) observation.object = object_of(observation.id.kind, io.get("definition"));
  io.finish();
  return observation;
}

Json json_of(const ObservedStatement &statement) {
  MemberWriter io;
  if (!statement.text.empty()) io.put("statement", statement.text);
  if (!statement.unknown.empty()) io.put("unknown", statement.unknown);
  if (statement.changes_rows) io.put("changes_rows", true);
  Json::List renames;
  for (const RenameObject &rename : statement.renames) renames.push_back(json_of(rename));
  if (!renames.empty()) io.put("renames", std::move(renames));
  if (!statement.beyond.empty()) io.put("beyond", texts_json(statement.beyond));
  Json::List objects;
  for (const Observation &observation : statement.objects) objects.push_back(json_of(observation));
  if (!objects.empty()) io.put("objects", std::move(objects));
  return io.take();
}

ObservedStatement statement_of(const Json &json, const std::string &where) {
  MemberReader io(json, where);
  ObservedStatement statement;
  statement.text = optional_text(io, "statement");
  statement.unknown = optional_text(io, "unknown");
  if (statement.text.empty() == statement.unknown.empty())
    refuse_json(where, "it has either a \"statement\" or why that is \"unknown\"");
  if (const Json *flag = io.find("changes_rows"))
    statement.changes_rows = json_flag(*flag, io.at("changes_rows"));
  if (const Json *renames = io.find("renames"))
    for (const Json &each : json_list(*renames, io.at("renames")))
      statement.renames.push_back(rename_of(each, io.at("renames")));
  if (const Json *beyond = io.find("beyond")) statement.beyond = texts_of(*beyond, io.at("beyond"));
  std::set<std::pair<ObjectId, bool>> known;
  if (const Json *objects = io.find("objects"))
    for (const Json &each : json_list(*objects, io.at("objects"))) {
      Observation observation = observation_of(each, io.at("objects"));
      if (!known.emplace(observation.id, true).second)
        refuse_json(io.at("objects"), in_quotes(observation.id.name) + " is there twice");
      statement.objects.push_back(std::move(observation));
    }
  io.finish();
  return statement;
}

std::vector<std::string> ids_of(const Json &json, const std::string &where) {
  std::vector<std::string> ids = texts_of(json, where);
  for (const std::string &id : ids)
    if (const auto why = why_never_a_revision(id)) refuse_json(where, *why);
  return ids;
}

Json json_of(const ObservedRevision &observed) {
  Json::Members members;
  const Revision &revision = observed.revision;
  members.emplace_back("revision", revision.revision);
  members.emplace_back("down_revision", observed.is_placed ? texts_json(revision.down_revision) : Json());
  if (!revision.depends_on.empty()) members.emplace_back("depends_on", texts_json(revision.depends_on));
  if (!revision.branch_labels.empty())
    members.emplace_back("branch_labels", texts_json(revision.branch_labels));
  if (!revision.message.empty()) members.emplace_back("message", revision.message);
  members.emplace_back("server_version", static_cast<std::int64_t>(observed.server_version));
  members.emplace_back("statements", json_of(observed.statements));
  return members;
}

ObservedRevision revision_of(const Json &json, const std::string &where) {
  MemberReader io(json, where);
  ObservedRevision observed;
  Revision &revision = observed.revision;
  revision.revision = json_text(io.get("revision"), io.at("revision"));
  if (const auto why = why_never_a_revision(revision.revision)) refuse_json(io.at("revision"), *why);
  const std::string named = "revision " + in_quotes(clipped(revision.revision));
  const Json &down = io.get("down_revision");
  observed.is_placed = !down.is_null();
  if (observed.is_placed) revision.down_revision = ids_of(down, named + ".down_revision");
  if (const Json *names = io.find("depends_on")) revision.depends_on = ids_of(*names, named + ".depends_on");
  if (const Json *names = io.find("branch_labels"))
    revision.branch_labels = ids_of(*names, named + ".branch_labels");
  revision.message = optional_text(io, "message");
  const std::int64_t version = json_number(io.get("server_version"), io.at("server_version"));
  if (version < 100000 || version > 9999999) refuse_json(named, "its server_version is none of PostgreSQL");
  observed.server_version = static_cast<int>(version);
  observed.statements = observed_statements(io.get("statements"), named);
  io.finish();
  return observed;
}

}  // namespace

RevisionStatement watched_statement(RevisionStatement lowered, const ObservedStatement &observed) {
  lowered.watched = true;
  lowered.observed = observed.objects;
  if (observed.text.empty()) return lowered;
  const bool was_opaque = !why_opaque(lowered).empty();
  if (!observed.beyond.empty()) {
    if (!was_opaque) return lowered;
    const std::string why =
        fmt::format("it also makes or changes what is not modelled: {}", list_of(observed.beyond));
    for (Effect &effect : lowered.effects)
      if (auto *opaque = std::get_if<Opaque>(&effect)) opaque->why = why;
    return lowered;
  }
  if (was_opaque)
    lowered.effects.erase(
        std::remove_if(lowered.effects.begin(), lowered.effects.end(),
                       [](const Effect &effect) { return std::holds_alternative<Opaque>(effect); }),
        lowered.effects.end());
  // The text of a call says nothing of what the function renames.
  const bool says_renames =
      std::any_of(lowered.effects.begin(), lowered.effects.end(),
                  [](const Effect &effect) { return std::holds_alternative<RenameObject>(effect); });
  if (!says_renames)
    lowered.effects.insert(lowered.effects.end(), observed.renames.begin(), observed.renames.end());
  const bool needs_rows = observed.changes_rows && !changes_rows(lowered);
  if (needs_rows) lowered.effects.emplace_back(NoChange{NoChange::What::kRows});
  if (lowered.effects.empty()) lowered.effects.emplace_back(NoChange{});
  return lowered;
}

Json json_of(const std::vector<ObservedStatement> &statements) {
  Json::List list;
  for (const ObservedStatement &statement : statements) list.push_back(json_of(statement));
  return list;
}

std::vector<ObservedStatement> observed_statements(const Json &json, const std::string &where) {
  std::vector<ObservedStatement> statements;
  const Json::List &list = json_list(json, where + ".statements");
  for (std::size_t i = 0; i < list.size(); ++i)
    statements.push_back(statement_of(list[i], fmt::format("{}, statement {}", where, i + 1)));
  return statements;
}

Json json_of(const ObservedDocument &document) {
  Json::List revisions;
  for (const ObservedRevision &revision : document.revisions) revisions.push_back(json_of(revision));
  Json::Members members;
  members.emplace_back(kForms, kForm);
  members.emplace_back("environment", document.environment);
  members.emplace_back("revisions", std::move(revisions));
  return members;
}

ObservedDocument observed_document(const Json &json) {
  MemberReader io(json, "the document");
  const std::int64_t form = json_number(io.get(kForms), io.at(kForms));
  if (form != kForm)
    throw Error(kInvalidParameterValue, fmt::format("an export of form {} cannot be read", form),
                fmt::format("This version of migfix reads form {}.", kForm));
  ObservedDocument document;
  document.environment = json_text(io.get("environment"), io.at("environment"));
  std::set<std::string> known;
  for (const Json &each : json_list(io.get("revisions"), io.at("revisions"))) {
    ObservedRevision revision = revision_of(each, fmt::format("revision {}", document.revisions.size() + 1));
    if (!known.insert(revision.revision.revision).second)
      refuse_json(io.at("revisions"), in_quotes(clipped(revision.revision.revision)) + " is there twice");
    document.revisions.push_back(std::move(revision));
  }
  io.finish();
  return document;
}

}  // namespace migfix::core
