// Where the definition that revisions make and the one that is there are not the same.
#pragma once

#include <string>
#include <vector>

#include "core/definition.hpp"

namespace migfix::core {

struct Difference {
  std::string field;       // see Field::name; "kind" of a constraint that is of another kind
  std::string expected;    // as people are shown it; empty: an enum's surplus label
  std::string found;       // empty: an enum's missing label
  bool uncertain = false;  // true: the server could not make sense of an expression, so the two cannot be
                           // compared: not a difference to report
  std::string said;        // a clause: "varchar(64) expected, varchar(32) found"
};

/// Field by field, in the order of fields_of; empty where the two are the same. Both are of one kind. Labels
/// of an enum: one difference for each that is missing or too many, or one for their order. Types compare as
/// they are: whoever calls has resolved them (NormalForms::resolved).
std::vector<Difference> compare(const Object &expected, const Object &real);

/// True where a difference is more than uncertain.
bool differs(const std::vector<Difference> &differences);

/// `column audio_files.tag: varchar(64) expected, varchar(32) found`;
/// `enum kind: label "b" missing after "a"`.
std::string words(const ObjectId &id, const Difference &difference);

}  // namespace migfix::core
