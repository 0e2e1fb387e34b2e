// Enums and domains, views' queries, functions, triggers and comments.
#include "server/catalog_sql.hpp"
#include "server/extension.hpp"
#include "server/query.hpp"
#include "server/schema_reader_draft.hpp"
#include "server/server_forms_query.hpp"
#include "server/sql_array.hpp"
#include "server/subtransaction.hpp"

extern "C" {
#include "catalog/pg_class_d.h"
#include "catalog/pg_constraint_d.h"
#include "catalog/pg_namespace_d.h"
#include "catalog/pg_proc_d.h"
#include "catalog/pg_trigger_d.h"
#include "catalog/pg_type_d.h"
#include "nodes/value.h"
}

namespace migfix::server {

namespace {

using core::ObjectKind;

// $1: schemas. Used is what a DROP TYPE would stumble over, of the enum or of its array.
#define MIGFIX_ENUMS_WHERE                                                                                   \
  "SELECT t.oid, t.typnamespace, t.typname,"                                                                 \
  " (SELECT array_to_string(array_agg(e.enumlabel ORDER BY e.enumsortorder), chr(1)) FROM pg_enum AS e"      \
  "  WHERE e.enumtypid = t.oid),"                                                                            \
  " EXISTS (SELECT FROM pg_depend AS u WHERE u.refclassid = 'pg_type'::regclass"                             \
  "  AND u.refobjid IN (t.oid, t.typarray) AND u.deptype IN ('n', 'a'))"                                     \
  " FROM pg_type AS t WHERE t.typtype = 'e' AND "

constinit Statement enums_in{
    MIGFIX_ENUMS_WHERE "t.typnamespace IN (SELECT unnest($1::oid[])) AND" MIGFIX_USER_TYPE, 1};

// $1: types; by the index, one by one.
constinit Statement enums_with_oid{MIGFIX_ENUMS_WHERE "t.oid = ANY ($1::oid[])", 1};

#define MIGFIX_DOMAINS_WHERE                                                                           \
  "SELECT t.oid, t.typnamespace, t.typname, t.typbasetype, t.typtypmod, t.typnotnull, t.typdefaultbin," \
  " t.typcollation FROM pg_type AS t WHERE t.typtype = 'd' AND "

constinit Statement domains_in{
    MIGFIX_DOMAINS_WHERE "t.typnamespace IN (SELECT unnest($1::oid[])) AND" MIGFIX_USER_TYPE, 1};

constinit Statement domains_with_oid{MIGFIX_DOMAINS_WHERE "t.oid = ANY ($1::oid[])", 1};

constinit Statement domain_checks{
    "SELECT c.contypid, c.conname, c.conbin FROM pg_constraint AS c"
    " WHERE c.contypid IN (SELECT unnest($1::oid[])) AND c.contype = 'c' ORDER BY c.contypid, c.conname",
    1};

// Composite types: comments on them are the types', not the relations'.
constinit Statement composite_types{
    "SELECT t.oid, t.typrelid FROM pg_type AS t WHERE t.typtype = 'c' AND t.typrelid IN (SELECT "
    "unnest($1::oid[]))",
    1};

constinit Statement rules_of{
    "SELECT r.ev_class, r.ev_action FROM pg_rewrite AS r"
    " WHERE r.ev_class IN (SELECT unnest($1::oid[])) AND r.rulename = '_RETURN'",
    1};

#define MIGFIX_FUNCTIONS_WHERE(condition)                                      \
  "SELECT p.oid, p.pronamespace, p.proname FROM pg_proc AS p"                  \
  " WHERE " condition " AND p.prokind <> 'a' AND NOT EXISTS ("                 \
  "SELECT FROM pg_depend AS m WHERE m.classid = 'pg_proc'::regclass"           \
  " AND m.objid = p.oid AND m.refclassid = 'pg_extension'::regclass AND m.deptype = 'e')" \
  " ORDER BY p.pronamespace, p.proname"

constinit Statement functions_in{MIGFIX_FUNCTIONS_WHERE("p.pronamespace IN (SELECT unnest($1::oid[]))"), 1};

// $1: functions; by the index, one by one.
constinit Statement functions_with_oid{MIGFIX_FUNCTIONS_WHERE("p.oid = ANY ($1::oid[])"), 1};

// $1: relations; $2: migfix itself.
constinit Statement triggers_of{
    "SELECT t.oid, t.tgrelid, t.tgname FROM pg_trigger AS t"
    " WHERE t.tgrelid IN (SELECT unnest($1::oid[])) AND NOT t.tgisinternal AND t.tgparentid = 0"
    " AND t.tgfoid NOT IN (SELECT m.objid FROM pg_depend AS m WHERE m.classid = 'pg_proc'::regclass"
    "  AND m.refclassid = 'pg_extension'::regclass AND m.refobjid = $2::oid AND m.deptype = 'e')",
    2};

// $1: objects of any catalog.
constinit Statement comments_on{
    "SELECT d.classoid, d.objoid, d.objsubid, d.description FROM pg_description AS d"
    " WHERE d.objoid IN (SELECT unnest($1::oid[]))",
    1};

std::string schemas_of(const SchemaDraft &draft) {
  std::vector<Oid> oids;
  for (const auto &[oid, name] : draft.schemas) oids.push_back(oid);
  return sql_array(oids);
}

void read_enums(SchemaDraft &draft, const std::string &oids) {
  run(draft.only ? enums_with_oid : enums_in, {oids}, SnapshotKind::kActive, [&](const RowView &row) {
    const auto schema = static_cast<Oid>(row.integer(1));
    core::Object &object = draft.add(schema, {ObjectKind::kEnum, draft.schemas[schema], {}, row.string(2)},
                                     core::Enum{joined_items(row.text(3)), row.flag(4)});
    draft.note(TypeRelationId, static_cast<Oid>(row.integer(0)), 0, object);
  });
}

void read_domains(SchemaDraft &draft, const std::string &oids_or_schemas) {
  std::unordered_map<Oid, core::Object *> domains;
  std::vector<Oid> oids;
  run(draft.only ? domains_with_oid : domains_in, {oids_or_schemas}, SnapshotKind::kActive, [&](const RowView &row) {
    const auto schema = static_cast<Oid>(row.integer(1));
    const auto base = static_cast<Oid>(row.integer(3));
    const auto collation = static_cast<Oid>(row.integer(7));
    core::Domain domain;
    domain.type = draft.types.type(base, static_cast<std::int32_t>(row.integer(4)));
    domain.not_null = row.flag(5);
    if (OidIsValid(collation) && collation != draft.types.collation_of(base))
      domain.collation = draft.types.collation(collation);
    core::Object &object =
        draft.add(schema, {ObjectKind::kDomain, draft.schemas[schema], {}, row.string(2)}, std::move(domain));
    oids.push_back(static_cast<Oid>(row.integer(0)));
    domains.emplace(oids.back(), &object);
    draft.note(TypeRelationId, oids.back(), 0, object);
    if (row.null(6)) return;
    draft.later([&draft, &object, stored = row.string(6)] {
      std::get<core::Domain>(object.definition).default_value.normal = draft.constant(stored);
    });
  });
  if (oids.empty()) return;
  run(domain_checks, {sql_array(oids)}, SnapshotKind::kActive, [&](const RowView &row) {
    core::Object *object = domains[static_cast<Oid>(row.integer(0))];
    auto &checks = std::get<core::Domain>(object->definition).checks;
    checks.emplace_back(row.string(1), core::Expression());
    draft.later([&draft, object, place = checks.size() - 1, stored = row.string(2)] {
      std::get<core::Domain>(object->definition).checks[place].second.normal = draft.constant(stored);
    });
  });
}

std::string oids_of_kind(const SchemaDraft &draft, std::string_view kinds) {
  std::vector<Oid> oids;
  for (const auto &[oid, relation] : draft.relations) {
    if (kinds.find(relation.kind) != std::string_view::npos) oids.push_back(oid);
  }
  return oids.empty() ? std::string() : sql_array(oids);
}

void read_functions(SchemaDraft &draft) {
  core::Object *last = nullptr;
  core::ObjectId last_id;
  const std::string oids = draft.only ? sql_array(draft.only->functions) : schemas_of(draft);
  run(draft.only ? functions_with_oid : functions_in, {oids}, SnapshotKind::kActive, [&](const RowView &row) {
    const auto schema = static_cast<Oid>(row.integer(1));
    core::ObjectId id{ObjectKind::kFunction, draft.schemas[schema], {}, row.string(2)};
    if (last == nullptr || !(id == last_id)) last = &draft.add(schema, id, core::Function());
    last_id = std::move(id);
    draft.note(ProcedureRelationId, static_cast<Oid>(row.integer(0)), 0, *last);
  });
}

// Within later(): what the view reads, and its query where no lock stands in the way.
void read_query(SchemaDraft &draft, Oid view, core::Object &object, const std::string &rule) {
  auto &what = std::get<core::View>(object.definition);
  Query *query = call([&] { return linitial_node(Query, static_cast<List *>(stringToNode(rule.c_str()))); });
  List *read = call([&] { return relations_read(query, view); });
  for (int i = 0; i < list_length(read); ++i) {
    core::QualifiedName name = draft.relation_name(list_nth_oid(read, i));
    if (!name.empty()) what.reads.push_back(std::move(name));
  }
  what.certain = false;
  const std::vector<DraftColumn> &columns = draft.relations[view].columns;
  std::vector<const char *> names;
  for (const DraftColumn &column : columns) names.push_back(column.name.c_str());
  // Of its own, so that the locks of no two views are held at once.
  const bool written = tried([&] {
    const char *text = call([&]() -> const char * {
      if (!lock_relations(query)) return nullptr;
      List *list = NIL;
      for (const char *name : names) list = lappend(list, makeString(pstrdup(name)));
      name_columns(query, list);
      return write_query(query);
    });
    if (text != nullptr) what.query.normal = text;
  });
  what.certain = written && !what.query.normal.empty();
}

}  // namespace

void read_types(SchemaDraft &draft) {
  const std::string oids = draft.only ? sql_array(draft.only->types) : schemas_of(draft);
  if (!draft.only || !draft.only->types.empty()) {
    read_enums(draft, oids);
    read_domains(draft, oids);
  }
  const std::string composites = oids_of_kind(draft, "c");
  if (composites.empty()) return;
  run(composite_types, {composites}, SnapshotKind::kActive, [&](const RowView &row) {
    const DraftRelation &relation = draft.relations[static_cast<Oid>(row.integer(1))];
    if (relation.object != nullptr)
      draft.note(TypeRelationId, static_cast<Oid>(row.integer(0)), 0, *relation.object);
  });
}

void read_views(SchemaDraft &draft) {
  const std::string views = oids_of_kind(draft, "vm");
  if (views.empty()) return;
  run(rules_of, {views}, SnapshotKind::kActive, [&](const RowView &row) {
    const auto view = static_cast<Oid>(row.integer(0));
    core::Object *object = draft.relations[view].object;
    if (object == nullptr) return;
    draft.later([&draft, view, object, rule = row.string(1)] { read_query(draft, view, *object, rule); });
  });
}

void read_routines(SchemaDraft &draft) {
  if (!draft.only || !draft.only->functions.empty()) read_functions(draft);
  const std::string tables = oids_of_kind(draft, "rpv");
  if (tables.empty()) return;
  run(triggers_of, {tables, std::to_string(extension_oid())}, SnapshotKind::kActive, [&](const RowView &row) {
    const DraftRelation &table = draft.relations[static_cast<Oid>(row.integer(1))];
    core::Object &object = draft.add(
        table.schema, {ObjectKind::kTrigger, draft.schemas[table.schema], table.name, row.string(2)},
        core::Trigger());
    draft.note(TriggerRelationId, static_cast<Oid>(row.integer(0)), 0, object);
  });
}

void read_comments(SchemaDraft &draft) {
  const std::vector<Oid> oids = draft.noted_oids();
  if (oids.empty()) return;
  run(comments_on, {sql_array(oids)}, SnapshotKind::kActive, [&](const RowView &row) {
    core::Object *object = draft.noted(static_cast<Oid>(row.integer(0)), static_cast<Oid>(row.integer(1)),
                                       static_cast<int>(row.integer(2)));
    if (object != nullptr) object->comment = row.string(3);
  });
}

}  // namespace migfix::server
