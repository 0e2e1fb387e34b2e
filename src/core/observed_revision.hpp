// A revision as it was seen to run: its statements, and what each left of the objects that it touched.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/effect.hpp"
#include "core/json.hpp"
#include "core/revision.hpp"

namespace migfix::core {

struct ObservedStatement {
  std::string text;                   // its own part of what the client sent; empty where that says nothing
  std::string unknown;                // then: why; else empty
  bool changes_rows = false;          // of a table, its own or within what it calls
  std::vector<RenameObject> renames;  // that something else within it did (a block of code, a function)
  std::vector<std::string> beyond;    // kinds of objects that it touched and that no definition covers
  std::vector<Observation> objects;   // in the order of their ids
};

struct ObservedRevision {
  Revision revision;
  bool is_placed = true;   // false: the version rows did not tell what it follows; `down_revision` is empty
  int server_version = 0;  // PG_VERSION_NUM, of the server that it ran on
  std::vector<ObservedStatement> statements;
};

/// What migfix_export() writes.
struct ObservedDocument {
  std::string environment;
  std::vector<ObservedRevision> revisions;
};

/// What the statement does: as its text says (`lowered`, which is that text's), but for what was seen. What
/// the text does not tell and the eyes did is not opaque any more.
RevisionStatement watched_statement(RevisionStatement lowered, const ObservedStatement &observed);

Json json_of(const std::vector<ObservedStatement> &statements);
/// Throws 22023 where the JSON is not what json_of writes.
std::vector<ObservedStatement> observed_statements(const Json &json, const std::string &where);

Json json_of(const ObservedDocument &document);
/// Throws 22023 where the JSON is not what json_of writes, is of a later form, or has a revision twice.
ObservedDocument observed_document(const Json &json);

}  // namespace migfix::core
