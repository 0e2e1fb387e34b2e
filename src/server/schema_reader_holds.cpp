// What hangs on columns and views beside the objects of the model: what keeps them from being altered, and
// what a view that is made anew would lose.
#include "server/query.hpp"
#include "server/schema_reader_draft.hpp"
#include "server/sql_array.hpp"

extern "C" {
#include "catalog/pg_class_d.h"
}

namespace migfix::server {

namespace {

// $1: tables and views; that a view of them reads another of them is part of the model. A trigger hangs on a
// column by UPDATE OF and WHEN, a publication by its WHERE (ATPrepAlterColumnType refuses for each of these).
constinit Statement holders_of{
    "SELECT DISTINCT d.refobjid, d.refobjsubid,"
    " CASE WHEN a.oid IS NULL AND r.rulename = '_RETURN' THEN pg_describe_object('pg_class'::regclass, "
    "r.ev_class, 0)"
    "  WHEN a.oid IS NULL THEN pg_describe_object(d.classid, d.objid, d.objsubid)"
    "  ELSE 'generated column ' || (SELECT g.attname FROM pg_attribute AS g"
    "   WHERE g.attrelid = a.adrelid AND g.attnum = a.adnum) END AS holder"
    " FROM pg_depend AS d"
    " LEFT JOIN pg_rewrite AS r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid"
    " LEFT JOIN pg_attrdef AS a ON d.classid = 'pg_attrdef'::regclass AND a.oid = d.objid"
    " WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid IN (SELECT unnest($1::oid[])) AND ("
    "  d.refobjsubid > 0 AND d.classid IN ('pg_trigger'::regclass, 'pg_policy'::regclass, "
    "'pg_proc'::regclass,"
    "   'pg_publication_rel'::regclass)"
    "  OR d.refobjsubid > 0 AND a.adnum <> d.refobjsubid"
    "  OR r.rulename <> '_RETURN' OR r.ev_class NOT IN (SELECT unnest($1::oid[])))"
    " ORDER BY 1, 2, 3",
    1};

// $1: views. What whoever makes the view anew has by that is left out: the owner, where that is the caller.
constinit Statement restores_of{
    "WITH views AS (SELECT v.oid, v.relkind, v.relowner, v.reloptions, v.relacl,"
    "  format('%I.%I', n.nspname, v.relname) AS name,"
    "  CASE v.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END AS kind"
    "  FROM pg_class AS v JOIN pg_namespace AS n ON n.oid = v.relnamespace"
    "  WHERE v.oid IN (SELECT unnest($1::oid[]))),"
    " grants AS (SELECT v.oid, v.name, v.relowner, '' AS columns, x.* FROM views AS v, aclexplode(v.relacl) "
    "AS x"
    "  UNION ALL SELECT v.oid, v.name, v.relowner, format(' (%I)', a.attname), x.*"
    "  FROM views AS v JOIN pg_attribute AS a ON a.attrelid = v.oid, aclexplode(a.attacl) AS x)"
    " SELECT oid, statement FROM ("
    "  SELECT oid, 1, format('ALTER %s %s OWNER TO %I', kind, name, pg_get_userbyid(relowner)) FROM views"
    "   WHERE pg_get_userbyid(relowner) <> current_user"
    "  UNION ALL SELECT oid, 2, format('ALTER %s %s SET (%s)', kind, name, (SELECT string_agg("
    "    format('%s = %L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ') FROM "
    "unnest(reloptions)"
    "    AS o)) FROM views WHERE reloptions IS NOT NULL"
    "  UNION ALL SELECT v.oid, 3, pg_get_triggerdef(t.oid) FROM views AS v"
    "   JOIN pg_trigger AS t ON t.tgrelid = v.oid WHERE NOT t.tgisinternal"
    "  UNION ALL SELECT oid, 4, format('GRANT %s ON %s TO %s%s',"
    "    string_agg(privilege_type || columns, ', ' ORDER BY privilege_type, columns), name,"
    "    CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,"
    "    CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)"
    "   FROM grants WHERE grantee <> relowner GROUP BY oid, name, grantee, is_grantable"
    " ) AS restores (oid, place, statement) WHERE statement IS NOT NULL ORDER BY oid, place, statement",
    1};

core::Object *held(SchemaDraft &draft, Oid relation, int column) {
  const auto found = draft.relations.find(relation);
  if (found == draft.relations.end()) return nullptr;
  const char kind = found->second.kind;
  if (kind == RELKIND_VIEW || kind == RELKIND_MATVIEW) return found->second.object;
  return column == 0 ? nullptr : draft.noted(RelationRelationId, relation, column);
}

}  // namespace

void read_holds(SchemaDraft &draft) {
  std::vector<Oid> relations;
  std::vector<Oid> views;
  for (const auto &[oid, relation] : draft.relations) {
    const char kind = relation.kind;
    const bool is_view = kind == RELKIND_VIEW || kind == RELKIND_MATVIEW;
    if (is_view) views.push_back(oid);
    if (is_view || kind == RELKIND_RELATION || kind == RELKIND_PARTITIONED_TABLE) relations.push_back(oid);
  }
  if (relations.empty()) return;
  run(holders_of, {sql_array(relations)}, SnapshotKind::kActive, [&](const RowView &row) {
    core::Object *object = held(draft, static_cast<Oid>(row.integer(0)), static_cast<int>(row.integer(1)));
    if (object != nullptr && !row.null(2)) object->held_by.push_back(row.string(2));
  });
  if (views.empty()) return;
  run(restores_of, {sql_array(views)}, SnapshotKind::kActive, [&](const RowView &row) {
    core::Object *object = draft.relations[static_cast<Oid>(row.integer(0))].object;
    if (object != nullptr) std::get<core::View>(object->definition).restore.push_back(row.string(1));
  });
}

}  // namespace migfix::server
