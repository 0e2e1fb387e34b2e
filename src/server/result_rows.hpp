// The rows that a set-returning function answers with.
#pragma once

#include "server/query.hpp"

namespace migfix::server {

/// Fills the tuplestore of a function that RETURNS TABLE or SETOF. Values are texts that the columns' input
/// functions read.
class ResultRows {
 public:
  explicit ResultRows(FunctionCallInfo fcinfo);

  /// One row; as many values as the function has columns.
  void add(const Row &row);

 private:
  void *info_;
  void *input_;
};

/// The text argument `index`; nothing where it is NULL.
std::optional<std::string> text_argument(FunctionCallInfo fcinfo, int index);

/// The items of the text[] argument `index`; none where it is NULL.
std::vector<Value> texts_argument(FunctionCallInfo fcinfo, int index);

/// The boolean argument `index`; false where it is NULL.
bool flag_argument(FunctionCallInfo fcinfo, int index);

/// The argument `index` of type regclass, oid or the like; InvalidOid where it is NULL.
Oid oid_argument(FunctionCallInfo fcinfo, int index);

}  // namespace migfix::server
