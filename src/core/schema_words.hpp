// Words for what schemas hold.
#pragma once

#include <string>
#include <vector>

#include "core/schema_facts.hpp"

namespace migfix::core {

/// How many of each.
struct ObjectCount {
  std::size_t tables = 0;
  std::size_t enums = 0;

  void add(const SchemaObject &object) { ++(object.type == ObjectType::kTable ? tables : enums); }
  std::size_t total() const { return tables + enums; }

  /// "1 table and 1 enum", "3 tables".
  std::string text() const;

  /// "stands" or "stand".
  const char *stand() const { return total() == 1 ? "stands" : "stand"; }
};

/// "table", "enum"; "tables", "enums".
const char *type_name(ObjectType type);
const char *type_names(ObjectType type);

/// The object's name as SQL writes it, schema-qualified.
std::string object_name(const SchemaFacts &schema, const SchemaObject &object);

/// "table public.users", "enum public.status".
std::string object_text(const SchemaFacts &schema, const SchemaObject &object);

/// How `other` differs from `usual`, for after its name: `lacks "tag text" and has "tag character
/// varying(64)"`; `has the same in another order`. Empty where nothing can be told.
std::string difference(const Parts &usual, const Parts &other);

/// The same for two objects whose definitions are not equal; the parts are read.
std::string difference(const SchemaFacts &schema, const SchemaObject &usual, const SchemaObject &other);

}  // namespace migfix::core
