#include "core/stand_in.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/comparison.hpp"
#include "core/definition_clause.hpp"
#include "core/type_words.hpp"

namespace migfix::core {

namespace {

const Key *key_of(const Object &object) {
  const auto *constraint = std::get_if<Constraint>(&object.definition);
  return constraint == nullptr ? nullptr : std::get_if<Key>(&constraint->what);
}

// Its comment counts for nothing: that follows it.
bool same_definition(Object expected, Object real) {
  expected.comment.clear();
  real.comment.clear();
  return expected.definition.index() == real.definition.index() && compare(expected, real).empty();
}

bool is_plain(const IndexElement &element, const std::string &column) {
  return element.column == column && element.collation.empty() && element.operator_class.empty() &&
         element.operator_class_options.empty() && !element.descending && !element.nulls_first;
}

// It can be made the index of the key (ALTER TABLE ... ADD CONSTRAINT ... USING INDEX).
bool fits(const Index &index, const QualifiedName &table, const Key &key) {
  return index.table == table && index.unique && index.valid && index.method == "btree" &&
         index.predicate.empty() && index.include == key.include &&
         index.nulls_not_distinct == key.nulls_not_distinct &&
         std::equal(index.elements.begin(), index.elements.end(), key.columns.begin(), key.columns.end(),
                    is_plain);
}

StandIn instead(std::string statement, std::string reason, const ObjectId &replaced) {
  return {{{std::move(statement), true, std::move(reason)}}, true, replaced, {}};
}

StandIn ask(std::string statement, std::string reason) {
  return {{{std::move(statement), false, std::move(reason), {}, true}}, true, {}, {}};
}

class Finder {
 public:
  Finder(const ObjectId &id, const Object &object, const SchemaModel &real, const SchemaHistory &history,
         const std::string &own_schema)
      : id_(id), object_(object), real_(real), history_(history), own_schema_(own_schema), sql_(own_schema) {}

  StandIn find() {
    if (id_.kind == ObjectKind::kConstraint || id_.kind == ObjectKind::kIndex) {
      if (const auto twin = find_twin()) return rename(*twin);
      if (const auto key = other_primary_key()) return ask_for_key(*key);
    }
    if (const auto column = identity_of_owner()) return drop_identity(*column);
    if (const auto holder = holder_of_name()) return of_name(*holder);
    return {};
  }

 private:
  // The same under a name that no revision knows.
  std::optional<ObjectId> find_twin() const {
    const auto *index = std::get_if<Index>(&object_.definition);
    const std::vector<ObjectId> beside =
        index != nullptr ? real_.indexes_of(index->table) : real_.constraints_of(table_of(id_));
    const auto found = std::find_if(beside.begin(), beside.end(), [&](const ObjectId &other) {
      return history_.chain(other) == nullptr && same_definition(object_, *real_.find(other));
    });
    return found == beside.end() ? std::nullopt : std::optional(*found);
  }

  StandIn rename(const ObjectId &twin) const {
    const std::string to = sql_.name(id_.name);
    return instead(id_.kind == ObjectKind::kIndex
                       ? fmt::format("ALTER INDEX {} RENAME TO {}", sql_.name(name_of(twin)), to)
                       : fmt::format("ALTER TABLE {} RENAME CONSTRAINT {} TO {}", sql_.name(table_of(twin)),
                                     sql_.name(twin.name), to),
                   fmt::format("{} is the same", object_in_words(twin)), twin);
  }

  std::optional<ObjectId> other_primary_key() const {
    const Key *key = key_of(object_);
    if (key == nullptr || !key->primary) return std::nullopt;
    for (const ObjectId &other : real_.constraints_of(table_of(id_)))
      if (const Key *there = key_of(*real_.find(other)); there != nullptr && there->primary) return other;
    return std::nullopt;
  }

  StandIn ask_for_key(const ObjectId &key) const {
    return ask(drop_sql(key, *real_.find(key), own_schema_).front().statement,
               fmt::format("{} has another primary key, {}: drop that, and repair again",
                           object_in_words(id_of(ObjectKind::kTable, table_of(id_))), object_in_words(key)));
  }

  // The column that is to own the sequence has one of its own, by its identity.
  std::optional<ObjectId> identity_of_owner() const {
    const auto *sequence = std::get_if<Sequence>(&object_.definition);
    if (sequence == nullptr || sequence->owner.empty()) return std::nullopt;
    const ObjectId id = column_id(sequence->owner, sequence->owner_column);
    const auto *column = real_.find_as<Column>(id);
    return column != nullptr && column->identity != Identity::kNone ? std::optional(id) : std::nullopt;
  }

  StandIn drop_identity(const ObjectId &column) const {
    return {{{fmt::format("ALTER TABLE {} ALTER COLUMN {} DROP IDENTITY", sql_.name(table_of(column)),
                          sql_.name(column.name)),
              true, fmt::format("the identity of {} gives way to it", object_in_words(column))}},
            false,
            {},
            column};
  }

  // The object that keeps the server from giving the name to this one.
  std::optional<ObjectId> holder_of_name() const {
    const QualifiedName name = name_of(id_);
    switch (id_.kind) {
      case ObjectKind::kTable:
      case ObjectKind::kView:
      case ObjectKind::kComposite:
        if (const auto type = real_.type(name)) return type;
        return real_.relation(name);
      case ObjectKind::kSequence:
      case ObjectKind::kIndex:
        return real_.relation(name);
      case ObjectKind::kEnum:
      case ObjectKind::kDomain: {
        if (const auto type = real_.type(name)) return type;
        const auto relation = real_.relation(name);
        const bool has_type =
            relation && (relation->kind == ObjectKind::kTable || relation->kind == ObjectKind::kView);
        return has_type ? relation : std::nullopt;
      }
      case ObjectKind::kConstraint:
        return key_of(object_) == nullptr ? std::nullopt : real_.relation({table_of(id_).schema, id_.name});
      default:
        return std::nullopt;
    }
  }

  StandIn of_name(const ObjectId &holder) const {
    const std::string words = object_in_words(holder);
    const auto *index = real_.find_as<Index>(holder);
    const Key *key = key_of(object_);
    if (index != nullptr && key != nullptr && fits(*index, table_of(id_), *key)) {
      return instead(
          fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {} USING INDEX {}{}", sql_.name(table_of(id_)),
                      sql_.name(id_.name), key->primary ? "PRIMARY KEY" : "UNIQUE", sql_.name(holder.name),
                      sql_.deferral(key->deferral)),
          fmt::format("{} becomes its index", words), holder);
    }
    if (id_.kind == ObjectKind::kIndex && holder.kind == ObjectKind::kConstraint) {
      return ask(drop_sql(holder, *real_.find(holder), own_schema_).front().statement,
                 fmt::format("{} has its name: drop it, and repair again", words));
    }
    return ask({}, fmt::format("{} has its name: rename or drop it, and repair again", words));
  }

  const ObjectId &id_;
  const Object &object_;
  const SchemaModel &real_;
  const SchemaHistory &history_;
  const std::string &own_schema_;
  const Clauses sql_;
};

}  // namespace

StandIn stand_in_for(const ObjectId &id, const Object &object, const SchemaModel &real,
                     const SchemaHistory &history, const std::string &own_schema) {
  return Finder(id, object, real, history, own_schema).find();
}

}  // namespace migfix::core
