// One text that holds many revision files, taken apart again.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace migfix::core {

struct ScriptFile {
  std::string name;        // from a marker line; else "script 3"
  bool named = false;      // by a marker line
  std::uint32_t line = 1;  // of its first line, in the file itself if it is named, else in the whole text
  std::string_view text;   // without the marker line
};

/// Takes apart files that were joined, as by cat. Where marker lines stand ("# file: NAME", or "==> NAME <=="
/// as tail -n +1 prints it), each begins a file. What stands before the first marker, or the whole text where
/// there is none, is split where a file must begin: at a byte order mark, at a __future__ import behind other
/// code, and where a second set of identifiers ("revision", "down_revision") follows the body of a first;
/// such a file begins with the docstring or the imports in front of them. A second assignment alone, in one
/// run, is no new file. A file without a final line end is told from the next one too, where that begins with
/// Alembic's own docstring. Never fails: a stretch that is no Python becomes a file of its own, for the
/// reader to say so. `text` must outlive the result.
std::vector<ScriptFile> split_scripts(std::string_view text,
                                      const std::function<void()> &check_interrupt = {});

}  // namespace migfix::core
