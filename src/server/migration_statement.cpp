#include "server/migration_statement.hpp"

#include "server/query.hpp"

extern "C" {
#include "executor/spi.h"
#include "utils/guc.h"
}

namespace migfix::server {

MigrationPath::MigrationPath(const std::string &own_schema) {
  const char *session = call([] { return GetConfigOption("search_path", false, false); });
  std::string path = quote_name(own_schema.c_str());
  if (session != nullptr && *session != '\0') path += fmt::format(", {}", session);
  const char *text = path.c_str();
  level_ = call([&] {
    const int level = NewGUCNestLevel();
    set_config_option("search_path", text, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
    return level;
  });
}

MigrationPath::~MigrationPath() {
  AtEOXact_GUC(true, level_);
}

void run_migration_statement(const std::string &statement) {
  const char *sql = statement.c_str();
  call([&] {
    if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "SPI_connect failed");
    const int result = SPI_execute(sql, false, 0);
    if (result < 0) elog(ERROR, "SPI_execute failed: %s", SPI_result_code_string(result));
    SPI_finish();
    CommandCounterIncrement();
  });
}

}  // namespace migfix::server
