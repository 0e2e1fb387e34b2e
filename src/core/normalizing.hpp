// Bringing what revisions wrote into the server's normal form.
#pragma once

#include <vector>

#include "core/normal_form.hpp"
#include "core/schema_model.hpp"

namespace migfix::core {

/// Of the objects `ids`: types that no revision makes are resolved, and expressions that have no normal form
/// yet get theirs, as the tables around them are now. An expression that the server cannot make sense of
/// stays without. Throws what `forms` throws.
void normalize(SchemaModel &model, const std::vector<ObjectId> &ids, NormalForms &forms);

}  // namespace migfix::core
