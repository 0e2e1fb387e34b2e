// The names that the server chooses where a statement gives none.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/schema_model.hpp"

namespace migfix::core {

/// The most bytes a name can have (NAMEDATALEN - 1).
inline constexpr std::size_t kNameBytes = 63;

/// `name`, or the most whole characters of it that take up no more than `bytes` bytes (pg_mbcliplen, UTF-8).
std::string_view clipped_name(std::string_view name, std::size_t bytes = kNameBytes);

/// makeObjectName (indexcmds.c): name1_name2_label, where the longer one of name1 and name2 is cut until it
/// fits. Empty: not given.
std::string object_name(std::string_view name1, std::string_view name2, std::string_view label);

/// ChooseRelationName: the first of object_name(name1, name2, label), label1, label2 ... that is no
/// relation's and, for a constraint, no constraint's in `schema`.
std::string free_relation_name(const SchemaModel &model, const std::string &schema, std::string_view name1,
                               std::string_view name2, std::string_view label, bool for_constraint);

/// ChooseConstraintName: the first that is no constraint's in `schema`, nor among `others`.
std::string free_constraint_name(const SchemaModel &model, const std::string &schema, std::string_view name1,
                                 std::string_view name2, std::string_view label,
                                 const std::set<std::string> &others = {});

/// ChooseIndexColumnNames: a name for each of an index's columns, told apart by numbers.
std::vector<std::string> index_column_names(const std::vector<IndexElement> &elements,
                                            const std::vector<std::string> &include);

/// ChooseIndexName for an index that is no constraint's, for a key, and for an exclusion constraint.
std::string default_index_name(const SchemaModel &model, const Index &index);
std::string default_key_name(const SchemaModel &model, const QualifiedName &table, const Key &key);
std::string default_exclusion_name(const SchemaModel &model, const QualifiedName &table,
                                   const Exclusion &exclusion);

/// The name of a foreign key: its table, all its columns, fkey.
std::string default_foreign_key_name(const SchemaModel &model, const QualifiedName &table,
                                     const ForeignKey &key);

/// The name of a table's check: with the column's name where the expression reads exactly one. `others`:
/// names that the same statement has given before.
std::string default_check_name(const SchemaModel &model, const QualifiedName &table, const Check &check,
                               const std::set<std::string> &others = {});

/// The name of a domain's check.
std::string default_domain_check_name(const SchemaModel &model, const QualifiedName &domain,
                                      const std::set<std::string> &others = {});

/// The name of the sequence of a serial or identity column.
std::string default_sequence_name(const SchemaModel &model, const QualifiedName &table,
                                  const std::string &column);

}  // namespace migfix::core
