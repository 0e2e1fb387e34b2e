// What an event trigger is told of the command that it is called for.
#pragma once

#include "core/ddl_entry.hpp"
#include "server/boundary.hpp"

namespace migfix::server {

struct DdlEvent {
  std::string command_tag;
  core::DdlObject object;
};

/// The objects that the command has created or altered, each once. For ddl_command_end.
std::vector<DdlEvent> created_or_altered();

/// The objects that the command has dropped: what was named and what fell with it, without their parts. For
/// sql_drop. `command_tag`: of the command.
std::vector<DdlEvent> dropped(const std::string &command_tag);

}  // namespace migfix::server
