// A script of SQL cut into its statements, as psql cuts it.
#pragma once

#include "core/offline_sql.hpp"
#include "server/boundary.hpp"

namespace migfix::server {

/// Cuts `text` at its top-level semicolons with the server's own scanner (so under the session's
/// standard_conforming_strings, like the server itself), parses each statement, and gives `reader` what it
/// finds, in the order of the text. A semicolon between parentheses or in the body of a function that is
/// written BEGIN ATOMIC ... END is none (psqlscan.l). Takes memory in proportion to the text. Throws what
/// `reader` throws, PgError of cancel and shutdown, and 54000 for runs of operator characters that are too
/// long for the scanner; no other text makes it fail.
void split_sql(const std::string &text, core::OfflineSqlReader &reader);

}  // namespace migfix::server
