// What a revision file says of itself, read from its text.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/operation.hpp"
#include "core/script_bundle.hpp"

namespace migfix::core {

struct RevisionScript {
  std::string file;
  bool named = false;      // by a marker line; else `file` only counts it
  std::uint32_t line = 1;  // of the file's first line, as ScriptFile has it
  std::string revision;
  std::vector<std::string> down_revision;  // empty: a base
  std::vector<std::string> branch_labels;
  std::vector<std::string> depends_on;  // revisions or branch labels
  std::string message;                  // the docstring's first paragraph, as `alembic history` shows it
  std::string create_date;              // as the docstring has it; empty if it has none
  bool has_upgrade = false;
  bool has_downgrade = false;
  std::vector<ScriptOperation> operations;  // of upgrade(), in their order
};

enum class ScriptProblemKind : std::uint8_t {
  kSyntax,      // no Python that can be read, or no text; not loaded
  kNoRevision,  // a helper: nothing in it says that it is a revision
  kNotStatic,   // an identifier is computed; not loaded
  kInvalid,     // Alembic would reject it; not loaded
  kNotice,      // loaded; but worth knowing
};

/// "syntax", "no revision", "not static", "invalid", "notice".
const char *script_problem_kind_name(ScriptProblemKind kind);

struct ScriptProblem {
  ScriptProblemKind kind = ScriptProblemKind::kSyntax;
  std::string file;
  std::uint32_t line = 0;
  std::string reason;  // lower-case, without a full stop
};

struct ScriptLoad {
  std::vector<RevisionScript> revisions;  // in the order of the text
  std::vector<ScriptProblem> problems;    // likewise
};

/// Reads one file, and adds to `load` the revision, or the problem that keeps it from being one. Rules as
/// Alembic's Script._from_filename, which imports the file: `revision` and `down_revision` as their last
/// assignment left them; a file without `revision` is one only if its name is a hexadecimal id (Alembic 0.1).
/// Throws only what `check_interrupt` throws.
void read_revision_script(const ScriptFile &file, ScriptLoad &load,
                          const std::function<void()> &check_interrupt = {});

/// Splits `text` (see split_scripts) and reads every file in it.
ScriptLoad read_scripts(std::string_view text, const std::function<void()> &check_interrupt = {});

}  // namespace migfix::core
