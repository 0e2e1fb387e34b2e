#include "server/lowering_parts.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "mb/pg_wchar.h"
#include "nodes/value.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace migfix::server {

namespace {

// The name of a type, collation or operator class that the server finds in pg_catalog if it is there: it is
// searched first.
const char *catalog_name(const List *names) {
  if (list_length(names) == 1) return strVal(linitial(names));
  if (list_length(names) == 2 && strcmp(strVal(linitial(names)), "pg_catalog") == 0)
    return strVal(lsecond(names));
  return nullptr;
}

// palloc'd texts of a type of pg_catalog.
struct BuiltinType {
  const char *name;  // null: there is none
  const char *plain;
  const char *full;
  bool array;
};

// The constants in a type's parentheses as its modifier function takes them (typenameTypeMod, parse_type.c).
// Null where one of them is none.
Datum *modifier_texts(const List *modifiers) {
  auto *texts = static_cast<Datum *>(palloc(sizeof(Datum) * (list_length(modifiers) + 1)));
  int count = 0;
  ListCell *cell;
  foreach (cell, modifiers) {
    const auto *node = static_cast<const Node *>(lfirst(cell));
    const char *text = nullptr;
    if (IsA(node, A_Const)) {
      const auto *constant = reinterpret_cast<const A_Const *>(node);
      if (constant->isnull) return nullptr;
      if (IsA(&constant->val, Integer))
        text = psprintf("%d", intVal(&constant->val));
      else if (IsA(&constant->val, Float) || IsA(&constant->val, String))
        text = strVal(&constant->val);
    } else if (IsA(node, ColumnRef)) {
      const auto *fields = reinterpret_cast<const ColumnRef *>(node)->fields;
      if (list_length(fields) == 1 && IsA(linitial(fields), String)) text = strVal(linitial(fields));
    }
    if (text == nullptr) return nullptr;
    texts[count++] = CStringGetDatum(text);
  }
  return texts;
}

// What is raised in here is about the text, and nothing is held that an error would leak.
BuiltinType builtin_type(const char *name, const List *modifiers) {
  BuiltinType found{};
  Oid type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(name),
                             ObjectIdGetDatum(PG_CATALOG_NAMESPACE));
  if (!OidIsValid(type)) return found;
  const Oid element = get_element_type(type);
  if (OidIsValid(element)) {
    found.array = true;
    type = element;
  }
  HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
  if (!HeapTupleIsValid(tuple)) return found;
  const auto *form = reinterpret_cast<Form_pg_type>(GETSTRUCT(tuple));
  const Oid reads_modifiers = form->typmodin;
  found.name = pstrdup(NameStr(form->typname));
  ReleaseSysCache(tuple);
  int32 modifier = -1;
  if (modifiers != NIL) {
    if (!OidIsValid(reads_modifiers))
      ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR),
                      errmsg("type modifier is not allowed for type \"%s\"", found.name)));
    Datum *texts = modifier_texts(modifiers);
    if (texts == nullptr)
      ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR),
                      errmsg("type modifiers must be simple constants or identifiers")));
    ArrayType *array = construct_array(texts, list_length(modifiers), CSTRINGOID, -2, false, TYPALIGN_CHAR);
    modifier = DatumGetInt32(OidFunctionCall1(reads_modifiers, PointerGetDatum(array)));
  }
  if (modifier < 0) {
    // So that what is no character(1) does not read "character".
    found.plain = found.full = format_type_extended(type, -1, FORMAT_TYPE_TYPEMOD_GIVEN);
    return found;
  }
  found.plain = format_type_extended(type, -1, 0);
  found.full = format_type_extended(type, modifier, FORMAT_TYPE_TYPEMOD_GIVEN);
  return found;
}

// "(point,4326)" of a type that is looked up later.
std::string written_modifiers(Lowering &lowering, const TypeName *type) {
  if (type->typmods == NIL) return {};
  const Datum *texts = call([&] { return modifier_texts(type->typmods); });
  if (texts == nullptr)
    return lowering.tokens().text(lowering.tokens().enclosed(lowering.from(type->location)));
  std::string modifiers;
  for (int i = 0; i < list_length(type->typmods); ++i) {
    modifiers += i == 0 ? "(" : ",";
    modifiers += DatumGetCString(texts[i]);
  }
  return modifiers + ")";
}

}  // namespace

