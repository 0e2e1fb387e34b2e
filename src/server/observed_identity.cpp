#include "server/observed_identity.hpp"

#include "server/settings.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/catalog.h"
#include "catalog/namespace.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_cast_d.h"
#include "catalog/pg_attrdef.h"
#include "catalog/pg_collation_d.h"
#include "catalog/pg_conversion_d.h"
#include "catalog/pg_event_trigger_d.h"
#include "catalog/pg_foreign_data_wrapper_d.h"
#include "catalog/pg_foreign_server_d.h"
#include "catalog/pg_language_d.h"
#include "catalog/pg_opclass_d.h"
#include "catalog/pg_operator_d.h"
#include "catalog/pg_opfamily_d.h"
#include "catalog/pg_policy_d.h"
#include "catalog/pg_publication_d.h"
#include "catalog/pg_statistic_ext_d.h"
#include "catalog/pg_subscription_d.h"
#include "catalog/pg_transform_d.h"
#include "catalog/pg_ts_config_d.h"
#include "catalog/pg_ts_dict_d.h"
#include "catalog/pg_ts_parser_d.h"
#include "catalog/pg_ts_template_d.h"
#include "catalog/pg_user_mapping_d.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "access/genam.h"
#include "access/table.h"
#include "commands/extension.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"
}

namespace migfix::server {

namespace {

using core::ObjectKind;

// What is told of one object, in plain storage: filled inside call().
struct Told {
  bool found;
  ObjectKind kind;
  Oid schema;
  Oid table;  // then `schema` is not set
  NameData name;
};

void tell_relation(Oid oid, Told &told) {
  HeapTuple row = SearchSysCache1(RELOID, ObjectIdGetDatum(oid));
  if (!HeapTupleIsValid(row)) return;
  const auto *form = reinterpret_cast<Form_pg_class>(GETSTRUCT(row));
  told.found = form->relpersistence != RELPERSISTENCE_TEMP;
  told.schema = form->relnamespace;
  told.name = form->relname;
  switch (form->relkind) {
    case RELKIND_RELATION:
    case RELKIND_PARTITIONED_TABLE:
      told.kind = ObjectKind::kTable;
      break;
    case RELKIND_VIEW:
    case RELKIND_MATVIEW:
      told.kind = ObjectKind::kView;
      break;
    case RELKIND_SEQUENCE:
      told.kind = ObjectKind::kSequence;
      break;
    case RELKIND_INDEX:
    case RELKIND_PARTITIONED_INDEX:
      told.kind = ObjectKind::kIndex;
      break;
    case RELKIND_COMPOSITE_TYPE:
      told.kind = ObjectKind::kComposite;
      break;
    default:
      told.found = false;
      break;
  }
  ReleaseSysCache(row);
}

void tell_column(Oid oid, int number, Told &told) {
  HeapTuple row = SearchSysCache2(ATTNUM, ObjectIdGetDatum(oid), Int16GetDatum(static_cast<int16>(number)));
  if (!HeapTupleIsValid(row)) return;
  const auto *form = reinterpret_cast<Form_pg_attribute>(GETSTRUCT(row));
  const char kind = get_rel_relkind(oid);
  told.found =
      !form->attisdropped && number > 0 && (kind == RELKIND_RELATION || kind == RELKIND_PARTITIONED_TABLE);
  told.kind = ObjectKind::kColumn;
  told.table = oid;
  told.name = form->attname;
  ReleaseSysCache(row);
}

void tell_constraint(Oid oid, Told &told) {
  HeapTuple row = SearchSysCache1(CONSTROID, ObjectIdGetDatum(oid));
  if (!HeapTupleIsValid(row)) return;
  const auto *form = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(row));
  // Those of a domain are a part of it, and since 18 a column's NOT NULL is one too.
  told.found = OidIsValid(form->conrelid) && form->contype != 'n';
  told.kind = ObjectKind::kConstraint;
  told.table = form->conrelid;
  told.name = form->conname;
  ReleaseSysCache(row);
}

// There is no cache of triggers by their number.
void tell_trigger(Oid oid, Told &told) {
  Relation triggers = table_open(TriggerRelationId, AccessShareLock);
  ScanKeyData key;
  ScanKeyInit(&key, Anum_pg_trigger_oid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(oid));
  SysScanDesc scan = systable_beginscan(triggers, TriggerOidIndexId, true, nullptr, 1, &key);
  if (HeapTuple row = systable_getnext(scan); HeapTupleIsValid(row)) {
    const auto *form = reinterpret_cast<Form_pg_trigger>(GETSTRUCT(row));
    told.found = !form->tgisinternal && !OidIsValid(form->tgparentid);
    told.kind = ObjectKind::kTrigger;
    told.table = form->tgrelid;
    told.name = form->tgname;
  }
  systable_endscan(scan);
  table_close(triggers, AccessShareLock);
}

void tell_type(Oid oid, Told &told) {
  HeapTuple row = SearchSysCache1(TYPEOID, ObjectIdGetDatum(oid));
  if (!HeapTupleIsValid(row)) return;
  const auto *form = reinterpret_cast<Form_pg_type>(GETSTRUCT(row));
  told.found = form->typtype == TYPTYPE_ENUM || form->typtype == TYPTYPE_DOMAIN;
  told.kind = form->typtype == TYPTYPE_ENUM ? ObjectKind::kEnum : ObjectKind::kDomain;
  told.schema = form->typnamespace;
  told.name = form->typname;
  ReleaseSysCache(row);
}

void tell_function(Oid oid, Told &told) {
  HeapTuple row = SearchSysCache1(PROCOID, ObjectIdGetDatum(oid));
  if (!HeapTupleIsValid(row)) return;
  const auto *form = reinterpret_cast<Form_pg_proc>(GETSTRUCT(row));
  told.found = form->prokind != PROKIND_AGGREGATE;
  told.kind = ObjectKind::kFunction;
  told.schema = form->pronamespace;
  told.name = form->proname;
  ReleaseSysCache(row);
}

void tell_named(ObjectKind kind, const char *name, Told &told) {
  if (name == nullptr) return;
  told.found = true;
  told.kind = kind;
  namestrcpy(&told.name, name);
}

void tell(Oid catalog, Oid oid, int part, Told &told) {
  switch (catalog) {
    case RelationRelationId:
      return part == 0 ? tell_relation(oid, told) : tell_column(oid, part, told);
    case ConstraintRelationId:
      return tell_constraint(oid, told);
    case TriggerRelationId:
      return tell_trigger(oid, told);
    case TypeRelationId:
      return tell_type(oid, told);
    case ProcedureRelationId:
      return tell_function(oid, told);
    case NamespaceRelationId:
      return tell_named(ObjectKind::kSchema, get_namespace_name(oid), told);
    case ExtensionRelationId:
      return tell_named(ObjectKind::kExtension, get_extension_name(oid), told);
    default:
      return;
  }
}

// Runs inside call().
bool is_own_schema(Oid schema) {
  if (isAnyTempNamespace(schema) || IsCatalogNamespace(schema) || IsToastNamespace(schema)) return true;
  const char *name = get_namespace_name(schema);
  return name == nullptr || strcmp(name, "migfix") == 0 || strcmp(name, "information_schema") == 0;
}

}  // namespace

