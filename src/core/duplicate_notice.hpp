// What is said when a command has made a table or an enum that doubles another.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/notice.hpp"
#include "core/schema_facts.hpp"

namespace migfix::core {

enum class TwinKind {
  kHides,        // same name, later on the search_path
  kHiddenBy,     // same name, earlier on the search_path
  kSimilarName,  // the names differ only by case or underscores; one schema
  kSameParts,    // the same columns or labels under another name; one schema
};

struct DoubledObject {
  TwinKind kind = TwinKind::kHides;
  std::string name;  // as SQL writes it, schema-qualified
  Parts parts;       // left empty where they are known to be the same (kSameParts)
};

/// An object that the command made, renamed or moved, and what it doubles. Twins of one kind stand
/// together.
struct Doubling {
  ObjectType type = ObjectType::kTable;
  std::string name;       // as SQL writes it, schema-qualified
  std::string bare_name;  // the same without the schema
  bool is_new = true;     // the command created it: it holds nothing yet, and nothing uses it
  Parts parts;
  std::vector<DoubledObject> twins;  // at least one
  bool more = false;                 // others have the same columns or labels too, and are not listed
};

/// One notice for all of them, at least one. `functions`: the prefix of migfix's functions, empty or a schema
/// and a dot.
Notice duplicate_notice(const std::vector<Doubling> &doublings, std::string_view functions);

}  // namespace migfix::core
