// Whether a statement can lose what the database holds.
#pragma once

#include <string>
#include <string_view>

#include "core/effect.hpp"
#include "core/schema_model.hpp"

namespace migfix::core {

/// What the statement, run on the schema `before`, may lose, or why it may fail on rows that are there: a
/// clause
/// ("column t.c falls with its values"); empty where it loses nothing.
std::string data_loss(const RevisionStatement &statement, const SchemaModel &before);

/// It changes a column's type and computes the values anew (ALTER COLUMN ... TYPE ... USING amount * 100),
/// rather than casting them.
bool computes_values(const RevisionStatement &statement);

/// The text is one INSERT that takes nothing away: no ON CONFLICT ... DO UPDATE, no UPDATE or DELETE within
/// it. Goes by its words, wherever they stand: in doubt false.
bool only_inserts(std::string_view text);

}  // namespace migfix::core
