#include "server/schema_reader_types.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_namespace_d.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace migfix::server {

namespace {

struct Named {
  Oid schema = InvalidOid;
  NameData name = {};
};

struct TypeRow {
  Named named;
  Oid element;  // of a true array
  const char *modifiers;
  const char *shown;
};

bool has_zone_words(Oid type) {
  return type == TIMESTAMPOID || type == TIMESTAMPTZOID || type == TIMEOID || type == TIMETZOID;
}

// Runs inside call(): the modifiers as format_type() writes them.
const char *modifiers_text(Oid writer, std::int32_t modifiers) {
  if (modifiers < 0) return "";
  if (!OidIsValid(writer)) return psprintf("(%d)", modifiers);
  char *text = DatumGetCString(OidFunctionCall1(writer, Int32GetDatum(modifiers)));
  char *zone = strstr(text, " with");
  if (zone != nullptr) *zone = '\0';
  return text;
}

// Runs inside call().
TypeRow read_type(Oid oid, std::int32_t modifiers) {
  TypeRow row{{}, InvalidOid, "", ""};
  HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(oid));
  if (!HeapTupleIsValid(tuple)) return row;
  const auto *form = reinterpret_cast<const FormData_pg_type *>(GETSTRUCT(tuple));
  row.named = {form->typnamespace, form->typname};
  if (IsTrueArrayType(form)) row.element = form->typelem;
  const Oid writer = form->typmodout;
  ReleaseSysCache(tuple);
  row.modifiers = modifiers_text(writer, modifiers);
  if (!OidIsValid(row.element) && row.named.schema == PG_CATALOG_NAMESPACE) {
    // With a modifier or as one without: `character` alone would mean character(1), which bpchar does not.
    const bool whole = modifiers < 0 || has_zone_words(oid);
    row.shown = format_type_extended(oid, whole ? modifiers : -1, whole ? FORMAT_TYPE_TYPEMOD_GIVEN : 0);
  }
  return row;
}

struct OperatorClassRow {
  Named named;
  Oid method;
};

}  // namespace

const std::string &TypeReader::schema(Oid schema) {
  const auto [at, is_new] = schemas_.try_emplace(schema);
  if (is_new) {
    const char *name = call([&] { return get_namespace_name(schema); });
    if (name != nullptr) at->second = name;
  }
  return at->second;
}

const core::DataType &TypeReader::type(Oid oid, std::int32_t modifiers) {
  const auto [at, is_new] = types_.try_emplace({oid, modifiers});
  if (!is_new) return at->second;
  const TypeRow row = call([&] { return read_type(oid, modifiers); });
  core::DataType &type = at->second;
  if (OidIsValid(row.element)) {
    type = this->type(row.element, modifiers);
    type.array = true;
    return type;
  }
  if (OidIsValid(row.named.schema)) type.name = {schema(row.named.schema), NameStr(row.named.name)};
  type.modifiers = row.modifiers;
  type.shown = row.shown;
  return type;
}

const core::QualifiedName &TypeReader::collation(Oid collation) {
  const auto [at, is_new] = collations_.try_emplace(collation);
  if (!is_new || !OidIsValid(collation)) return at->second;
  const Named named = call([&] {
    Named found;
    HeapTuple tuple = SearchSysCache1(COLLOID, ObjectIdGetDatum(collation));
    if (!HeapTupleIsValid(tuple)) return found;
    const auto *form = reinterpret_cast<const FormData_pg_collation *>(GETSTRUCT(tuple));
    found = {form->collnamespace, form->collname};
    ReleaseSysCache(tuple);
    return found;
  });
  if (OidIsValid(named.schema)) at->second = {schema(named.schema), NameStr(named.name)};
  return at->second;
}

const core::QualifiedName &TypeReader::relation(Oid relation) {
  const auto [at, is_new] = relations_.try_emplace(relation);
  if (!is_new || !OidIsValid(relation)) return at->second;
  const Named named = call([&] {
    Named found;
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
    if (!HeapTupleIsValid(tuple)) return found;
    const auto *form = reinterpret_cast<const FormData_pg_class *>(GETSTRUCT(tuple));
    found = {form->relnamespace, form->relname};
    ReleaseSysCache(tuple);
    return found;
  });
  if (OidIsValid(named.schema)) at->second = {schema(named.schema), NameStr(named.name)};
  return at->second;
}

core::QualifiedName TypeReader::operator_class(Oid operator_class, Oid type) {
  const auto [at, is_new] = operator_classes_.try_emplace({operator_class, type});
  if (!is_new) return at->second;
  const OperatorClassRow row = call([&] {
    OperatorClassRow found{};
    HeapTuple tuple = SearchSysCache1(CLAOID, ObjectIdGetDatum(operator_class));
    if (!HeapTupleIsValid(tuple)) return found;
    const auto *form = reinterpret_cast<const FormData_pg_opclass *>(GETSTRUCT(tuple));
    found = {{form->opcnamespace, form->opcname}, form->opcmethod};
    ReleaseSysCache(tuple);
    if (OidIsValid(type) && GetDefaultOpClass(type, found.method) == operator_class)
      found.named.schema = InvalidOid;
    return found;
  });
  if (OidIsValid(row.named.schema)) at->second = {schema(row.named.schema), NameStr(row.named.name)};
  return at->second;
}

Oid TypeReader::collation_of(Oid type) {
  const auto [at, is_new] = default_collations_.try_emplace(type);
  if (is_new) at->second = call([&] { return get_typcollation(type); });
  return at->second;
}

}  // namespace migfix::server
