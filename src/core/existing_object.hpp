// What a CREATE is told whose object is there already.
#pragma once

#include <optional>
#include <string>

#include "core/likeness.hpp"

namespace migfix::core {

/// Whose name is taken.
enum class Clash : std::uint8_t {
  kRelation,  // the name of a table, view, index or sequence
  kType,      // of a type; a table has one too
  kColumn,
  kConstraint,
  kSchema,
};

/// What stands under the name, where it is not what the statement creates: "a view", "an index", "a table".
/// `kind`: of a relation pg_class.relkind, else of a type pg_type.typtype; `is_type` tells which.
std::string thing_in_words(char kind, bool is_type);

struct ExistingObject {
  Clash clash = Clash::kRelation;
  std::string name;     // raw
  std::string table;    // raw; of a column or constraint
  std::string there;    // thing_in_words(), where it is another kind of thing; else empty
  std::string origin;   // origin_in_words(); empty: not known, or not for this role
  std::string owner;    // where the current role does not own it
  bool may_act = true;  // the current role has the owner's rights

  std::optional<Likeness> likeness;  // nothing: not compared
  std::string why_not;               // then: "CREATE TABLE ... AS is not modelled"
  bool does_more = false;            // the statement adds what is not there, or not the same

  // What the hint is made of.
  std::string version_table;   // as SQL writes it
  bool is_loaded = false;      // the statements of its revisions
  std::string functions;       // prefix of migfix's functions
  std::string database;        // as SQL writes it
  bool may_set = false;        // the role may let the database skip what is identical
  bool skips = false;          // it does so already
  bool came_too_late = false;  // ... but the module was not there when the statement began
  std::string drop;            // DROP TYPE of an enum that nothing uses; else empty
};

/// As PostgreSQL raises it, with what migfix knows.
struct Explanation {
  std::string sqlstate;
  std::string message;
  std::string detail;
  std::string hint;
};

Explanation explain(const ExistingObject &object);

/// Whether the statement can be left out: the object is what it would have created, as far as anything can
/// tell.
bool can_be_skipped(const ExistingObject &object);

/// What is said where it was left out: a message and a detail.
Explanation skipped(const ExistingObject &object);

}  // namespace migfix::core
