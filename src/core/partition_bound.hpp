// The bound of a partition, as two of them are compared.
#pragma once

#include <string>
#include <string_view>

namespace migfix::core {

struct PartitionBound {
  std::string form;   // the same for bounds that mean the same, where both are known
  bool known = true;  // false: the types of the key decide what it means
};

/// `text`: "FOR VALUES FROM ('2020-01-01') TO (10)", "FOR VALUES IN ('a', NULL)", "DEFAULT", as a revision
/// writes it or as the server does (get_partition_bound_def); empty: no partition. Known are whole numbers,
/// in quotes too, dates and times without a time zone in ISO form, and strings without a digit; a date is the
/// beginning of its day.
PartitionBound partition_bound(std::string_view text);

}  // namespace migfix::core
