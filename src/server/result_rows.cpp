#include "server/result_rows.hpp"

extern "C" {
#include "funcapi.h"
#include "utils/builtins.h"
}

namespace migfix::server {

ResultRows::ResultRows(FunctionCallInfo fcinfo) {
  call([&] {
    InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
    auto *info = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    info_ = info;
    input_ = TupleDescGetAttInMetadata(info->setDesc);
  });
}

void ResultRows::add(const Row &row) {
  call([&] {
    auto *info = static_cast<ReturnSetInfo *>(info_);
    auto **values = static_cast<char **>(palloc(sizeof(char *) * row.size()));
    for (std::size_t i = 0; i < row.size(); ++i)
      values[i] = row[i].has_value() ? const_cast<char *>(row[i]->c_str()) : nullptr;
    HeapTuple tuple = BuildTupleFromCStrings(static_cast<AttInMetadata *>(input_), values);
    tuplestore_puttuple(info->setResult, tuple);
    heap_freetuple(tuple);
    pfree(values);
  });
}

std::optional<std::string> text_argument(FunctionCallInfo fcinfo, int index) {
  if (PG_ARGISNULL(index)) return std::nullopt;
  return std::string(call([&] { return text_to_cstring(PG_GETARG_TEXT_PP(index)); }));
}

bool flag_argument(FunctionCallInfo fcinfo, int index) { return !PG_ARGISNULL(index) && PG_GETARG_BOOL(index); }

Oid oid_argument(FunctionCallInfo fcinfo, int index) { return PG_ARGISNULL(index) ? InvalidOid : PG_GETARG_OID(index); }

}  // namespace migfix::server
