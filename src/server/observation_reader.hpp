// What became of the objects that statements touched: their definitions as the catalogs have them now.
#pragma once

#include "server/observation_memory.hpp"

namespace migfix::server {

/// Reads what the first `count` of the statements touched and was not read yet, each object once, by number:
/// none that they did not touch, but all parts of a table that they created. An object counts to the last
/// statement that touched it. Fills `objects` (names of schemas raw) and what is beyond definitions. Read
/// before anything is renamed: the objects have the names that they have now.
void read_objects(std::vector<SeenStatement> &statements, std::size_t count);

}  // namespace migfix::server
