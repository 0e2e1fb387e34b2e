// The version table's own schema, as names and texts see it.
#pragma once

#include "core/definition.hpp"
#include "server/boundary.hpp"

namespace migfix::server {

/// Takes one schema's name away from what the catalogs or the server's deparser say.
class OwnSchema {
 public:
  /// `name` is raw.
  explicit OwnSchema(std::string name);

  const std::string &name() const noexcept { return name_; }
  /// As SQL writes it.
  const std::string &quoted() const noexcept { return quoted_; }

  void localize(std::string &schema) const {
    if (schema == name_) schema.clear();
  }
  void localize(core::QualifiedName &name) const { localize(name.schema); }
  void localize(core::Expression &expression) const;
  /// The object's id; schemas and extensions keep their names.
  void localize(core::ObjectId &id) const;
  void localize(core::Definition &definition) const;

  /// SQL as the server writes it, without this schema in front of names: `own.f(x)` is `f(x)`, and
  /// `'own.s'::regclass` is `'s'::regclass` (of all the reg types). What stands in other literals stays.
  std::string without(const std::string &sql) const;

 private:
  std::string name_;
  std::string quoted_;
};

}  // namespace migfix::server
