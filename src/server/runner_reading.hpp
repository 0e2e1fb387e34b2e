// What this session has read as a runner, and how long it counts as one.
//
// It does from the read to the end of the transaction. Alembic commits between revisions under
// transaction_per_migration and in an autocommit_block, and after every statement in AUTOCOMMIT, and never
// reads again; so a commit hands the reading on to a transaction that begins within a minute of the last
// thing that a runner does: reading, DDL, writing version rows. A rollback ends it, and so does the next
// reading. A session that has only looked (`alembic current`, an application that asks for its version) and
// works on is no runner after that.
#pragma once

#include "core/row_step.hpp"
#include "server/boundary.hpp"
#include "server/runner_lock.hpp"

namespace migfix::server {

struct Reading {
  RunnerKey key;
  std::optional<core::Rows> rows;  // nothing: there was no such table
};

/// Registers the callbacks. Called once, from _PG_init.
void watch_readings();

/// Is there any reading? Raises nothing and allocates nothing.
bool is_runner();

/// Keeps a reading; those of earlier transactions are forgotten, one of the same table is replaced.
void remember_reading(const Reading &reading);

/// Calls `secure` for each reading that was not secured in this transaction yet; it throws where that cannot
/// be. Readings that are too old are forgotten first.
void secure_readings(const std::function<void(const Reading &)> &secure);

struct RefreshedRows {
  std::optional<core::Rows> rows;
};

/// Before the commit: `refresh` is asked for each reading, with whether it was secured; where it answers, the
/// answer takes the place of what was read.
void refresh_readings(
    const std::function<std::optional<RefreshedRows>(const RunnerKey &, bool secured)> &refresh);

/// Forgets all readings: where a change of this session itself could not be logged, it could be told from those of
/// others no more.
void forget_readings();

/// The transaction did a runner's work: the minute begins anew with its commit.
void note_runner_work();
bool did_runner_work();

/// How many runner locks this transaction has asked for, this one included.
int count_runner_lock();

/// How long this transaction has waited for runner locks, in milliseconds.
void note_waited(int milliseconds);
int waited_in_transaction();

}  // namespace migfix::server
