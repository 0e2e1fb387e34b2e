// Who made what findings are about, as far as the DDL log tells.
#pragma once

#include <vector>

#include "core/facts.hpp"
#include "core/finding.hpp"

namespace migfix::core {

/// Adds it to the details of MF201 (applied but not recorded), MF202 (recorded but not applied), MF203
/// (partly applied), MF205 (no revision explains) and MF301 (would fail): ` Type processingstatus: created
/// 2026-11-21 10:03:07+00 by role appuser (application "init_db.py", pid 4711), outside any migration.`
/// Objects that one command or transaction made are told together. Findings that stand for many version
/// tables are left as they are, and so is everything past the first hundred objects: each costs a query;
/// of MF202 past the first three revisions: each reads the whole log.
void trace(const Facts &facts, std::vector<Finding> &findings);

}  // namespace migfix::core
