// Expressions as the catalogs keep them, written as SQL without a lock on the table that they are of.
#pragma once

#include "server/boundary.hpp"

extern "C" {
#include "nodes/pg_list.h"
}

namespace migfix::server {

/// For as long as it lives, names are looked up, and written, under this search_path; and no more quotes are
/// written than are needed, whatever quote_all_identifiers says.
class NameScope {
 public:
  /// `path` is a value of search_path, as SQL writes it.
  explicit NameScope(const char *path = "pg_catalog, pg_temp");
  ~NameScope();
  NameScope(const NameScope &) = delete;
  NameScope &operator=(const NameScope &) = delete;

 private:
  int level_;
};

/// Writes expressions over one table. pg_get_expr() does the same, but opens the table, which waits where
/// another session is altering it; here the column names are given. One line, where pg_get_expr() breaks a
/// CASE into several. To be used within a NameScope, and no longer than the memory context that is current
/// when it is made.
class ExpressionDeparser {
 public:
  /// The names by number, from 1; empty where the column was dropped. The table's name is written where an
  /// expression is about whole rows.
  explicit ExpressionDeparser(const std::vector<std::string> &columns, const std::string &table = "own");

  /// The expression, whose columns are Vars of the first relation of a range table. In a domain's check the
  /// value is written as `value`. `tree` may be changed. Throws PgError: XX000 where something that the
  /// expression needs was dropped meanwhile.
  std::string text(void *tree);

 private:
  List *context_;
  int columns_;
};

}  // namespace migfix::server