core::DataType lower_type(Lowering &lowering, const TypeName *type) {
  if (type == nullptr) throw NotModelled{"a column without a type is not modelled"};
  if (type->pct_type || type->setof || type->names == NIL)
    throw NotModelled{"a type that is taken from a column is not modelled"};
  core::DataType lowered;
  lowered.array = type->arrayBounds != NIL;
  if (const char *name = catalog_name(type->names)) {
    const BuiltinType found = call([&] {
      error_context_stack = nullptr;
      return builtin_type(name, type->typmods);
    });
    if (found.name != nullptr) {
      lowered.array = lowered.array || found.array;
      lowered.name = {"pg_catalog", found.name};
      const std::string_view plain = found.plain, full = found.full;
      lowered.shown = plain;
      if (full.starts_with(plain)) {
        lowered.modifiers = full.substr(plain.size());
      } else {  // timestamp(3) with time zone
        lowered.shown = full;
        const std::size_t open = full.find('('), close = full.find(')');
        if (open < close && close != std::string_view::npos)
          lowered.modifiers = full.substr(open, close + 1 - open);
      }
      return lowered;
    }
  }
  lowered.name = lowering.name(type->names);
  lowered.modifiers = written_modifiers(lowering, type);
  return lowered;
}

std::optional<core::DataType> serial_type(const TypeName *type) {
  if (type == nullptr || list_length(type->names) != 1 || type->pct_type || type->arrayBounds != NIL)
    return std::nullopt;
  const std::string_view name = strVal(linitial(type->names));
  const auto integer = [](const char *catalog, const char *shown) {
    core::DataType lowered;
    lowered.name = {"pg_catalog", catalog};
    lowered.shown = shown;
    return lowered;
  };
  if (name == "smallserial" || name == "serial2") return integer("int2", "smallint");
  if (name == "serial" || name == "serial4") return integer("int4", "integer");
  if (name == "bigserial" || name == "serial8") return integer("int8", "bigint");
  return std::nullopt;
}

core::QualifiedName lower_collation(Lowering &lowering, const List *names) {
  const char *name = catalog_name(names);
  if (name == nullptr) return lowering.name(names);
  if (strcmp(name, "default") == 0) return {};
  const bool is_builtin = call([&] {
    const auto is_there = [&](int encoding) {
      return SearchSysCacheExists3(COLLNAMEENCNSP, CStringGetDatum(name), Int32GetDatum(encoding),
                                   ObjectIdGetDatum(PG_CATALOG_NAMESPACE));
    };
    return is_there(GetDatabaseEncoding()) || is_there(-1);
  });
  return is_builtin ? core::QualifiedName{"pg_catalog", name} : lowering.name(names);
}

core::QualifiedName lower_operator_class(Lowering &lowering, const List *names, const char *method) {
  if (names == NIL) return {};
  const char *name = catalog_name(names);
  if (name == nullptr) return lowering.name(names);
  enum Found { kNone, kDefault, kOther };
  const Found found = call([&] {
    const Oid access_method = get_index_am_oid(method, true);
    if (!OidIsValid(access_method)) return kNone;
    HeapTuple tuple = SearchSysCache3(CLAAMNAMENSP, ObjectIdGetDatum(access_method), CStringGetDatum(name),
                                      ObjectIdGetDatum(PG_CATALOG_NAMESPACE));
    if (!HeapTupleIsValid(tuple)) return kNone;
    const bool is_default = reinterpret_cast<Form_pg_opclass>(GETSTRUCT(tuple))->opcdefault;
    ReleaseSysCache(tuple);
    return is_default ? kDefault : kOther;
  });
  if (found == kDefault) return {};
  return found == kOther ? core::QualifiedName{"pg_catalog", name} : lowering.name(names);
}

}  // namespace migfix::server
