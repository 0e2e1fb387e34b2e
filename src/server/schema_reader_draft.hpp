// Objects while they are read: by schema and with all names raw, before each model is made of them.
#pragma once

#include <deque>

#include "core/definition.hpp"
#include "server/boundary.hpp"
#include "server/expression_deparser.hpp"
#include "server/schema_reader_types.hpp"

namespace migfix::server {

/// A column as others' definitions need it.
struct DraftColumn {
  std::string name;  // empty: dropped
  Oid type = InvalidOid;
  Oid collation = InvalidOid;
};

/// A row of pg_class that an object is made of.
struct DraftRelation {
  Oid schema = InvalidOid;
  std::string name;
  char kind = 'r';  // relkind
  bool is_partition = false;
  std::vector<DraftColumn> columns;  // by number, from 1
  core::Object *object = nullptr;    // of tables, views, sequences and composite types
};

using DraftObject = std::pair<core::ObjectId, core::Object>;

class SchemaDraft {
 public:
  using Work = std::function<void()>;

  SchemaDraft();
  ~SchemaDraft();
  SchemaDraft(const SchemaDraft &) = delete;
  SchemaDraft &operator=(const SchemaDraft &) = delete;

  /// The object stays where it is.
  core::Object &add(Oid schema, core::ObjectId id, core::Definition definition);

  /// `classid` is the catalog's OID; what has a comment is noted under it.
  void note(Oid catalog, Oid oid, int part, core::Object &object) {
    commented_[{catalog, oid, part}] = &object;
  }
  core::Object *noted(Oid catalog, Oid oid, int part) const;
  std::vector<Oid> noted_oids() const;
  void each_noted(const std::function<void(Oid catalog, Oid oid, int part, core::Object &)> &visit) const;

  /// What asks the server's caches, or has it write an expression, is done after the catalogs were read: it
  /// may find that something was dropped meanwhile, and then that piece of work is left.
  void later(Work work) { later_.push_back(std::move(work)); }
  void finish();

  /// An expression over the columns of a relation. Within later() alone, as all three are.
  std::string expression(Oid relation, void *tree);
  std::string expression(Oid relation, const std::string &stored);
  /// The same of an expression without columns; in a domain's check the value is written as `value`.
  std::string constant(const std::string &stored);

  std::vector<std::string> names(Oid relation, std::string_view numbers) const;  // of columns: "1 3", "{1,3}"
  std::string column_name(Oid relation, int number) const;
  core::QualifiedName relation_name(Oid relation);

  /// Only these are read, and what belongs to them, instead of all that stands in the schemas.
  struct Only {
    std::vector<Oid> relations;  // tables, views, sequences
    std::vector<Oid> types;      // enums, domains
    std::vector<Oid> functions;
  };

  std::unordered_map<Oid, std::string> schemas;  // that are read
  std::optional<Only> only;
  std::unordered_map<Oid, DraftRelation> relations;
  std::unordered_map<Oid, std::deque<DraftObject>> objects;  // by schema
  TypeReader types;

 private:
  struct Key {
    Oid catalog;
    Oid oid;
    int part;
    friend bool operator==(const Key &, const Key &) = default;
  };
  struct Hash {
    std::size_t operator()(const Key &key) const {
      return (static_cast<std::size_t>(key.catalog) * 31 + static_cast<std::size_t>(key.part)) * 1000003 +
             key.oid;
    }
  };

  std::unordered_map<Key, core::Object *, Hash> commented_;
  std::deque<Work> later_;
  MemoryContext writers_;
  std::optional<ExpressionDeparser> writer_;  // of the relation that was asked for last
  Oid written_ = InvalidOid;
  std::unordered_map<std::string, std::string> constants_;  // many tables have the same defaults
};

/// The numbers in a text such as "{1,3}" or "1 3".
std::vector<int> numbers_in(std::string_view text);
std::vector<Oid> oids_in(std::string_view text);

// Each reads its catalogs for all schemas of the draft, in this order.
void read_relations(SchemaDraft &draft, const std::unordered_set<Oid> &left_out);
void read_types(SchemaDraft &draft);
void read_sequences(SchemaDraft &draft);
void read_constraints(SchemaDraft &draft);  // and indexes
void read_views(SchemaDraft &draft);
void read_routines(SchemaDraft &draft);  // functions and triggers
void read_holds(SchemaDraft &draft);
void read_comments(SchemaDraft &draft);

}  // namespace migfix::server
