// What a statement does to a model of a schema, and where the server would refuse it.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "core/effect.hpp"
#include "core/schema_model.hpp"

namespace migfix::core {

/// The error that PostgreSQL would raise.
struct Refusal {
  std::string sqlstate;  // 42P07
  std::string message;   // relation "t" already exists
  ObjectId object;       // what it is about
};

/// Does to `model` what the server does: what is named by default gets the server's name, what depends falls
/// with CASCADE, references follow a rename. Where the server would refuse, the model is left as it is and
/// the answer says how (message and SQLSTATE of PostgreSQL 15, names as the server writes them in that
/// message). IF EXISTS and IF NOT EXISTS are honoured. An effect on an object that the model has no notion of
/// (NoChange, Opaque) changes nothing; what an Opaque one alters is not certain from then on.
std::optional<Refusal> apply(SchemaModel &model, const Effect &effect);

// An effect is a std::variant: without these, std::apply were the better match for one that is not const.
inline std::optional<Refusal> apply(SchemaModel &model, Effect &effect) {
  return apply(model, std::as_const(effect));
}
inline std::optional<Refusal> apply(SchemaModel &model, Effect &&effect) {
  return apply(model, std::as_const(effect));
}

/// All of a statement's effects, or none: the first refusal.
std::optional<Refusal> apply(SchemaModel &model, const RevisionStatement &statement);

}  // namespace migfix::core
