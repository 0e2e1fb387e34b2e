// What the DDL log of a database can be asked, one question a query.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/ddl_entry.hpp"

namespace migfix::core {

struct DdlMemory {
  /// The latest entry that created the object; where there is none, the latest that touched it.
  std::function<std::optional<DdlEntry>(const DdlName &)> entry_of;

  /// Did that transaction run DDL? Nothing where the log does not reach back to it. `transaction_id`: xid8 as
  /// text.
  std::function<std::optional<bool>(const std::string &transaction_id)> ran_ddl;
};

}  // namespace migfix::core
