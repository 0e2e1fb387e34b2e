#include "server/extension.hpp"

#include "server/query.hpp"

extern "C" {
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_extension.h"
#include "commands/dbcommands.h"
#include "commands/extension.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
}

namespace migfix::server {

namespace {

// PostgreSQL 15 keeps its own function for this to itself.
Oid schema_oid() {
  return call([] {
    Relation extensions = table_open(ExtensionRelationId, AccessShareLock);
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_extension_extname, BTEqualStrategyNumber, F_NAMEEQ, CStringGetDatum("migfix"));
    SysScanDesc scan = systable_beginscan(extensions, ExtensionNameIndexId, true, nullptr, 1, &key);
    HeapTuple tuple = systable_getnext(scan);
    const Oid schema =
        HeapTupleIsValid(tuple) ? reinterpret_cast<Form_pg_extension>(GETSTRUCT(tuple))->extnamespace : InvalidOid;
    systable_endscan(scan);
    table_close(extensions, AccessShareLock);
    return schema;
  });
}

}  // namespace

Oid extension_oid() {
  return call([] { return get_extension_oid("migfix", true); });
}

std::string functions_raw_schema() {
  const Oid schema = schema_oid();
  const char *name = call([&] { return get_namespace_name(schema); });
  return name != nullptr ? name : std::string();
}

std::string functions_schema() { return quote_name(functions_raw_schema().c_str()); }

std::string functions_prefix() {
  const std::string schema = functions_schema();
  return schema == "\"\"" || schema == "public" ? std::string() : schema + ".";
}

std::string database_name() {
  const char *name = call([] { return get_database_name(MyDatabaseId); });
  return quote_name(name);
}

}  // namespace migfix::server
