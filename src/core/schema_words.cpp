#include "core/schema_words.hpp"

#include <unordered_set>

#include <fmt/format.h>

#include "core/remedy.hpp"
#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kMostParts = 3;

Parts missing_from(const Parts &all, const Parts &some) {
  const std::unordered_set<std::string> there(some.begin(), some.end());
  Parts missing;
  for (const std::string &part : all) {
    if (!there.contains(part)) missing.push_back(in_quotes(part));
  }
  return missing;
}

}  // namespace

std::string ObjectCount::text() const {
  if (enums == 0) return count_of(tables, "table");
  if (tables == 0) return count_of(enums, "enum");
  return fmt::format("{} and {}", count_of(tables, "table"), count_of(enums, "enum"));
}

const char *type_name(ObjectType type) {
  return type == ObjectType::kTable ? "table" : "enum";
}

const char *type_names(ObjectType type) {
  return type == ObjectType::kTable ? "tables" : "enums";
}

std::string object_name(const SchemaFacts &schema, const SchemaObject &object) {
  if (schema.sql_name) return schema.sql_name(object);
  return fmt::format("{}.{}", schema.schemas[object.schema].sql_name, name_in_sql(object.name));
}

std::string object_text(const SchemaFacts &schema, const SchemaObject &object) {
  return fmt::format("{} {}", type_name(object.type), object_name(schema, object));
}

std::string difference(const Parts &usual, const Parts &other) {
  const Parts lacks = missing_from(usual, other);
  const Parts has = missing_from(other, usual);
  if (lacks.empty() && has.empty()) return usual == other ? "" : "has the same in another order";
  if (has.empty()) return "lacks " + list_of(lacks, kMostParts);
  if (lacks.empty()) return "has also " + list_of(has, kMostParts);
  return fmt::format("lacks {} and has {}", list_of(lacks, kMostParts), list_of(has, kMostParts));
}

std::string difference(const SchemaFacts &schema, const SchemaObject &usual, const SchemaObject &other) {
  if (!schema.parts_of) return {};
  return difference(schema.parts_of(usual), schema.parts_of(other));
}

}  // namespace migfix::core
