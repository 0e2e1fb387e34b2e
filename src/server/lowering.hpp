// What the statements of a revision do to a schema, as the server's own grammar reads them.
#pragma once

#include "core/effect.hpp"
#include "server/boundary.hpp"

namespace migfix::server {

/// The statements of `text`, each with its own slice of it. Names that are written without a schema, or with
/// `own_schema`, have an empty one; what the server finds in pg_catalog (types, collations, operator classes)
/// has that. Text that is no SQL, or too large, is one statement that is opaque and says why; a text without
/// a statement gives none. Reads pg_catalog, so it needs a transaction; nothing is analysed, locked or run.
/// `names_lead_away`, in and out: a SET search_path before has led names without a schema elsewhere; what
/// changes the schema is opaque then. Keeps no memory. Throws PgError of cancel and of lack of memory;
/// nothing that stands in `text` makes it fail.
std::vector<core::RevisionStatement> lower(const std::string &text, const std::string &own_schema,
                                           bool &names_lead_away);

/// One statement that has been parsed already: `statement` is a RawStmt whose locations are bytes of `text`.
/// Memory is taken from CurrentMemoryContext and left to it.
core::RevisionStatement lower_parsed(const std::string &text, const void *statement, const std::string &own_schema);

}  // namespace migfix::server
