// The steps of replaying one effect on a model. Inside schema_replay*.cpp only: see schema_replay.hpp.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/effect.hpp"
#include "core/schema_model.hpp"
#include "core/schema_replay.hpp"

namespace migfix::core {

/// Thrown by a step that the server would refuse.
struct Refused {
  Refusal refusal;
};

/// What the server's messages call an object: "table t", "column c of table t", "constraint c on table t".
std::string described(const SchemaModel &model, const ObjectId &id);

/// A name as messages show it where it is qualified: s.t, or t in the version table's schema.
std::string shown(const QualifiedName &name);

/// All options set, as the server would for a sequence of this type (init_params in sequence.c).
SequenceOptions completed(const SequenceOptions &given, const std::string &default_type);

/// `old` with what is given changed, as ALTER SEQUENCE does; nothing where MINVALUE were above MAXVALUE.
SequenceOptions altered(const SequenceOptions &old, const SequenceOptions &given);

/// Throws the refusal 22023 where the bounds do not fit.
void check_sequence(const SequenceOptions &options, const ObjectId &id);

/// The key or unique index that a foreign key to these columns rests on.
std::optional<ObjectId> key_of_foreign_key(const SchemaModel &model, const QualifiedName &table,
                                           const std::vector<std::string> &columns);

class Replay {
 public:
  explicit Replay(SchemaModel &model) : model_(model) {}

  // schema_replay.cpp
  void operator()(const NoChange &) {}
  void operator()(const Opaque &effect);
  void operator()(const CreateSchema &effect);
  void operator()(const CreateExtension &effect);
  void operator()(const CreateFunction &effect);
  void operator()(const CreateTrigger &effect);
  void operator()(const CreateView &effect);
  void operator()(const SetComment &effect);

  // schema_replay_sequence.cpp
  void operator()(const CreateSequence &effect);
  void operator()(const AlterSequence &effect);

  // schema_replay_table.cpp
  void operator()(const CreateTable &effect);
  void operator()(const AddColumn &effect);
  void operator()(const AlterTable &effect);

  // schema_replay_column.cpp
  void operator()(const AlterColumnType &effect);
  void operator()(const SetDefault &effect);
  void operator()(const SetNotNull &effect);
  void operator()(const SetIdentity &effect);
  void operator()(const DropGenerated &effect);

  // schema_replay_constraint.cpp
  void operator()(const AddConstraint &effect);
  void operator()(const ValidateConstraint &effect);
  void operator()(const AlterConstraint &effect);

  // schema_replay_index.cpp
  void operator()(const CreateIndex &effect);

  // schema_replay_type.cpp
  void operator()(const CreateEnum &effect);
  void operator()(const AddEnumValue &effect);
  void operator()(const RenameEnumValue &effect);
  void operator()(const CreateDomain &effect);
  void operator()(const AlterDomain &effect);
  void operator()(const CreateComposite &effect);

  // schema_replay_drop.cpp
  void operator()(const DropColumn &effect);
  void operator()(const DropConstraint &effect);
  void operator()(const DropObject &effect);

  // schema_replay_rename.cpp
  void operator()(const RenameObject &effect);
  void operator()(const SetSchema &effect);

  /// The objects of one DROP: what depends on one of them may be another.
  void drop_together(const std::vector<const DropObject *> &effects);

 private:
  [[noreturn]] static void refuse(const char *sqlstate, std::string message, ObjectId object);
  [[noreturn]] static void refuse_missing_relation(const QualifiedName &name);
  /// What a relation's kind is called where a statement meant another kind.
  [[noreturn]] static void refuse_wrong_kind(const ObjectId &there, ObjectKind wanted,
                                             const std::string &name);

  /// Whether a name that is not in the model can still be there: the model knows one schema only.
  static bool may_be_elsewhere(const QualifiedName &name) { return !name.schema.empty(); }

