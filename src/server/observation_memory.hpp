// What this session's statements did since its last version change, kept in memory until Alembic records the
// revision that they belong to. A rolled-back transaction or savepoint takes its part along.
#pragma once

#include "core/effect.hpp"
#include "core/revision.hpp"
#include "server/boundary.hpp"

namespace migfix::server {

/// An object that was created or altered, as the catalogs number it.
struct TouchedObject {
  Oid catalog = InvalidOid;
  Oid oid = InvalidOid;
  int part = 0;  // number of a column
  bool is_new = false;

  friend bool operator==(const TouchedObject &, const TouchedObject &) = default;
};

/// Something that was true while a transaction of that nesting level ran; 0: it is committed.
template <class Type>
struct AtLevel {
  int level;
  Type what;
};

struct SeenStatement {
  int level = 0;
  std::string text;
  std::string unknown;  // why the text does not say what ran; then that is empty
  bool changes_rows = false;
  bool stays = true;      // false: a setting of the session, of which nothing stays
  bool is_plain = false;  // its text says what it does: its objects may be read later, with others'
  std::vector<AtLevel<TouchedObject>> touched;
  std::vector<AtLevel<core::ObjectId>> gone;  // with raw names of schemas
  std::vector<AtLevel<core::RenameObject>> renamed;
  std::set<std::string> beyond;  // kinds of what it touched that no definition covers
  bool is_read = false;          // `objects` has what the touched ones were after it
  std::vector<core::Observation> objects;
};

/// A revision that was recorded while nothing that stays had been done for it: it may be a stamp.
struct EmptyStep {
  Oid version_table;
  core::Revision revision;
  bool is_placed;
};

struct SessionMemory {
  std::vector<SeenStatement> statements;  // oldest first
  bool is_whole = true;                   // false: more was done than is kept
  // Rows that were deleted one after the other: of a merge, if the next step follows at once.
  Oid rows_of = InvalidOid;
  std::vector<std::string> removed_rows;
  std::size_t removed_at = 0;  // how many statements there were then
  std::vector<EmptyStep> empty_steps;
  Oid upgrading = InvalidOid;   // a version table for which this session has seen a revision run
  int taken_level = 0;          // a revision was recorded in this transaction, at that nesting; 0: none was
  bool changed_schema = false;  // in this transaction

  void forget_statements();
  void forget();
};

SessionMemory &session_memory();

/// Whether this session is at work as Alembic, so that what it does is kept. Of all others nothing is.
enum class Watch {
  kOff,
  kMaybe,  // until its transaction ends: the module came in the middle of it, and it may have read before
  kOn,     // it has read the version rows as Alembic does, or created a version table
};

/// Raises nothing and allocates nothing. False too where migfix.learn is off.
bool is_watching();

/// The session has read that table's rows as Alembic does; InvalidOid: it creates a version table. What it
/// did before belongs to no revision, unless it is in the midst of upgrading that very table.
void watch_from_here(Oid version_table);

/// The module has been loaded by a command of a transaction whose beginning it has not seen.
void watch_this_transaction();

/// The statement that the client has sent and that is running; null where none is watched.
struct RunningStatement {
  const char *source;
  int location;  // of its part, as in PlannedStmt
  int length;
  const char *unknown;   // why its text is not kept; null: it is
  bool is_plain;         // as in SeenStatement
  bool stays;            // likewise
  bool writes_versions;  // what it calls besides is migfix's
  bool was_running;      // before the hooks were there: they do not see its end
  int level;             // set by begin_statement, as the next
  int kept;              // 1 + index in SessionMemory::statements; 0: not kept (yet)
};
RunningStatement *running_statement();
void begin_statement(const RunningStatement &statement);
void end_statement();

/// The running statement among those that are kept. Null where there is no room left.
SeenStatement *keep_running();

/// Registers the callbacks. Called once, from _PG_init.
void watch_observations();

}  // namespace migfix::server
