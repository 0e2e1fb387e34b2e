// What a statement really left, put in the place of what it was taken to do.
#pragma once

#include <vector>

#include "core/effect.hpp"
#include "core/schema_model.hpp"

namespace migfix::core {

/// Brings the objects of `observed` to what was seen. What the model has already stays as it is; where it
/// has something else, that is replaced, but for what only a statement's text tells and the catalogs do not
/// (expressions as they were written, the source of a view). A table that is gone takes all its parts along.
void settle(SchemaModel &model, const std::vector<Observation> &observed);

}  // namespace migfix::core
