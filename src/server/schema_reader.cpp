#include "server/schema_reader.hpp"

#include "server/catalog_sql.hpp"
#include "server/latest_snapshot.hpp"
#include "server/query.hpp"
#include "server/schema_reader_draft.hpp"
#include "server/schema_reader_own.hpp"
#include "server/sql_array.hpp"

namespace migfix::server {

namespace {

using core::ObjectKind;

// $1: schemas by OID; $2: by name.
constinit Statement schemas_named{
    "SELECT n.oid, n.nspname FROM pg_namespace AS n"
    " WHERE n.oid IN (SELECT unnest($1::oid[])) OR n.nspname IN (SELECT unnest($2::name[]))",
    2};

// $1: schemas by name, or '{}': all of users.
constinit Statement schema_objects{
    "SELECT n.nspname, CASE WHEN d.description <> 'standard public schema' THEN d.description END"
    " FROM pg_namespace AS n LEFT JOIN pg_description AS d ON d.classoid = 'pg_namespace'::regclass"
    "  AND d.objoid = n.oid AND d.objsubid = 0"
    " WHERE CASE WHEN $1::name[] = '{}' THEN" MIGFIX_USER_SCHEMA
    "ELSE n.nspname IN (SELECT unnest($1::name[])) END",
    1};

constinit Statement extensions{
    "SELECT e.extname, obj_description(e.oid, 'pg_extension') FROM pg_extension AS e", 0};

void read_objects(SchemaDraft &draft, const SchemaRequest &request) {
  run(schemas_named, {sql_array(request.schemas), sql_array(request.others)}, SnapshotKind::kActive,
      [&](const RowView &row) { draft.schemas[static_cast<Oid>(row.integer(0))] = row.string(1); });
  if (draft.schemas.empty()) return;
  read_relations(draft, request.left_out);
  read_types(draft);
  read_sequences(draft);
  read_constraints(draft);
  read_views(draft);
  read_routines(draft);
  read_holds(draft);
  read_comments(draft);
  draft.finish();
}

// Objects that stand in no schema.
std::vector<DraftObject> read_loose_objects(const SchemaDraft &draft, bool all_schemas) {
  std::vector<DraftObject> objects;
  std::vector<std::string> names;
  if (!all_schemas) {
    for (const auto &[oid, name] : draft.schemas) names.push_back(name);
  }
  run(schema_objects, {sql_array(names)}, SnapshotKind::kActive, [&](const RowView &row) {
    objects.emplace_back(core::ObjectId{ObjectKind::kSchema, {}, {}, row.string(0)},
                         core::Object{core::SchemaDefinition(), row.string(1)});
  });
  run(extensions, {}, SnapshotKind::kActive, [&](const RowView &row) {
    objects.emplace_back(core::ObjectId{ObjectKind::kExtension, {}, {}, row.string(0)},
                         core::Object{core::Extension(), row.string(1)});
  });
  return objects;
}

// $1: relations, $2: types. With the sequences of serial and identity columns.
constinit Statement schemas_of_objects{
    "SELECT n.oid, n.nspname, NULL FROM pg_namespace AS n WHERE n.oid IN ("
    "  SELECT c.relnamespace FROM pg_class AS c WHERE c.oid = ANY ($1::oid[])"
    "  UNION SELECT t.typnamespace FROM pg_type AS t WHERE t.oid = ANY ($2::oid[]))"
    " UNION ALL SELECT n.oid, n.nspname, s.oid FROM pg_depend AS d"
    "  JOIN pg_class AS s ON s.oid = d.objid AND s.relkind = 'S' JOIN pg_namespace AS n ON n.oid = s.relnamespace"
    "  WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND d.refclassid = 'pg_class'::regclass"
    "  AND d.refobjid = ANY ($1::oid[]) AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')",
    2};

void put(core::SchemaModel &model, const OwnSchema &own, core::ObjectId id, core::Object object) {
  own.localize(id);
  own.localize(object.definition);
  model.put(id, std::move(object));
}

std::map<Oid, core::SchemaModel> read(const SchemaRequest &request, bool all_schemas) {
  const LatestSnapshot snapshot;
  SchemaDraft draft;
  read_objects(draft, request);
  const std::vector<DraftObject> loose = read_loose_objects(draft, all_schemas);
  const std::set<Oid> own_schemas(request.schemas.begin(), request.schemas.end());
  const std::set<std::string> others(request.others.begin(), request.others.end());

  std::map<Oid, core::SchemaModel> models;
  for (const Oid schema : own_schemas) {
    const auto name = draft.schemas.find(schema);
    if (name == draft.schemas.end()) continue;
    core::SchemaModel &model = models[schema];
    const OwnSchema own(name->second);
    for (const DraftObject &object : loose) {
      const bool of_another = !all_schemas && object.first.kind == ObjectKind::kSchema &&
                              object.first.name != own.name() && !others.contains(object.first.name);
      if (!of_another) model.put(object.first, object.second);
    }
    for (const auto &[oid, other] : draft.schemas) {
      const auto objects = draft.objects.find(oid);
      if (oid == schema || !others.contains(other) || objects == draft.objects.end()) continue;
      for (const auto &[id, object] : objects->second) put(model, own, id, object);
    }
  }
  // Last, because then nobody else's model needs them: they are moved.
  for (auto &[schema, model] : models) {
    const OwnSchema own(draft.schemas[schema]);
    std::deque<DraftObject> &objects = draft.objects[schema];
    for (; !objects.empty(); objects.pop_front()) {
      check_for_interrupts();
      put(model, own, std::move(objects.front().first), std::move(objects.front().second));
    }
    model.take_changes();
  }
  return models;
}

}  // namespace

std::map<Oid, core::SchemaModel> read_schemas(const SchemaRequest &request) {
  return read(request, false);
}

core::SchemaModel read_schema(Oid schema, const std::vector<std::string> &others,
                              const std::unordered_set<Oid> &left_out) {
  auto models = read({{schema}, others, left_out}, true);
  const auto model = models.find(schema);
  return model == models.end() ? core::SchemaModel() : std::move(model->second);
}

core::SchemaModel read_objects(const std::vector<Oid> &relations, const std::vector<Oid> &types,
                               const std::string &own_schema) {
  const LatestSnapshot snapshot;
  SchemaDraft draft;
  draft.only = SchemaDraft::Only{relations, types, {}};
  run(schemas_of_objects, {sql_array(relations), sql_array(types)}, SnapshotKind::kActive, [&](const RowView &row) {
    draft.schemas[static_cast<Oid>(row.integer(0))] = row.string(1);
    if (!row.null(2)) draft.only->relations.push_back(static_cast<Oid>(row.integer(2)));
  });
  read_relations(draft, {});
  read_types(draft);
  read_sequences(draft);
  read_constraints(draft);
  read_views(draft);
  draft.finish();
  core::SchemaModel model;
  const OwnSchema own(own_schema);
  for (auto &[schema, objects] : draft.objects) {
    for (DraftObject &object : objects) put(model, own, std::move(object.first), std::move(object.second));
  }
  model.take_changes();
  return model;
}

}  // namespace migfix::server
