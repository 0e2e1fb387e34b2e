// Judging a version table as a whole: at the end of a transaction, by the guard's deferred trigger.
#pragma once

#include "server/boundary.hpp"

extern "C" {
#include "utils/relcache.h"
}

namespace migfix::server {

/// Does the present mode judge at all (enforce, heal)?
bool judges();

/// Judges the rows that the table has now.
void judge_table(Relation version_table);

/// Warns, unless DDL ran in this transaction, that the table has been emptied.
void warn_if_emptied(Relation version_table);

/// Runs `work`, which changes rows of the version table in a security-restricted operation, where no trigger
/// may be deferred: the guard's deferred triggers in that table's schema fire at once meanwhile, and pass
/// over what they would judge. The table itself is left to the caller; other tables that were passed over
/// are judged here.
void without_deferral(Oid version_table, const std::function<void()> &work);

/// Is such work running? Then the deferred trigger calls pass_over and does nothing else.
bool deferral_suspended();

}  // namespace migfix::server
