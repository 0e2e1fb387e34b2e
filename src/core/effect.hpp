// What one statement does to a schema, as plain facts.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/definition.hpp"

namespace migfix::core {

/// A constraint as a statement writes it; without a name the server chooses one.
struct NamedConstraint {
  std::string name;  // raw; empty: not given
  Constraint constraint;
  std::string using_index;  // ADD ... USING INDEX: Key has no columns then
};

/// A column as CREATE TABLE or ADD COLUMN writes it.
struct NewColumn {
  std::string name;
  Column column;
  bool serial = false;  // smallserial, serial, bigserial: `column.type` is the integer type
  std::vector<NamedConstraint> constraints;  // those that stand with the column
};

struct CreateSchema {
  std::string name;
  bool if_not_exists = false;
};

struct CreateExtension {
  std::string name;
  bool if_not_exists = false;
};

struct CreateTable {
  QualifiedName name;
  bool if_not_exists = false;
  Table table;
  std::vector<NewColumn> columns;
  std::vector<NamedConstraint> constraints;  // those that stand for themselves
};

/// ALTER TABLE. `if_exists`: of the table. All of the Alter... effects below name their table.
struct TableTarget {
  QualifiedName name;
  bool if_exists = false;
  bool only = false;  // ALTER TABLE ONLY; honoured by SetDefault and SetNotNull
};

struct AddColumn {
  TableTarget table;
  bool if_not_exists = false;
  NewColumn column;
};

struct DropColumn {
  TableTarget table;
  std::string column;
  bool if_exists = false;
  bool cascade = false;
};

struct AlterColumnType {
  TableTarget table;
  std::string column;
  DataType type;
  QualifiedName collation;
  std::string using_text;  // as written; empty: none
};

struct SetDefault {
  TableTarget table;
  std::string column;
  Expression value;  // empty, and no nextval: DROP DEFAULT
  std::optional<QualifiedName> nextval;
};

struct SetNotNull {
  TableTarget table;
  std::string column;
  bool not_null = true;  // false: DROP NOT NULL
};

struct SetIdentity {
  enum class Change { kAdd, kAlter, kDrop };
  TableTarget table;
  std::string column;
  Change change = Change::kAdd;
  bool if_exists = false;               // kDrop
  Identity identity = Identity::kNone;  // kAlter: kNone leaves it
  SequenceOptions options;              // those that are given
};

/// ALTER COLUMN ... DROP EXPRESSION.
struct DropGenerated {
  TableTarget table;
  std::string column;
  bool if_exists = false;
};

struct AddConstraint {
  TableTarget table;
  NamedConstraint constraint;
};

struct DropConstraint {
  TableTarget table;
  std::string name;
  bool if_exists = false;
  bool cascade = false;
};

struct ValidateConstraint {
  TableTarget table;
  std::string name;
};

/// ALTER CONSTRAINT ... DEFERRABLE.
struct AlterConstraint {
  TableTarget table;
  std::string name;
  Deferral deferral;
};

struct CreateIndex {
  QualifiedName name;  // the name may be empty: the server chooses one; the schema is the table's
  bool if_not_exists = false;
  Index index;
};

struct CreateEnum {
  QualifiedName name;
  std::vector<std::string> labels;
};

struct AddEnumValue {
  QualifiedName name;
  std::string label;
  bool if_not_exists = false;
  std::string neighbour;  // BEFORE or AFTER it; empty: at the end
  bool before = false;
};

struct RenameEnumValue {
  QualifiedName name;
  std::string from;
  std::string to;
};

struct CreateDomain {
  QualifiedName name;
  Domain domain;  // checks without a name have an empty one
};

struct AlterDomain {
  enum class Change { kSetDefault, kSetNotNull, kDropNotNull, kAddCheck, kDropConstraint, kValidate };
  QualifiedName name;
  Change change = Change::kSetDefault;
  Expression expression;   // kSetDefault (empty: drop), kAddCheck
  std::string constraint;  // kAddCheck (may be empty), kDropConstraint
  bool if_exists = false;  // kDropConstraint
};

struct CreateComposite {
  QualifiedName name;
  Composite composite;
};

struct CreateSequence {
  QualifiedName name;
  bool if_not_exists = false;
  SequenceOptions options;
  QualifiedName owner;
  std::string owner_column;
};

struct AlterSequence {
  QualifiedName name;
  bool if_exists = false;
  SequenceOptions options;  // those that are given
  bool changes_owner = false;
  QualifiedName owner;  // OWNED BY; empty: NONE
  std::string owner_column;
};

struct CreateView {
  QualifiedName name;
  View view;
  bool or_replace = false;
  bool if_not_exists = false;  // materialized views
};

struct CreateFunction {
  QualifiedName name;
  Function function;
  bool or_replace = false;
};

struct CreateTrigger {
  QualifiedName table;
  std::string name;
  Trigger trigger;
  bool or_replace = false;
};

/// DROP of anything but columns and constraints.
struct DropObject {
  ObjectId object;
  bool if_exists = false;
  bool cascade = false;
  bool any_type = false;  // DROP TYPE: `object.kind` is kEnum, and may be a domain or composite type as well
};

/// RENAME of anything, columns and constraints too.
struct RenameObject {
  ObjectId object;
  std::string to;
  bool if_exists = false;
  bool any_relation = false;  // ALTER TABLE x RENAME also takes an index, a view or a sequence
  bool any_type = false;      // ALTER TYPE x RENAME
};

struct SetSchema {
  ObjectId object;
  std::string to;  // raw; empty: the version table's own
  bool if_exists = false;
  bool any_type = false;
};

struct SetComment {
  ObjectId object;
  std::string comment;  // empty: none
};

/// ALTER TABLE ... INHERIT, ATTACH PARTITION and their reverse; SET LOGGED, SET UNLOGGED.
struct AlterTable {
  enum class Change { kAddParent, kDropParent, kSetLogged, kSetUnlogged };
  TableTarget table;
  Change change = Change::kAddParent;
  QualifiedName parent;
  std::string partition_bound;
};

/// No object of the model changes.
struct NoChange {
  enum class What {
    kNothing,   // nothing stays of it: settings of the session, locks, upkeep
    kProperty,  // privileges, owners, row security, storage, statistics targets: running it twice does no
                // harm
    kRows,      // rows are changed: running it twice may be wrong
  };
  What what = What::kNothing;
};

/// It cannot be said what this does.
struct Opaque {
  std::string why;  // "a DO block", "ALTER OPERATOR FAMILY is not modelled"
  /// What it alters, where that is known: how that stands from then on is not.
  std::optional<ObjectId> object = {};
};

using Effect =
    std::variant<CreateSchema, CreateExtension, CreateTable, AddColumn, DropColumn, AlterColumnType,
                 SetDefault, SetNotNull, SetIdentity, DropGenerated, AddConstraint, DropConstraint,
                 ValidateConstraint, AlterConstraint, CreateIndex, CreateEnum, AddEnumValue, RenameEnumValue,
                 CreateDomain, AlterDomain, CreateComposite, CreateSequence, AlterSequence, CreateView,
                 CreateFunction, CreateTrigger, DropObject, RenameObject, SetSchema, SetComment, AlterTable,
                 NoChange, Opaque>;

/// How a statement that was watched left an object.
struct Observation {
  ObjectId id;
  std::optional<Object> object;  // nothing: it was gone
};

/// One statement of a revision.
struct RevisionStatement {
  std::string text;                   // SQL without a final semicolon; empty where not known
  std::vector<Effect> effects;        // in order; never empty
  std::vector<Observation> observed;  // what it left where it ran: counts for more than `effects`
  bool watched = false;               // it ran under migfix's eyes: it does nothing else to the schema
  std::string once;             // OperationSql::once
  bool check_first = false;     // OperationSql::check_first
  bool in_transaction = true;   // false: the server refuses it in one (CREATE INDEX CONCURRENTLY, VACUUM ...)
  std::uint32_t line = 0;       // in the revision's file; 0: not known
};

}  // namespace migfix::core
