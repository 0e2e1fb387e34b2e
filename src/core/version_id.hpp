// What a version row may hold.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace migfix::core {

/// Why `version` can never be a revision, as a clause that can stand as a message:
/// `"head" is a word of Alembic's command line, not a revision`. Nothing where it could be one.
///
/// The rule is Alembic's own: it resolves version rows with the grammar of its command line
/// (alembic.script.revision.RevisionMap: head, heads, base, label@target, relative +N and -N) and
/// refuses the characters of that grammar in ids of new revisions.
std::optional<std::string> why_never_a_revision(std::string_view version);

/// What Alembic does when it meets such a row, as sentences. Empty for a version that could be a revision.
std::string what_alembic_does_with(std::string_view version);

}  // namespace migfix::core
