// What an object of a schema is: a form in which the object that a revision makes and the one that the
// catalogs show can be compared field by field.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace migfix::core {

/// A name in a schema, both raw. An empty schema is the one that the version table stands in, wherever the
/// name was written with it, without it, or read from the catalogs: so one model serves every tenant's
/// schema.
struct QualifiedName {
  std::string schema;
  std::string name;

  friend auto operator<=>(const QualifiedName &, const QualifiedName &) = default;
  bool empty() const noexcept { return name.empty(); }
};

/// A type as a column has it. Built-in types have the schema pg_catalog and the catalog's own name (varchar,
/// int4); `shown` is the server's text for people and for SQL, without the modifiers' and array's part.
struct DataType {
  QualifiedName name;
  std::string modifiers;  // "(64)", "(12,2)"; as format_type writes them; empty: none
  bool array = false;     // of any number of dimensions
  std::string shown;      // "character varying"; of "timestamp(3) with time zone" that whole; empty: name

  friend bool operator==(const DataType &a, const DataType &b) {
    return a.name == b.name && a.modifiers == b.modifiers && a.array == b.array;
  }
};

/// An expression, a predicate or a query. A revision writes `text`; the catalogs know only `normal`.
struct Expression {
  /// A place in `text` where a column of the expression's own table is named.
  struct ColumnUse {
    std::uint32_t begin = 0;
    std::uint32_t length = 0;
    std::string column;  // raw
  };

  std::string text;                // as written; empty: not from a revision, or no expression at all
  std::vector<ColumnUse> columns;  // ascending
  std::string normal;              // as the server writes it, see NormalForms; empty: not known (yet)

  bool empty() const noexcept { return text.empty() && normal.empty(); }
};

struct SequenceOptions {
  std::string type;  // "int4", "int8", "int2"; empty: the default
  std::optional<std::int64_t> start, increment, minimum, maximum, cache;  // nothing: the default
  std::optional<bool> cycle;
  bool resets_minimum = false;  // NO MINVALUE, NO MAXVALUE: ALTER makes it the default again
  bool resets_maximum = false;
};

enum class Identity : std::uint8_t { kNone, kAlways, kByDefault };

struct Column {
  DataType type;
  bool not_null = false;
  Expression default_value;              // neither of nextval nor of a generated column
  std::optional<QualifiedName> nextval;  // its default is nextval of this sequence
  Expression generated;                  // GENERATED ALWAYS AS (...) STORED
  Identity identity = Identity::kNone;
  SequenceOptions identity_options;
  std::string identity_sequence;  // its name, in the table's schema; empty: not known; no part of comparisons
  QualifiedName collation;        // empty: the type's own
  std::uint32_t position = 0;     // order within the table; set by the model, no part of comparisons
};

struct Table {
  bool unlogged = false;
  std::string partition_by;            // "RANGE (created_at)"; empty: not partitioned
  std::vector<QualifiedName> parents;  // INHERITS, or PARTITION OF
  std::string partition_bound;         // "FOR VALUES FROM ..."; empty: no partition
};

struct Deferral {
  bool deferrable = false;
  bool deferred = false;
  friend bool operator==(const Deferral &, const Deferral &) = default;
};

/// PRIMARY KEY or UNIQUE.
struct Key {
  bool primary = false;
  std::vector<std::string> columns;
  std::vector<std::string> include;
  bool nulls_not_distinct = false;
  Deferral deferral;
};

struct ForeignKey {
  std::vector<std::string> columns;
  QualifiedName references;
  std::vector<std::string> referenced;  // a revision may leave them out: then the model puts the primary key
  char match = 's';                     // s simple, f full (pg_constraint.confmatchtype)
  char on_update = 'a';                 // a no action, r restrict, c cascade, n set null, d set default
  char on_delete = 'a';
  std::vector<std::string> set_columns;  // ON DELETE SET NULL (columns)
  Deferral deferral;
  bool valid = true;  // false: NOT VALID
};

struct Check {
  Expression expression;
  bool no_inherit = false;
  bool valid = true;
};

struct IndexElement {
  std::string column;  // raw; empty where it is an expression
  Expression expression;
  QualifiedName collation;             // empty: the column's own
  QualifiedName operator_class;        // empty: the default one
  std::string operator_class_options;  // "(siglen='32')"; mostly empty
  bool descending = false;
  bool nulls_first = false;  // as it is in effect: true by default where descending
};

