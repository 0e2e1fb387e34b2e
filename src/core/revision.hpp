// One revision, as its file or the output of `alembic upgrade --sql` tells it.
#pragma once

#include <string>
#include <vector>

namespace migfix::core {

struct Revision {
  std::string revision;
  std::vector<std::string> down_revision;  // ids; empty: a base
  std::vector<std::string> depends_on;     // ids or branch labels, as written
  std::vector<std::string> branch_labels;  // those that this revision itself carries
  std::string message;                     // first paragraph of the docstring; empty where it is not known

  bool operator==(const Revision &) const = default;
};

}  // namespace migfix::core
