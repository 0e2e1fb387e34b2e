#include "server/client_statement.hpp"

#include "server/server_version.hpp"

extern "C" {
#include "mb/pg_wchar.h"
#include "nodes/plannodes.h"
#include "tcop/pquery.h"
#include "tcop/tcopprot.h"
#include "utils/portal.h"
}

namespace migfix::server {

namespace {

// A script sent as one string can be huge; the beginning tells what it was.
constexpr int kStatementLimit = 4000;

}  // namespace

std::string client_statement() {
  const char *text = call([]() -> const char * {
    const char *source = debug_query_string;
    int location = 0;
    int length = 0;
    if (ActivePortal != nullptr && ActivePortal->sourceText != nullptr) {
      source = ActivePortal->sourceText;
      if (ActivePortal->stmts != NIL) {
        auto *planned = linitial_node(PlannedStmt, ActivePortal->stmts);
        location = planned->stmt_location;
        length = planned->stmt_len;
      }
    }
    if (source == nullptr) return "";
    source = CleanQuerytext(source, &location, &length);
    if (length <= 0) length = strlen(source);
    if (length > kStatementLimit) length = pg_mbcliplen(source, length, kStatementLimit);
    return pnstrdup(source, length);
  });
  return text;
}

}  // namespace migfix::server
