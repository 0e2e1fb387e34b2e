#include "server/observation_objects.hpp"

#include "server/observed_identity.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/objectaccess.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_attrdef.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
}

namespace migfix::server {

namespace {

object_access_hook_type next_object_access = nullptr;

// Catalogs whose objects revisions are made of. Those of roles, databases and settings are not among them.
bool is_watched(Oid catalog) {
  switch (catalog) {
    case RelationRelationId:
    case ConstraintRelationId:
    case TriggerRelationId:
    case TypeRelationId:
    case ProcedureRelationId:
    case NamespaceRelationId:
    case ExtensionRelationId:
    case AttrDefaultRelationId:
    case RewriteRelationId:
    case InheritsRelationId:
      return true;
    default:
      return !kind_beyond_definitions(catalog).empty();
  }
}

bool is_own_work(Oid catalog) {
  return creating_extension && catalog != ExtensionRelationId;
}

bool is_made_here(const SeenStatement &statement, Oid catalog, Oid oid) {
  return std::any_of(statement.touched.begin(), statement.touched.end(), [&](const auto &touched) {
    return touched.what.is_new && touched.what.part == 0 && touched.what.catalog == catalog &&
           touched.what.oid == oid;
  });
}

// A default and a rule fall from a column or a view that stays, or goes itself.
bool touch_owner_of(Oid catalog, Oid oid) {
  if (catalog == AttrDefaultRelationId) {
    const ObjectAddress column = call([&] { return GetAttrDefaultColumnAddress(oid); });
    if (OidIsValid(column.objectId))
      note_touch(RelationRelationId, column.objectId, column.objectSubId, false);
    return true;
  }
  return catalog == RewriteRelationId;
}

void note_drop(Oid catalog, Oid oid, int part) {
  if (touch_owner_of(catalog, oid)) return;
  std::string beyond = kind_beyond_definitions(catalog);
  const auto id = object_id_of(catalog, oid, part);
  if (!id && beyond.empty()) {
    // A constraint of a domain is a part of it.
    if (catalog != ConstraintRelationId) return;
    const Oid domain = domain_of_constraint(oid);
    if (OidIsValid(domain)) note_touch(TypeRelationId, domain, 0, false);
    return;
  }
  SeenStatement *statement = keep_running();
  if (statement == nullptr) return;
  session_memory().changed_schema = true;
  if (!beyond.empty())
    statement->beyond.insert(std::move(beyond));
  else if (!is_made_here(*statement, catalog, oid))
    statement->gone.push_back({GetCurrentTransactionNestLevel(), *id});
}

void at_object_access(ObjectAccessType access, Oid catalog, Oid oid, int part, void *argument) {
  if (next_object_access != nullptr) next_object_access(access, catalog, oid, part, argument);
  if (access != OAT_POST_CREATE && access != OAT_POST_ALTER && access != OAT_DROP) return;
  const RunningStatement *running = running_statement();
  if (running == nullptr || running->writes_versions || is_own_work(catalog) || !is_watched(catalog)) return;
  look([&] {
    if (access == OAT_DROP)
      note_drop(catalog, oid, part);
    else
      note_touch(catalog, oid, part, access == OAT_POST_CREATE);
  });
}

}  // namespace

void note_touch(Oid catalog, Oid oid, int part, bool is_new) {
  std::string beyond = kind_beyond_definitions(catalog);
  SeenStatement *statement = keep_running();
  if (statement == nullptr) return;
  session_memory().changed_schema = true;
  if (!beyond.empty()) {
    statement->beyond.insert(std::move(beyond));
    return;
  }
  const TouchedObject touched{catalog, oid, part, is_new};
  if (statement->touched.empty() || !(statement->touched.back().what == touched))
    statement->touched.push_back({GetCurrentTransactionNestLevel(), touched});
}

void watch_objects() {
  next_object_access = object_access_hook;
  object_access_hook = at_object_access;
}

}  // namespace migfix::server
