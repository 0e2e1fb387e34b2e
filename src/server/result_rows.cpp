#include "server/result_rows.hpp"

extern "C" {
#include "catalog/pg_type_d.h"
#include "funcapi.h"
#include "utils/array.h"
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

std::vector<Value> texts_argument(FunctionCallInfo fcinfo, int index) {
  if (PG_ARGISNULL(index)) return {};
  ArrayType *array = call([&] { return PG_GETARG_ARRAYTYPE_P(index); });
  struct Elements {
    Datum *values;
    bool *nulls;
    int count;
  };
  const Elements elements = call([&] {
    Elements e;
    deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &e.values, &e.nulls, &e.count);
    return e;
  });
  std::vector<Value> texts;
  for (int i = 0; i < elements.count; ++i) {
    if (elements.nulls[i])
      texts.emplace_back(std::nullopt);
    else
      texts.emplace_back(call([&] { return TextDatumGetCString(elements.values[i]); }));
  }
  return texts;
}

bool flag_argument(FunctionCallInfo fcinfo, int index) { return !PG_ARGISNULL(index) && PG_GETARG_BOOL(index); }

Oid oid_argument(FunctionCallInfo fcinfo, int index) { return PG_ARGISNULL(index) ? InvalidOid : PG_GETARG_OID(index); }

}  // namespace migfix::server
