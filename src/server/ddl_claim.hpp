// Which revision the entries of migfix.ddl_log belong to: what was logged in a transaction since its last
// version change belongs to the next one.
#pragma once

#include "core/ddl_claim.hpp"
#include "server/boundary.hpp"

namespace migfix::server {

/// Registers the callbacks. Called once, from _PG_init.
void watch_ddl_claims();

/// This transaction has written these entries; ids ascend.
void note_ddl_entries(std::int64_t first, std::int64_t last);

/// A version row has changed: writes it to the entries that belong to it. `version_table` as SQL writes it.
void claim_ddl(const std::string &version_table, const core::VersionChange &change);

}  // namespace migfix::server
