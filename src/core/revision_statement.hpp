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

/// It sets properties that the model does not have, and does nothing else that matters.
bool sets_properties(const RevisionStatement &statement);

/// It does what no schema shows: it changes rows, or it cannot be said what it does.
bool acts_unseen(const RevisionStatement &statement);

/// Its first line, for a list: cut off after `most` characters, with an ellipsis.
std::string statement_head(const std::string &text, std::size_t most = 100);

/// The statements of each revision's upgrade(), by node.
using StatementsOf = std::vector<std::vector<RevisionStatement>>;

}  // namespace migfix::core
