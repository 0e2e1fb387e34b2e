// Tables with their columns, views and composite types as relations, sequences.
#include "server/catalog_sql.hpp"
#include "server/query.hpp"
#include "server/schema_reader_draft.hpp"
#include "server/server_version.hpp"
#include "server/sql_array.hpp"

extern "C" {
#include "catalog/pg_class_d.h"
#include "catalog/pg_type_d.h"
#include "nodes/nodeFuncs.h"
#include "nodes/parsenodes.h"
#include "nodes/primnodes.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/ruleutils.h"
}

namespace migfix::server {

namespace {

using core::ObjectKind;

#define MIGFIX_RELATIONS_WHERE                                                                       \
  "SELECT c.oid, c.relnamespace, c.relname, c.relkind, c.relpersistence = 'u', c.relispartition, " \
  "c.relpartbound"                                                                                   \
  " FROM pg_class AS c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'c', 'S') AND "

// $1: schemas.
constinit Statement relations_in{
    MIGFIX_RELATIONS_WHERE "c.relnamespace IN (SELECT unnest($1::oid[])) AND" MIGFIX_USER_RELATION, 1};

// $1: relations; by the index, one by one.
constinit Statement relations_with_oid{MIGFIX_RELATIONS_WHERE "c.oid = ANY ($1::oid[])", 1};

// $1: relations.
constinit Statement columns_in{
    "SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attcollation, a.attisdropped,"
    " a.attnotnull, a.attidentity, a.attgenerated, d.adbin"
    " FROM pg_attribute AS a LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
    " WHERE a.attrelid IN (SELECT unnest($1::oid[])) AND a.attnum > 0 ORDER BY a.attrelid, a.attnum",
    1};

constinit Statement parents_of{
    "SELECT i.inhrelid, i.inhparent FROM pg_inherits AS i WHERE i.inhrelid IN (SELECT unnest($1::oid[]))"
    " ORDER BY i.inhrelid, i.inhseqno",
    1};

constinit Statement partitioned{
    "SELECT p.partrelid, p.partstrat, p.partattrs, p.partclass, p.partcollation, p.partexprs"
    " FROM pg_partitioned_table AS p WHERE p.partrelid IN (SELECT unnest($1::oid[]))",
    1};

constinit Statement sequences_in{
    "SELECT s.seqrelid, s.seqtypid, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle,"
    " d.refobjid, d.refobjsubid, d.deptype"
    " FROM pg_sequence AS s LEFT JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = "
    "s.seqrelid"
    "  AND d.objsubid = 0 AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN "
    "('a', 'i')"
    " WHERE s.seqrelid IN (SELECT unnest($1::oid[]))",
    1};

bool has_rows(char kind) {
  return kind == 'r' || kind == 'p';
}

std::vector<Oid> relations_of(const SchemaDraft &draft, std::string_view kinds) {
  std::vector<Oid> oids;
  for (const auto &[oid, relation] : draft.relations) {
    if (kinds.find(relation.kind) != std::string_view::npos) oids.push_back(oid);
  }
  return oids;
}

core::Definition definition_of(char kind, bool unlogged) {
  core::Table table;
  core::View view;
  switch (kind) {
    case 'v':
    case 'm':
      view.materialized = kind == 'm';
      return view;
    case 'c':
      return core::Composite();
    case 'S':
      return core::Sequence();
    default:
      table.unlogged = unlogged;
      return table;
  }
}

ObjectKind kind_of(char kind) {
  switch (kind) {
    case 'v':
    case 'm':
      return ObjectKind::kView;
    case 'c':
      return ObjectKind::kComposite;
    case 'S':
      return ObjectKind::kSequence;
    default:
      return ObjectKind::kTable;
  }
}

// Runs inside call(): the sequence where the expression is nextval of one, as a serial column has it.
Oid sequence_of(const char *stored) {
  auto *tree = strip_implicit_coercions(static_cast<Node *>(stringToNode(stored)));
  if (!IsA(tree, FuncExpr)) return InvalidOid;
  const auto *function = reinterpret_cast<const FuncExpr *>(tree);
  if (function->funcid != F_NEXTVAL || list_length(function->args) != 1) return InvalidOid;
  const auto *argument = static_cast<const Node *>(linitial(function->args));
  if (!IsA(argument, Const)) return InvalidOid;
  const auto *sequence = reinterpret_cast<const Const *>(argument);
  return sequence->constisnull ? InvalidOid : DatumGetObjectId(sequence->constvalue);
}

void add_column(SchemaDraft &draft, Oid oid, DraftRelation &relation, const RowView &row) {
  const int number = static_cast<int>(row.integer(1));
  if (static_cast<int>(relation.columns.size()) < number) relation.columns.resize(number);
  DraftColumn &plain = relation.columns[number - 1];
  if (row.flag(6)) return;
  plain = {row.string(2), static_cast<Oid>(row.integer(3)), static_cast<Oid>(row.integer(5))};
  if (!has_rows(relation.kind)) return;
  core::Column made;
  made.not_null = row.flag(7);
  made.position = static_cast<std::uint32_t>(number);
  const bool own_identity = !(kPartitionsShareIdentity && relation.is_partition);
  const char identity = row.text(8).empty() || !own_identity ? '\0' : row.text(8)[0];
  made.identity = identity == 'a'   ? core::Identity::kAlways
                  : identity == 'd' ? core::Identity::kByDefault
                                    : core::Identity::kNone;
  made.type = draft.types.type(plain.type, static_cast<std::int32_t>(row.integer(4)));
  if (OidIsValid(plain.collation) && plain.collation != draft.types.collation_of(plain.type))
    made.collation = draft.types.collation(plain.collation);
  core::Object &object =
      draft.add(relation.schema,
                {ObjectKind::kColumn, draft.schemas[relation.schema], relation.name, plain.name}, made);
  draft.note(RelationRelationId, oid, number, object);
  if (row.null(10)) return;
  const bool generated = row.text(9) == "s" || row.text(9) == "v";
  draft.later([&draft, &object, oid, generated, stored = row.string(10)] {
    auto &column = std::get<core::Column>(object.definition);
    if (generated) {
      column.generated.normal = draft.expression(oid, stored);
      return;
    }
    const Oid sequence = call([&] { return sequence_of(stored.c_str()); });
    if (OidIsValid(sequence)) {
      core::QualifiedName name = draft.relation_name(sequence);
      if (!name.empty()) column.nextval = std::move(name);
      return;
    }
    column.default_value.normal = draft.constant(stored);
  });
}

void add_attribute(SchemaDraft &draft, const DraftRelation &relation, const RowView &row) {
  if (row.flag(6)) return;
  auto &composite = std::get<core::Composite>(relation.object->definition);
  composite.attributes.emplace_back(
      row.string(2),
      draft.types.type(static_cast<Oid>(row.integer(3)), static_cast<std::int32_t>(row.integer(4))));
}

void read_columns(SchemaDraft &draft) {
  run(columns_in, {sql_array(relations_of(draft, "rpvmc"))}, SnapshotKind::kActive, [&](const RowView &row) {
    const auto oid = static_cast<Oid>(row.integer(0));
    const auto found = draft.relations.find(oid);
    if (found == draft.relations.end()) return;
    add_column(draft, oid, found->second, row);
    if (found->second.kind == 'c') add_attribute(draft, found->second, row);
  });
}

// "RANGE (lower(a) COLLATE x, b)", as pg_get_partkeydef() writes it.
std::string partition_key(SchemaDraft &draft, Oid oid, char strategy, const Row &row) {
  const DraftRelation &relation = draft.relations[oid];
  const std::vector<int> numbers = numbers_in(*row[0]);
  const std::vector<Oid> classes = oids_in(*row[1]);
  const std::vector<Oid> collations = oids_in(*row[2]);
  std::string key = strategy == 'r' ? "RANGE (" : strategy == 'l' ? "LIST (" : "HASH (";
  List *expressions = row[3] ? call([&] { return static_cast<List *>(stringToNode(row[3]->c_str())); }) : NIL;
  int next = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i > 0) key += ", ";
    Oid type = InvalidOid;
    Oid collation = InvalidOid;
    if (numbers[i] != 0) {
      const DraftColumn &column = relation.columns.at(numbers[i] - 1);
      key += quote_name(column.name.c_str());
      type = column.type;
      collation = column.collation;
    } else {
      auto *tree = static_cast<Node *>(list_nth(expressions, next++));
      type = call([&] { return exprType(tree); });
      collation = call([&] { return exprCollation(tree); });
      const std::string text = draft.expression(oid, tree);
      key += IsA(tree, FuncExpr) ? text : '(' + text + ')';
    }
    if (OidIsValid(collations[i]) && collations[i] != collation)
      key += fmt::format(" COLLATE {}", call([&] { return generate_collation_name(collations[i]); }));
    const core::QualifiedName chosen = draft.types.operator_class(classes[i], type);
    if (!chosen.empty()) {
      key += ' ';
      if (chosen.schema != "pg_catalog") key += quote_name(chosen.schema.c_str()) + '.';
      key += quote_name(chosen.name.c_str());
    }
  }
  return key + ')';
}

