// What user schemas hold, as far as duplicates are judged by it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace migfix::core {

enum class ObjectType { kTable, kEnum };

/// One table (ordinary or partitioned; no partition, no version table, no member of an extension) or one
/// enum type of a user schema.
struct SchemaObject {
  ObjectType type = ObjectType::kTable;
  std::uint32_t oid = 0;
  std::uint32_t schema = 0;  // index into SchemaFacts::schemas
  std::string name;          // raw
  std::string definition;    // digest of the columns or labels, see SchemaFacts; equal: identical
  int parts = 0;             // number of columns or labels
  bool used = true;          // enums: some column, array, domain, composite, range or function uses it
};

struct Schema {
  std::string name;      // raw
  std::string sql_name;  // as SQL writes it
};

/// One search_path that sessions of this database get, and whose it is.
struct SearchPath {
  std::string owner;  // for a sentence: "this session", "role appuser", "database appdb", …
  std::vector<std::uint32_t> schemas;  // existing user schemas, in order, as indexes
};

/// A column or a label as a person reads it: `tag character varying(64) NOT NULL`, or the label alone.
using Parts = std::vector<std::string>;

struct SchemaFacts {
  std::vector<Schema> schemas;

  /// Two objects of one type have equal digests exactly if their columns (name, type with modifiers, NOT
  /// NULL, in order; a type of the table's own schema counts by its bare name) or labels (in order) are.
  std::vector<SchemaObject> objects;

  std::vector<SearchPath> search_paths;

  /// The columns or labels behind one object's digest, read when a difference must be put into words.
  std::function<Parts(const SchemaObject &)> parts_of;

  /// The object's name as SQL writes it, schema-qualified.
  std::function<std::string(const SchemaObject &)> sql_name;
};

}  // namespace migfix::core
