// The values of migfix.guard.
#pragma once

namespace migfix::core {

enum class GuardMode {
  kEnforce,  // reject what breaks Alembic
  kHeal,     // absorb a version that is recorded already, so that the migration goes on
  kObserve,  // only log
  kOff,      // nothing
};

}  // namespace migfix::core