void read_partitioning(SchemaDraft &draft) {
  const std::string tables = sql_array(relations_of(draft, "rp"));
  run(parents_of, {tables}, SnapshotKind::kActive, [&](const RowView &row) {
    auto &relation = draft.relations[static_cast<Oid>(row.integer(0))];
    core::QualifiedName parent = draft.relation_name(static_cast<Oid>(row.integer(1)));
    if (!parent.empty())
      std::get<core::Table>(relation.object->definition).parents.push_back(std::move(parent));
  });
  const std::vector<Oid> parts = relations_of(draft, "p");
  if (parts.empty()) return;
  run(partitioned, {sql_array(parts)}, SnapshotKind::kActive, [&](const RowView &row) {
    const auto oid = static_cast<Oid>(row.integer(0));
    draft.later([&draft, oid, strategy = row.text(1)[0],
                 rest = Row{row.value(2), row.value(3), row.value(4), row.value(5)}] {
      std::get<core::Table>(draft.relations[oid].object->definition).partition_by =
          partition_key(draft, oid, strategy, rest);
    });
  });
}

}  // namespace

void read_relations(SchemaDraft &draft, const std::unordered_set<Oid> &left_out) {
  std::vector<Oid> oids;
  if (draft.only) oids = draft.only->relations;
  if (!draft.only)
    for (const auto &[oid, name] : draft.schemas) oids.push_back(oid);
  Statement &relations = draft.only ? relations_with_oid : relations_in;
  run(relations, {sql_array(oids)}, SnapshotKind::kActive, [&](const RowView &row) {
    const auto oid = static_cast<Oid>(row.integer(0));
    const auto schema = static_cast<Oid>(row.integer(1));
    if (left_out.contains(oid) || !draft.schemas.contains(schema)) return;
    const char kind = row.text(3)[0];
    DraftRelation &relation = draft.relations[oid];
    relation = {schema, row.string(2), kind, row.flag(5), {}, nullptr};
    // What a sequence is shows later: those of identity columns are no objects.
    if (kind == 'S') return;
    core::Object &object = draft.add(schema, {kind_of(kind), draft.schemas[schema], {}, relation.name},
                                     definition_of(kind, row.flag(4)));
    relation.object = &object;
    if (kind != 'c') draft.note(RelationRelationId, oid, 0, object);
    if (row.null(6)) return;
    draft.later([&draft, &object, bound = row.string(6)] {
      std::get<core::Table>(object.definition).partition_bound = draft.constant(bound);
    });
  });
  read_columns(draft);
  read_partitioning(draft);
}

