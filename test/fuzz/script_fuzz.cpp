// Any bytes as revision files: nothing may crash, leak or hang, and every problem has a reason and a line.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/python_string.hpp"
#include "core/revision_script.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  using namespace migfix::core;
  const std::string_view text(reinterpret_cast<const char *>(data), size);
  std::size_t total = 0;
  for (const ScriptFile &file : split_scripts(text)) total += file.text.size();
  if (total > size) std::abort();
  const ScriptLoad load = read_scripts(text);
  EnumMemo memo;
  for (const RevisionScript &script : load.revisions) {
    if (script.revision.empty() || !is_utf8(script.message)) std::abort();
    for (const ScriptOperation &operation : script.operations) {
      if (operation.is_opaque() && !operation.sql.empty()) std::abort();
    }
    static_cast<void>(statements_of(script.operations, memo));
  }
  for (const ScriptProblem &problem : load.problems) {
    if (problem.reason.empty() || problem.line == 0) std::abort();
  }
  return 0;
}
