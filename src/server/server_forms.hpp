// The server's own forms of what revisions write: analysed and written by the server itself, but nothing is
// executed, stored or waited for.
#pragma once

#include "core/normal_form.hpp"
#include "server/boundary.hpp"
#include "server/schema_reader_own.hpp"

namespace migfix::server {

/// Names are looked up as a session does in which Alembic works: in the version table's own schema, then on
/// the search_path that a new session of this role and database has. Whatever the caller may see: privileges
/// on schemas play no part. Questions are remembered for as long as the object lives. Not for parallel
/// workers.
class ServerForms : public core::NormalForms {
 public:
  /// `own_schema` is the version table's, raw.
  explicit ServerForms(const std::string &own_schema);
  /// The same with expressions and queries read under `path`, as SQL writes it, instead.
  ServerForms(const std::string &own_schema, std::string path);
  ~ServerForms() override;

  core::DataType resolved(const core::DataType &type) override;

  /// A column that is named with a table (`t.a`) is that of the table whatever `t` is. kIndexed: without a
  /// COLLATE round the whole, which the catalogs keep elsewhere.
  std::optional<std::string> expression(const std::string &text, const Columns &columns, Purpose purpose,
                                        const core::DataType &target) override;

  /// `text` is a query, or the statement CREATE [MATERIALIZED] VIEW that has it, with its column names.
  /// Nothing too where another session holds a lock that a reader of one of the tables would wait for.
  std::optional<std::string> query(const std::string &text) override;

 private:
  struct TypeFacts {
    Oid oid = InvalidOid;  // invalid: there is no such type
    std::int32_t modifiers = -1;
    Oid collation = InvalidOid;
  };
  const TypeFacts &facts_of(const core::DataType &type);

  OwnSchema own_;
  std::string path_;             // for types
  std::string expression_path_;  // for expressions and queries
  MemoryContext memory_;
  std::unordered_map<std::string, TypeFacts> types_;
  std::unordered_map<std::string, core::DataType> resolved_;
  std::unordered_map<std::string, std::optional<std::string>> expressions_;
  std::unordered_map<std::string, std::optional<std::string>> queries_;
};

}  // namespace migfix::server