struct Exclusion {
  std::string method;  // gist
  std::vector<IndexElement> elements;
  std::vector<std::string> operators;  // "=", "&&"; one for each element
  std::vector<std::string> include;
  Expression predicate;
  Deferral deferral;
};

/// Every constraint's object is named within its table; key and exclusion constraints take the name of a
/// relation too, for their index, which is no object of its own here.
struct Constraint {
  std::variant<Key, ForeignKey, Check, Exclusion> what;
};

struct Index {
  QualifiedName table;
  std::string method = "btree";
  std::vector<IndexElement> elements;
  std::vector<std::string> include;
  Expression predicate;
  bool unique = false;
  bool nulls_not_distinct = false;
  bool valid = true;          // false: a concurrent build has failed (pg_index.indisvalid)
  bool concurrently = false;  // made so by the revision; no part of comparisons
};

struct Enum {
  std::vector<std::string> labels;
  bool used = true;  // the catalogs: something has this type; no part of comparisons
};

struct Domain {
  DataType type;
  bool not_null = false;
  Expression default_value;
  QualifiedName collation;
  std::vector<std::pair<std::string, Expression>> checks;  // by name
};

/// CREATE TYPE ... AS (...).
struct Composite {
  std::vector<std::pair<std::string, DataType>> attributes;
};

/// Only those that stand for themselves or belong to a serial column; those of identity columns are part of
/// the column.
struct Sequence {
  SequenceOptions options;  // all of them set
  QualifiedName owner;      // the table of the column that owns it; empty: none
  std::string owner_column;
};

struct View {
  bool materialized = false;
  std::vector<std::string> columns;  // where the revision names them
  Expression query;                  // `columns` of the expression unused
  std::vector<QualifiedName> reads;  // tables and views that the query names
  bool certain =
      true;  // false: something it reads was renamed or changed since; then only its presence counts
  std::string source;  // the statement that makes it, as a revision writes it
  // The catalogs: statements that put back what the query does not tell (owner, options, privileges,
  // triggers), with a schema in front of all names; no part of comparisons.
  std::vector<std::string> restore;
};

/// By name: overloads are one object.
struct Function {
  std::string source;  // the statement that makes it, as a revision writes it
};

/// By name.
struct Trigger {
  std::string source;
};

struct SchemaDefinition {};
struct Extension {};

using Definition = std::variant<SchemaDefinition, Extension, Enum, Domain, Composite, Sequence, Table, Column,
                                Constraint, Index, View, Function, Trigger>;

/// The same order as the alternatives of Definition.
enum class ObjectKind : std::uint8_t {
  kSchema,
  kExtension,
  kEnum,
  kDomain,
  kComposite,
  kSequence,
  kTable,
  kColumn,
  kConstraint,
  kIndex,
  kView,
  kFunction,
  kTrigger,
};

inline ObjectKind kind_of(const Definition &definition) {
  return static_cast<ObjectKind>(definition.index());
}

/// "schema", "extension", "enum", "domain", "composite type", "sequence", "table", "column", "constraint",
/// "index", "view", "function", "trigger".
const char *object_kind_name(ObjectKind kind);

/// What object it is. Columns, constraints and triggers have the name of their table. Schemas and extensions
/// have `name` alone.
struct ObjectId {
  ObjectKind kind = ObjectKind::kTable;
  std::string schema;
  std::string table;  // of columns, constraints and triggers; else empty
  std::string name;

  friend auto operator<=>(const ObjectId &a, const ObjectId &b) {
    return std::tie(a.kind, a.schema, a.table, a.name) <=> std::tie(b.kind, b.schema, b.table, b.name);
  }
  friend bool operator==(const ObjectId &, const ObjectId &) = default;
};

struct Object {
  Definition definition;
  std::string comment;  // empty: none
  bool certain = true;  // false: neither that it is not there nor how it differs says anything
  // The catalogs, of columns and views: what no object here stands for and keeps it from being dropped or
  // altered, in the server's words ("trigger x on table y"); no part of comparisons.
  std::vector<std::string> held_by = {};
};

}  // namespace migfix::core