  /// True where the table is there; false where the statement passes over it. `action`: as the server names
  /// it for a relation that is no table ("ADD COLUMN").
  bool has_table(const TableTarget &target, const char *action);
  /// The column's id; throws 42703.
  ObjectId column_of(const QualifiedName &table, const std::string &column) const;
  const Column &column_at(const ObjectId &id) const { return *model_.find_as<Column>(id); }
  Column &change_column(const ObjectId &id) { return std::get<Column>(model_.change(id)->definition); }
  Constraint &change_constraint(const ObjectId &id) {
    return std::get<Constraint>(model_.change(id)->definition);
  }
  std::set<std::string> column_names(const QualifiedName &table) const;
  std::vector<QualifiedName> children_of(const QualifiedName &table, bool partitions_only = false) const;
  bool is_inherited(const QualifiedName &table, const std::string &column) const;
  /// The column in `table` and in all of its descendants, `table` first.
  std::vector<ObjectId> column_and_inherited(const QualifiedName &table, const std::string &column) const;
  /// The same, of the table alone after ONLY.
  std::vector<ObjectId> altered_columns(const TableTarget &target, const std::string &column) const;
  /// Views that read the table count by presence alone from here on.
  void doubt_views(const QualifiedName &table);

  // A name that is to be new.
  void claim_relation(const QualifiedName &name, ObjectKind kind) const;
  void claim_type(const QualifiedName &name, ObjectKind kind) const;
  void claim_constraint(const QualifiedName &table, const std::string &name) const;

  // Tables and columns.
  void put_column(const QualifiedName &table, const NewColumn &column, std::uint32_t position);
  void inherit_columns(const QualifiedName &table, const QualifiedName &parent, bool partition);
  void add_column(const QualifiedName &table, const AddColumn &effect, bool inherited);
  bool lacks_cast(const DataType &from, const DataType &to) const;
  void set_column_type(const ObjectId &id, const AlterColumnType &effect);
  void forget_forms(const QualifiedName &table, const std::string &column);
  void change_parent(const AlterTable &effect);

  // Constraints.
  void check_columns_exist(const QualifiedName &table, const std::vector<std::string> &columns,
                           const char *message_end) const;
  void check_expression(const QualifiedName &table, const Expression &expression) const;
  void add_constraints(const QualifiedName &table, std::vector<NamedConstraint> constraints, bool new_table);
  void add_constraint(const QualifiedName &table, const NamedConstraint &constraint);
  void add_key(const QualifiedName &table, std::string name, Key key);
  void add_key_of_index(const QualifiedName &table, const NamedConstraint &constraint);
  bool has_like_key(const QualifiedName &table, const Key &key) const;
  bool is_inherited_check(const QualifiedName &table, const std::string &name) const;
  void copy_foreign_key(const QualifiedName &partition, const std::string &name, const ForeignKey &key);
  void add_foreign_key(const QualifiedName &table, std::string name, ForeignKey key);
  void add_exclusion(const QualifiedName &table, std::string name, const Exclusion &exclusion);
  void add_check(const QualifiedName &table, std::string name, const Check &check);
  std::optional<ObjectId> primary_key_of(const QualifiedName &table) const;

  // Indexes.
  void check_elements(const QualifiedName &table, const std::vector<IndexElement> &elements,
                      const std::vector<std::string> &include, const Expression &predicate) const;
  void put_index(const QualifiedName &table, std::string name, Index index);
  /// What a partition gets when it becomes one: the parent's keys, indexes and foreign keys.
  void copy_indexes(const QualifiedName &partition, const QualifiedName &parent);

  void check_sequence_owner(const QualifiedName &owner, const std::string &column) const;

  /// The type, which must be of that kind; nothing where it may be in a schema that is not modelled.
  std::optional<ObjectId> type_of_kind(const QualifiedName &name, ObjectKind kind) const;

  // Drops.
  void drop(const std::set<ObjectId> &targets, bool cascade);
  std::optional<ObjectId> to_drop(const DropObject &effect) const;
  void refuse_missing_drop(const ObjectId &id) const;

  // Renames.
  /// The object that a name means; nothing where the statement passes over it.
  std::optional<ObjectId> resolved(const ObjectId &id, bool any_relation, bool any_type,
                                   bool if_exists) const;
  void move(const ObjectId &from, const ObjectId &to);
  void move_relation(const ObjectId &from, const QualifiedName &to);
  void move_type(const ObjectId &from, const QualifiedName &to);
  void rename_relation(const ObjectId &id, const std::string &to);
  void rename_column(const RenameObject &effect);
  void rename_constraint(const RenameObject &effect);
  void rename_trigger(const RenameObject &effect);
  void rename_schema(const std::string &from, const std::string &to);
  void rename_column_users(const QualifiedName &table, const std::string &from, const std::string &to);

  SchemaModel &model_;
};

}  // namespace migfix::core
