#include "server/existing_hint.hpp"

#include "server/ddl_log.hpp"
#include "server/environment_cache.hpp"
#include "server/extension.hpp"
#include "server/query.hpp"
#include "server/settings.hpp"
#include "server/version_relation.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_attrdef_d.h"
#include "catalog/pg_attribute_d.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_constraint_d.h"
#include "catalog/pg_depend_d.h"
#include "catalog/pg_enum_d.h"
#include "catalog/pg_index_d.h"
#include "catalog/pg_inherits_d.h"
#include "catalog/pg_namespace_d.h"
#include "catalog/pg_operator_d.h"
#include "catalog/pg_partitioned_table_d.h"
#include "catalog/pg_policy_d.h"
#include "catalog/pg_rewrite_d.h"
#include "catalog/pg_sequence_d.h"
#include "catalog/pg_trigger_d.h"
#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
}

namespace migfix::server {

namespace {

constexpr Oid kCatalogs[] = {
    AccessMethodRelationId, AttrDefaultRelationId, AttributeRelationId, RelationRelationId,
    ConstraintRelationId,   DependRelationId,      EnumRelationId,      IndexRelationId,
    InheritsRelationId,     NamespaceRelationId,   OperatorRelationId,  PartitionedRelationId,
    PolicyRelationId,       RewriteRelationId,     SequenceRelationId,  TriggerRelationId,
    TypeRelationId,
};

// The version table in that schema, or else on the search_path, as Alembic finds it; InvalidOid: there is
// none.
Oid version_table_for(Oid schema, const std::vector<std::string> &names) {
  return call([&] {
    for (const std::string &name : names) {
      const Oid relation = get_relname_relid(name.c_str(), schema);
      if (OidIsValid(relation)) return relation;
    }
    for (const std::string &name : names) {
      const Oid relation = RelnameGetRelid(name.c_str());
      if (OidIsValid(relation)) return relation;
    }
    return InvalidOid;
  });
}

// What the log calls it. Of what is a row type it has the table.
core::DdlName logged_name(const TakenName &taken) {
  core::DdlName name;
  const char *schema = call([&] { return get_namespace_name(taken.schema); });
  name.name = taken.name;
  if (taken.clash == core::Clash::kSchema) {
    name.type = "schema";
    return name;
  }
  if (schema != nullptr) name.schema = schema;
  if (taken.clash == core::Clash::kColumn || taken.clash == core::Clash::kConstraint) {
    const char *table = call([&] { return get_rel_name(taken.table); });
    name.part = std::exchange(name.name, table == nullptr ? std::string() : std::string(table));
    name.type = "table";
    return name;
  }
  const Oid relation = taken.clash == core::Clash::kRelation
                           ? taken.there
                           : call([&] { return get_typ_typrelid(taken.there); });
  switch (OidIsValid(relation) ? call([&] { return get_rel_relkind(relation); }) : RELKIND_COMPOSITE_TYPE) {
    case RELKIND_COMPOSITE_TYPE:
      name.type = "type";
      break;
    case RELKIND_VIEW:
    case RELKIND_MATVIEW:
      name.type = "view";
      break;
    case RELKIND_INDEX:
    case RELKIND_PARTITIONED_INDEX:
      name.type = "index";
      break;
    case RELKIND_SEQUENCE:
      name.type = "sequence";
      break;
    default:
      name.type = "table";
  }
  return name;
}

}  // namespace

void fill_hint(const TakenName &taken, core::ExistingObject &object) {
  if (may_read_ddl_log()) {
    if (const auto entry = origin_of(logged_name(taken))) object.origin = core::origin_in_words(*entry);
  }
  const std::vector<std::string> names = version_table_names();
  const Oid table = version_table_for(taken.schema, names);
  const char *schema = call([&] { return get_namespace_name(taken.schema); });
  if (OidIsValid(table))
    object.version_table = relation_name(table);
  else if (schema != nullptr && !names.empty())
    object.version_table = fmt::format("{}.{}", quote_name(schema), quote_name(names.front().c_str()));
  object.is_loaded = environment_of(object.version_table, {}) != nullptr;
  object.functions = functions_prefix();
  object.database = database_name();
  object.may_set = superuser();
  if (!object.owner.empty()) object.owner = quote_name(object.owner.c_str());
}

bool may_read_catalogs() {
  return call([] {
    for (const Oid catalog : kCatalogs) {
      if (pg_class_aclcheck(catalog, GetUserId(), ACL_SELECT) != ACLCHECK_OK) return false;
    }
    return true;
  });
}

}  // namespace migfix::server
