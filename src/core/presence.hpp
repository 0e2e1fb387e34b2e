// Objects of which the model cannot say whether they must be there for themselves.
#pragma once

#include "core/revision_statement.hpp"
#include "core/schema_model.hpp"

namespace migfix::core {

/// A constraint or an index of a partition or child table that its parent has too: the server makes it and
/// takes it away with the parent's, and the catalogs are not read for it.
bool comes_from_parent(const SchemaModel &model, const ObjectId &id);

/// Objects that may have fallen with what the statement dropped: those that use types or operator classes
/// which no revision made, where an extension was dropped with CASCADE; those that use what the model does
/// not know, where that was. What an extension has, and what stands on what is opaque, no revision says.
std::vector<ObjectId> may_have_fallen(const SchemaModel &model, const RevisionStatement &statement);

}  // namespace migfix::core
