// Names of types, collations, operator classes and relations by their OIDs, from the server's caches.
#pragma once

#include "core/definition.hpp"
#include "server/boundary.hpp"

namespace migfix::server {

/// Answers are kept. What is not there (any more) has an empty name. All schemas are raw. Under the
/// search_path pg_catalog, pg_temp (NameScope).
class TypeReader {
 public:
  const core::DataType &type(Oid type, std::int32_t modifiers);
  const core::QualifiedName &collation(Oid collation);
  const core::QualifiedName &relation(Oid relation);
  const std::string &schema(Oid schema);

  /// The operator class, empty where it is the method's default for this type.
  core::QualifiedName operator_class(Oid operator_class, Oid type);
  /// The collation that columns of the type have by default.
  Oid collation_of(Oid type);

 private:
  std::map<std::pair<Oid, std::int32_t>, core::DataType> types_;
  std::unordered_map<Oid, core::QualifiedName> collations_;
  std::unordered_map<Oid, core::QualifiedName> relations_;
  std::unordered_map<Oid, std::string> schemas_;
  std::unordered_map<Oid, Oid> default_collations_;
  std::map<std::pair<Oid, Oid>, core::QualifiedName> operator_classes_;
};

}  // namespace migfix::server
