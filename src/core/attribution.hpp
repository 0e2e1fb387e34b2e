// Who did something, and when: what every entry of a log has.
#pragma once

#include <cstdint>
#include <string>

namespace migfix::core {

struct Attribution {
  std::string logged_at;       // in the session's TimeZone and ISO style: 2026-11-21 10:03:07+00
  std::string transaction_id;  // xid8 as text
  std::string session_role;
  std::string current_role;
  std::string application_name;  // empty where the client gave none
  std::string client_address;    // empty for a Unix socket
  std::int32_t pid = 0;
  std::string statement;
};

/// For the end of a sentence:
/// `2026-11-21 10:03:07+00 by role appuser as deployer (application "alembic", pid 4711, from 10.0.0.7)`.
/// The current role is named only where it differs from the session's.
std::string who_and_when(const Attribution &entry);

}  // namespace migfix::core
