// Who made what findings and verify() are about, as far as the DDL log tells.
#pragma once

#include <vector>

#include "core/facts.hpp"
#include "core/finding.hpp"
#include "core/verification.hpp"

namespace migfix::core {

/// Adds it to the details of MF201 (applied but not recorded), MF202 (recorded but not applied), MF203
/// (partly applied), MF205 (no revision explains) and MF301 (would fail): ` Type processingstatus: created
/// 2026-11-21 10:03:07+00 by role appuser (application "init_db.py", pid 4711), outside any migration.`
/// Objects that one command or transaction made are told together. Findings that stand for many version
/// tables are left as they are, and so is everything past the first hundred objects: each costs a query;
/// of MF202 past the first three revisions: each reads the whole log.
void trace(const Facts &facts, std::vector<Finding> &findings);

/// Adds it to the details of what no revision explains, of the first hundred such objects. `own_schema`: raw;
/// of the version table.
void trace(const DdlMemory &log, const std::string &own_schema, std::vector<VerifiedObject> &objects);

}  // namespace migfix::core
