// What can be said of a statement as a whole.
#pragma once

#include <string>
#include <vector>

#include "core/effect.hpp"

namespace migfix::core {

/// Why it cannot be said what the statement does; empty where all of it is modelled.
std::string why_opaque(const RevisionStatement &statement);

/// It changes rows.
bool changes_rows(const RevisionStatement &statement);

/// It may change an object of the schema in a way that the model knows.
bool changes_objects(const RevisionStatement &statement);

/// Its first line, for a list: cut off after `most` characters, with an ellipsis.
std::string statement_head(const std::string &text, std::size_t most = 100);

/// The statements of each revision's upgrade(), by node.
using StatementsOf = std::vector<std::vector<RevisionStatement>>;

}  // namespace migfix::core
