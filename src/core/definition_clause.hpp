// The clauses that definitions are written with, for people or as SQL.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/definition.hpp"

namespace migfix::core {

/// The parts of a sequence that are set, the rest as the server sets them: bounds by type and direction, the
/// start at the nearer bound. `type` is what an empty type means ("int8"; of an identity column its own).
SequenceOptions resolved_options(const SequenceOptions &options, const std::string &type);

/// What an empty SequenceOptions::type means for an identity column of that type.
std::string identity_type(const DataType &type);

/// The name of the sequence of the identity column `id`, where it is not the one that the server would
/// choose: the table or column was renamed since. Else empty.
QualifiedName given_sequence(const ObjectId &id, const Column &column);

/// One way of writing: short words with the version table's own schema left out, or SQL with every name
/// quoted and qualified.
class Clauses {
 public:
  /// For people.
  Clauses() = default;
  /// SQL; `own_schema` raw.
  explicit Clauses(std::string own_schema) : sql_(true), own_schema_(std::move(own_schema)) {}

  std::string name(std::string_view raw) const;
  std::string name(const QualifiedName &name) const;
  std::string type(const DataType &type) const;
  /// The server's form for people, what was written for SQL.
  const std::string &source(const Expression &expression) const;

  /// `(a, b)`.
  std::string columns(const std::vector<std::string> &names) const;
  /// ` INCLUDE (a)`, or nothing.
  std::string include(const std::vector<std::string> &names) const;
  /// ` WHERE (...)`, or nothing.
  std::string where(const Expression &predicate) const;
  /// ` DEFERRABLE INITIALLY DEFERRED`, or nothing.
  std::string deferral(const Deferral &deferral) const;
  /// `lower(a) COLLATE "C" text_pattern_ops DESC NULLS LAST`.
  std::string element(const IndexElement &element) const;
  /// `(a, lower(b) DESC)`; `operators` only of an exclusion constraint: `(a WITH =)`.
  std::string elements(const std::vector<IndexElement> &elements,
                       const std::vector<std::string> &operators = {}) const;
  /// `INCREMENT BY 2`, `MAXVALUE 9`, ...: those that are not the default, or all of them, always in one
  /// order.
  static std::vector<std::string> sequence_parts(const SequenceOptions &options,
                                                 const std::string &default_type, bool all);
  /// The same in one text, a blank before each.
  std::string sequence(const SequenceOptions &options, const std::string &default_type, bool all) const;
  /// `nextval('t_id_seq'::regclass)`.
  std::string nextval(const QualifiedName &sequence) const;
  /// `nextval(...)` or the expression; empty: no default.
  std::string default_value(const Column &column) const;
  /// `GENERATED ALWAYS AS IDENTITY (...)`. `sequence`: the name to give to its sequence; empty: the server
  /// chooses.
  std::string identity(const Column &column, const QualifiedName &sequence = {}) const;

  /// `PRIMARY KEY (id)`, `FOREIGN KEY (a) REFERENCES t (id) ON DELETE CASCADE NOT VALID`, `CHECK (...)`.
  std::string constraint(const Constraint &constraint) const;
  /// What stands after the table's name in CREATE INDEX: `USING btree (a) INCLUDE (b) WHERE (...)`, for
  /// people without USING.
  std::string index(const Index &index) const;
  /// `varchar(64) COLLATE "C" NOT NULL DEFAULT 'x'`. `sequence`: as of identity().
  std::string column(const Column &column, const QualifiedName &sequence = {}) const;
  /// What stands after CREATE DOMAIN d AS.
  std::string domain(const Domain &domain) const;
  /// `(a integer, b text)`.
  std::string composite(const Composite &composite) const;

 private:
  std::string constraint(const Key &key) const;
  std::string constraint(const ForeignKey &key) const;
  std::string constraint(const Check &check) const;
  std::string constraint(const Exclusion &exclusion) const;
  std::string collation(const QualifiedName &collation) const;

  bool sql_ = false;
  std::string own_schema_;
};

/// `CASCADE`, `SET NULL`, ... of pg_constraint's letter.
std::string_view action_words(char action);

/// `'a', 'b'`.
std::string labels_text(const std::vector<std::string> &labels);

}  // namespace migfix::core
