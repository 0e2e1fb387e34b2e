// Any JSON as what migfix_import is given: it is refused, or its export is imported to the same, and what it
// says can be done to a schema.
#include <string>
#include <string_view>

#include "core/observed_definition.hpp"
#include "core/observed_revision.hpp"
#include "core/schema_replay.hpp"
#include "fuzz/json_text.hpp"
#include "fuzz/property.hpp"

namespace {

using namespace migfix::core;
using migfix::core::fuzz::attempt;
using migfix::core::fuzz::JsonText;
using migfix::core::fuzz::require;

void replay(const ObservedDocument &document) {
  SchemaModel model;
  for (const ObservedRevision &revision : document.revisions) {
    for (const ObservedStatement &statement : revision.statements) {
      RevisionStatement lowered;
      lowered.text = statement.text;
      lowered.effects.emplace_back(Opaque{"not lowered"});
      static_cast<void>(apply(model, watched_statement(std::move(lowered), statement)));
    }
  }
  for (const auto &[id, object] : model.objects()) static_cast<void>(json_of(object));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const auto json = JsonText::read({reinterpret_cast<const char *>(data), size});
  if (!json) return 0;
  const auto document = attempt([&] { return observed_document(*json); });
  if (!document) return 0;
  const std::string exported = JsonText::write(json_of(*document));
  const auto read = JsonText::read(exported);
  require(read.has_value(), "an export is JSON");
  const auto imported = attempt([&] { return observed_document(*read); });
  require(imported.has_value(), "an export can be imported");
  require(JsonText::write(json_of(*imported)) == exported, "an import exports the same");
  replay(*document);
  return 0;
}