std::optional<core::ObjectId> object_id_of(Oid catalog, Oid oid, int part) {
  Told told{};
  const char *schema = nullptr;
  const char *table = nullptr;
  const bool found = call([&] {
    tell(catalog, oid, part, told);
    if (!told.found) return false;
    if (OidIsValid(told.table)) {
      table = get_rel_name(told.table);
      told.schema = get_rel_namespace(told.table);
      if (table == nullptr || is_beside_migrations(told.table)) return false;
    } else if (told.kind != ObjectKind::kSchema && told.kind != ObjectKind::kExtension) {
      if (catalog == RelationRelationId && is_beside_migrations(oid)) return false;
    } else {
      return !(told.kind == ObjectKind::kSchema && isAnyTempNamespace(oid));
    }
    if (is_own_schema(told.schema)) return false;
    schema = get_namespace_name(told.schema);
    return true;
  });
  if (!found) return std::nullopt;
  return core::ObjectId{told.kind, schema == nullptr ? "" : schema, table == nullptr ? "" : table,
                        NameStr(told.name)};
}

bool is_beside_migrations(Oid relation) {
  return call([&] {
    const char *name = get_rel_name(relation);
    if (name == nullptr) return false;
    return is_version_table_name(name) || is_own_schema(get_rel_namespace(relation));
  });
}

Oid domain_of_constraint(Oid constraint) {
  return call([&] {
    HeapTuple row = SearchSysCache1(CONSTROID, ObjectIdGetDatum(constraint));
    if (!HeapTupleIsValid(row)) return InvalidOid;
    const Oid domain = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(row))->contypid;
    ReleaseSysCache(row);
    return domain;
  });
}

std::string kind_beyond_definitions(Oid catalog) {
  switch (catalog) {
    case PolicyRelationId:
      return "policy";
    case CastRelationId:
      return "cast";
    case CollationRelationId:
      return "collation";
    case ConversionRelationId:
      return "conversion";
    case OperatorRelationId:
      return "operator";
    case OperatorClassRelationId:
      return "operator class";
    case OperatorFamilyRelationId:
      return "operator family";
    case LanguageRelationId:
      return "language";
    case StatisticExtRelationId:
      return "statistics object";
    case PublicationRelationId:
      return "publication";
    case SubscriptionRelationId:
      return "subscription";
    case ForeignDataWrapperRelationId:
      return "foreign-data wrapper";
    case ForeignServerRelationId:
      return "server";
    case UserMappingRelationId:
      return "user mapping";
    case EventTriggerRelationId:
      return "event trigger";
    case TransformRelationId:
      return "transform";
    case AccessMethodRelationId:
      return "access method";
    case TSConfigRelationId:
      return "text search configuration";
    case TSDictionaryRelationId:
      return "text search dictionary";
    case TSParserRelationId:
      return "text search parser";
    case TSTemplateRelationId:
      return "text search template";
    default:
      return {};
  }
}

}  // namespace migfix::server
