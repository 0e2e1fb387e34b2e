// Running a statement of a revision as Alembic would: with the caller's rights and the session's settings.
#pragma once

#include "server/boundary.hpp"

namespace migfix::server {

/// As long as it lives, names that are not qualified mean the version table's schema first, then what they
/// mean in the session.
class MigrationPath {
 public:
  explicit MigrationPath(const std::string &own_schema);  // raw
  ~MigrationPath();
  MigrationPath(const MigrationPath &) = delete;
  MigrationPath &operator=(const MigrationPath &) = delete;

 private:
  int level_;
};

/// Runs one statement; what it answers is thrown away. Throws PgError.
void run_migration_statement(const std::string &statement);

}  // namespace migfix::server
