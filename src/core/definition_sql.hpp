// Statements that make an object as it is defined, turn one into another, or take it away. All without a
// final semicolon, names qualified (`own_schema`, raw, where they have no schema). Texts that a revision has
// written (expressions, queries, functions) are taken as they are: they mean the same only where the search
// path has the own schema in front.
#pragma once

#include <string>
#include <vector>

#include "core/definition.hpp"
#include "core/effect.hpp"
#include "core/schema_model.hpp"

namespace migfix::core {

/// True for what CREATE TABLE makes together with its table: columns, and constraints but foreign keys and
/// those that are NOT VALID.
bool comes_with_table(const Object &object);

/// The statements that make the object, comments included.
///   A table: with all that comes_with_table, as `expected` has it; then the sequences that its columns own
///   are given to them. The sequences of its columns' defaults must stand before. A column: ALTER TABLE ...
///   ADD COLUMN; its sequence likewise. A sequence: as a column that owns it may not be there yet, it is left
///   without an owner, see owner_sql. A constraint or an index of a partition that the parent's brings along:
///   nothing. A view, function or trigger whose text is not known: nothing.
std::vector<std::string> create_sql(const ObjectId &id, const Object &object, const SchemaModel &expected,
                                    const std::string &own_schema);

/// CREATE INDEX CONCURRENTLY as the CREATE INDEX that runs in a transaction; `after` has the index. Empty for
/// any other statement, and where the index has no name of its own.
std::string transactional_form(const RevisionStatement &statement, const SchemaModel &after,
                               const std::string &own_schema);

/// ALTER SEQUENCE ... OWNED BY, where the sequence has an owner; else nothing. Harmless where it has it
/// already. Needed only where a sequence was made and neither its owner's table nor its column was.
std::vector<std::string> owner_sql(const ObjectId &id, const Object &object, const std::string &own_schema);

/// COMMENT ON ... IS 'comment', or IS NULL where there is none.
std::string comment_sql(const ObjectId &id, const Object &object, const std::string &own_schema);

/// A statement with what it is for and what it may cost.
struct Mend {
  std::string statement;  // empty: no statement can do it, a person must
  bool safe = true;       // it loses no rows and no values; it may still fail, and then changes nothing
  std::string reason;  // of alter_sql: object and difference in words (see words), and what may be lost; of
                       // drop_sql: what is lost alone, empty where nothing is
  std::string new_label = {};  // that it adds to an enum: not to be used in the same transaction
  bool person = false;         // the statement is for a person to run, before another repair
};

/// The statements that turn `real` into `expected`, in their order; none where they are the same (see
/// compare; what is uncertain counts as the same). Both have the same id. `real_model`, where given, is what
/// is there now: columns of an enum that must be made anew are found in it, and what falls with an object
/// that must be made anew (a materialized view's indexes, a column's) is put back as it was; without it,
/// columns are looked for in `expected_model` and nothing is put back.
std::vector<Mend> alter_sql(const ObjectId &id, const Object &expected, const Object &real,
                            const SchemaModel &expected_model, const std::string &own_schema,
                            const SchemaModel *real_model = nullptr);

/// The statement that drops the object, never with CASCADE. Safe is what holds no rows (an enum, an index, a
/// materialized view).
std::vector<Mend> drop_sql(const ObjectId &id, const Object &real, const std::string &own_schema);

/// The place in an order in which creations work, by kind: schemas first, triggers last; foreign keys after
/// other constraints. Drops work in the reverse order.
int creation_rank(const ObjectId &id, const Object &object);

/// `ids` by creation_rank; partitions and children after their parents, views after what they read, columns
/// as they stand in their table. Those that are not in `model` are left out.
std::vector<ObjectId> creation_order(std::vector<ObjectId> ids, const SchemaModel &model);

}  // namespace migfix::core
