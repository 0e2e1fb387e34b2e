// The objects of a schema: those that revisions make, or those that the catalogs show.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/definition.hpp"

namespace migfix::core {

/// Tables, views, sequences, indexes, composite types, the indexes of keys and exclusion constraints and the
/// sequences of identity columns have one name space in a schema (pg_class); enums, domains, composite types,
/// tables and views another (pg_type). What names what is kept in indexes, so that no call walks over all
/// objects.
class SchemaModel {
 public:
  using Objects = std::map<ObjectId, Object>;

  const Objects &objects() const noexcept { return objects_; }
  const Object *find(const ObjectId &id) const;

  /// The definition, if the object is there and has that type: `find_as<Column>(id)`.
  template <class Type>
  const Type *find_as(const ObjectId &id) const {
    const Object *object = find(id);
    return object == nullptr ? nullptr : std::get_if<Type>(&object->definition);
  }

  /// Puts the object in the place of any other of that id.
  void put(const ObjectId &id, Object object);
  /// True where it was there. Takes nothing else with it.
  bool erase(const ObjectId &id);
  /// The object, to be changed in place before the next put, erase or change; null where it is not there.
  /// Counts as a change.
  Object *change(const ObjectId &id);

  /// What has this name among relations: a table, view, sequence, index, composite type, key or exclusion
  /// constraint (for its index), or a column (for the sequence of its identity).
  std::optional<ObjectId> relation(const QualifiedName &name) const;
  /// What has this name among types: an enum, domain, composite type, table or view.
  std::optional<ObjectId> type(const QualifiedName &name) const;
  /// True where a constraint of any table or domain in the name's schema has the name.
  bool has_constraint_named(const QualifiedName &name) const;
  /// The objects whose definition names this relation or type, sorted: columns, domains and composite types
  /// of the type, columns whose default is the sequence's next value, indexes, foreign keys, views, children
  /// and sequences of the table.
  std::vector<ObjectId> users_of(const QualifiedName &name) const;

  /// A table's columns in their order, its constraints, triggers: ids, by name but for columns.
  std::vector<ObjectId> columns_of(const QualifiedName &table) const;
  std::vector<ObjectId> constraints_of(const QualifiedName &table) const;
  std::vector<ObjectId> triggers_of(const QualifiedName &table) const;
  /// The indexes on a table, by name; those of constraints are not among them.
  std::vector<ObjectId> indexes_of(const QualifiedName &table) const;

  /// Ids that were put, erased or changed since the last call, each once, sorted.
  std::vector<ObjectId> take_changes();

  /// What is done from here on can be taken back: `undo` puts everything as it was, `take_changes` included;
  /// `keep` forgets how it was. Not nested.
  void start();
  void keep();
  void undo();

 private:
  /// What the indexes below hold about one object.
  struct Names {
    std::vector<QualifiedName> relations, types, used, constraints;
    friend bool operator==(const Names &, const Names &) = default;
  };
  static Names names_of(const ObjectId &id, const Object &object);
  void note(const ObjectId &id, const Names &names) const;
  void forget(const ObjectId &id, const Names &names) const;

  struct Before {
    ObjectId id;
    std::optional<Object> object;  // nothing: it was not there
    bool first_change;             // since take_changes
  };

  std::vector<ObjectId> parts_of(ObjectKind kind, const QualifiedName &table) const;
  void note_change(const ObjectId &id, const Object *before);
  void settle() const;  // notes the names of the object that is being changed in place, as they are now
  void close();         // nobody changes it any more

  Objects objects_;
  std::set<ObjectId> changes_;
  std::vector<Before> journal_;
  bool keeps_journal_ = false;

  // Derived from objects_.
  mutable std::map<QualifiedName, ObjectId> relations_;
  mutable std::map<QualifiedName, ObjectId> types_;
  mutable std::map<QualifiedName, std::set<ObjectId>> users_;
  mutable std::map<QualifiedName, unsigned> constraint_names_;
  mutable std::optional<std::pair<ObjectId, Names>> open_;  // the object that is being changed in place
};

inline QualifiedName table_of(const ObjectId &id) {
  return {id.schema, id.table};
}
inline QualifiedName name_of(const ObjectId &id) {
  return {id.schema, id.name};
}
inline ObjectId column_id(const QualifiedName &table, const std::string &column) {
  return {ObjectKind::kColumn, table.schema, table.name, column};
}
inline ObjectId constraint_id(const QualifiedName &table, const std::string &name) {
  return {ObjectKind::kConstraint, table.schema, table.name, name};
}
inline ObjectId id_of(ObjectKind kind, const QualifiedName &name) {
  return {kind, name.schema, {}, name.name};
}

}  // namespace migfix::core
