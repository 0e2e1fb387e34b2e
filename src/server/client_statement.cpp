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

// Runs inside call().
const char *part_of(const char *source, int location, int length, int limit) {
  if (source == nullptr) return "";
  source = CleanQuerytext(source, &location, &length);
  if (length <= 0) length = strlen(source);
  if (limit > 0 && length > limit) length = pg_mbcliplen(source, length, limit);
  return pnstrdup(source, length);
}

}  // namespace

std::string client_statement() {
  return call([] {
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
    return part_of(source, location, length, kStatementLimit);
  });
}

std::string statement_in(const char *source, int location, int length) {
  const char *text = call([&] { return part_of(source, location, length, 0); });
  return text;
}

}  // namespace migfix::server