void read_sequences(SchemaDraft &draft) {
  const std::vector<Oid> all = relations_of(draft, "S");
  if (all.empty()) return;
  run(sequences_in, {sql_array(all)}, SnapshotKind::kActive, [&](const RowView &row) {
    const auto oid = static_cast<Oid>(row.integer(0));
    const auto type = static_cast<Oid>(row.integer(1));
    core::SequenceOptions options;
    options.type = type == INT2OID ? "int2" : type == INT4OID ? "int4" : "int8";
    options.start = row.integer(2);
    options.increment = row.integer(3);
    options.minimum = row.integer(4);
    options.maximum = row.integer(5);
    options.cache = row.integer(6);
    options.cycle = row.flag(7);
    const auto owner = static_cast<Oid>(row.integer(8));
    const int number = static_cast<int>(row.integer(9));
    if (row.text(10) == "i") {
      core::Object *object = draft.noted(RelationRelationId, owner, number);
      if (object != nullptr) std::get<core::Column>(object->definition).identity_options = std::move(options);
      return;
    }
    DraftRelation &relation = draft.relations[oid];
    core::Sequence sequence;
    sequence.options = std::move(options);
    if (OidIsValid(owner)) {
      sequence.owner = draft.relation_name(owner);
      sequence.owner_column = draft.column_name(owner, number);
    }
    core::Object &object =
        draft.add(relation.schema, {ObjectKind::kSequence, draft.schemas[relation.schema], {}, relation.name},
                  sequence);
    relation.object = &object;
    draft.note(RelationRelationId, oid, 0, object);
  });
}

}  // namespace migfix::server
