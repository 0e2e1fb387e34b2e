// Indexes and constraints.
#include "server/catalog_sql.hpp"
#include "server/query.hpp"
#include "server/schema_reader_draft.hpp"
#include "server/sql_array.hpp"

extern "C" {
#include "catalog/pg_class_d.h"
#include "catalog/pg_constraint_d.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pg_list.h"
}

namespace migfix::server {

namespace {

using core::ObjectKind;

// Options of operator classes are rare, and those of the two methods that have none are not looked for.
constinit Statement indexes_in{
    "SELECT i.indexrelid, c.relname, i.indrelid, m.amname, i.indisunique, i.indisvalid, i.indnkeyatts, "
    "i.indkey,"
    " i.indcollation, i.indclass, i.indoption, i.indnullsnotdistinct, i.indexprs, i.indpred, "
    "c.relispartition,"
    " CASE WHEN m.amname NOT IN ('btree', 'hash') THEN (SELECT array_to_string(array_agg("
    "   a.attnum || '=' || (SELECT string_agg(split_part(o, '=', 1) || '='"
    "    || quote_literal(substr(o, strpos(o, '=') + 1)), ', ') FROM unnest(a.attoptions) AS o)), chr(1))"
    "  FROM pg_attribute AS a WHERE a.attrelid = i.indexrelid AND a.attoptions IS NOT NULL) END"
    " FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_am AS m ON m.oid = c.relam"
    " WHERE i.indrelid IN (SELECT unnest($1::oid[])) AND i.indislive",
    1};

constinit Statement constraints_of{
    "SELECT c.oid, c.conname, c.contype, c.conrelid, c.conindid, c.condeferrable, c.condeferred, "
    "c.convalidated,"
    " c.connoinherit, c.confrelid, c.confupdtype, c.confdeltype, c.confmatchtype, c.conkey, c.confkey,"
    " c.confdelsetcols, c.conbin, CASE WHEN c.contype = 'x' THEN (SELECT array_to_string(array_agg(o.oprname"
    "  ORDER BY e.place), chr(1)) FROM unnest(c.conexclop) WITH ORDINALITY AS e (operator, place)"
    "  JOIN pg_operator AS o ON o.oid = e.operator) END,"
    " c.conparentid <> 0 OR (NOT c.conislocal AND c.coninhcount > 0)"
    " FROM pg_constraint AS c"
    " WHERE c.conrelid IN (SELECT unnest($1::oid[])) AND c.contype IN ('p', 'u', 'f', 'c', 'x')",
    1};

// An index, whether it is an object of its own or a constraint's.
struct DraftIndex {
  std::string name;
  Oid table = InvalidOid;
  std::string method;
  bool unique = false;
  bool valid = true;
  bool nulls_not_distinct = false;
  bool of_partition = false;
  std::vector<int> keys;
  std::size_t key_count = 0;
  std::vector<Oid> collations, classes;
  std::vector<int> options;
  Value expressions, predicate;
  std::vector<std::string> class_options;  // "1=siglen='32'"
};

constexpr int kDescending = 1;  // pg_index.h: INDOPTION_DESC
constexpr int kNullsFirst = 2;  // INDOPTION_NULLS_FIRST

std::vector<std::string> keys_of(const SchemaDraft &draft, const DraftIndex &index, bool included) {
  std::vector<std::string> names;
  const std::size_t begin = included ? index.key_count : 0;
  const std::size_t end = included ? index.keys.size() : index.key_count;
  for (std::size_t i = begin; i < end; ++i) names.push_back(draft.column_name(index.table, index.keys[i]));
  return names;
}

// Within later().
std::vector<core::IndexElement> elements_of(SchemaDraft &draft, const DraftIndex &index) {
  std::vector<core::IndexElement> elements;
  List *expressions = !index.expressions ? NIL : call([&] {
    return static_cast<List *>(stringToNode(index.expressions->c_str()));
  });
  const std::vector<DraftColumn> &columns = draft.relations[index.table].columns;
  int next = 0;
  for (std::size_t i = 0; i < index.key_count; ++i) {
    core::IndexElement element;
    DraftColumn what;
    if (index.keys[i] > 0 && index.keys[i] <= static_cast<int>(columns.size())) {
      what = columns[index.keys[i] - 1];
      element.column = what.name;
    } else if (index.keys[i] == 0 && next < list_length(expressions)) {
      auto *tree = static_cast<Node *>(list_nth(expressions, next++));
      what.type = call([&] { return exprType(tree); });
      what.collation = call([&] { return exprCollation(tree); });
      element.expression.normal = draft.expression(index.table, tree);
    }
    if (OidIsValid(index.collations[i]) && index.collations[i] != what.collation)
      element.collation = draft.types.collation(index.collations[i]);
    element.operator_class = draft.types.operator_class(index.classes[i], what.type);
    element.descending = (index.options[i] & kDescending) != 0;
    element.nulls_first = (index.options[i] & kNullsFirst) != 0;
    const std::string number = fmt::format("{}=", i + 1);
    for (const std::string &options : index.class_options) {
      if (options.compare(0, number.size(), number) == 0)
        element.operator_class_options = '(' + options.substr(number.size()) + ')';
    }
    elements.push_back(std::move(element));
  }
  return elements;
}

using Indexes = std::unordered_map<Oid, DraftIndex>;

Indexes indexes_of(const std::string &tables) {
  Indexes indexes;
  run(indexes_in, {tables}, SnapshotKind::kActive, [&](const RowView &row) {
    DraftIndex &index = indexes[static_cast<Oid>(row.integer(0))];
    index.name = row.string(1);
    index.table = static_cast<Oid>(row.integer(2));
    index.method = row.string(3);
    index.unique = row.flag(4);
    index.valid = row.flag(5);
    index.key_count = static_cast<std::size_t>(row.integer(6));
    index.keys = numbers_in(row.text(7));
    index.collations = oids_in(row.text(8));
    index.classes = oids_in(row.text(9));
    index.options = numbers_in(row.text(10));
    index.nulls_not_distinct = row.flag(11);
    index.expressions = row.value(12);
    index.predicate = row.value(13);
    index.of_partition = row.flag(14);
    index.class_options = joined_items(row.text(15));
  });
  return indexes;
}

core::Key key_of(const SchemaDraft &draft, const DraftIndex &index, char type,
                 const core::Deferral &deferral) {
  core::Key key;
  key.primary = type == 'p';
  key.columns = keys_of(draft, index, false);
  key.include = keys_of(draft, index, true);
  key.nulls_not_distinct = index.nulls_not_distinct;
  key.deferral = deferral;
  return key;
}

core::ForeignKey foreign_key_of(SchemaDraft &draft, Oid table, const RowView &row,
                                const core::Deferral &deferral) {
  const auto referenced = static_cast<Oid>(row.integer(9));
  core::ForeignKey key;
  key.columns = draft.names(table, row.text(13));
  key.references = draft.relation_name(referenced);
  key.referenced = draft.names(referenced, row.text(14));
  key.match = row.text(12)[0];
  key.on_update = row.text(10)[0];
  key.on_delete = row.text(11)[0];
  key.set_columns = draft.names(table, row.text(15));
  key.deferral = deferral;
  key.valid = row.flag(7);
  return key;
}

core::Object &add_constraint(SchemaDraft &draft, Oid table, const RowView &row, core::Constraint constraint) {
  const DraftRelation &relation = draft.relations[table];
  core::Object &object =
      draft.add(relation.schema,
                {ObjectKind::kConstraint, draft.schemas[relation.schema], relation.name, row.string(1)},
                std::move(constraint));
  draft.note(ConstraintRelationId, static_cast<Oid>(row.integer(0)), 0, object);
  return object;
}

void add_exclusion(SchemaDraft &draft, const DraftIndex &index, const RowView &row, core::Deferral deferral) {
  core::Exclusion exclusion;
  exclusion.method = index.method;
  exclusion.operators = joined_items(row.text(17));
  exclusion.include = keys_of(draft, index, true);
  exclusion.deferral = deferral;
  core::Object &object = add_constraint(draft, index.table, row, {std::move(exclusion)});
  draft.later([&draft, &object, index] {
    auto &what = std::get<core::Exclusion>(std::get<core::Constraint>(object.definition).what);
    what.elements = elements_of(draft, index);
    if (index.predicate) what.predicate.normal = draft.expression(index.table, *index.predicate);
  });
}

void add_check(SchemaDraft &draft, Oid table, const RowView &row) {
  core::Check check;
  check.no_inherit = row.flag(8);
  check.valid = row.flag(7);
  core::Object &object = add_constraint(draft, table, row, {std::move(check)});
  draft.later([&draft, &object, table, stored = row.string(16)] {
    std::get<core::Check>(std::get<core::Constraint>(object.definition).what).expression.normal =
        draft.expression(table, stored);
  });
}

void read_constraint(SchemaDraft &draft, Indexes &indexes, const RowView &row) {
  const auto table = static_cast<Oid>(row.integer(3));
  if (!draft.relations.contains(table)) return;
  const char type = row.text(2)[0];
  const auto index = indexes.find(static_cast<Oid>(row.integer(4)));
  const bool has_index = type != 'f' && type != 'c' && index != indexes.end();
  const core::Deferral deferral{row.flag(5), row.flag(6)};
  if (!row.flag(18)) {
    if ((type == 'p' || type == 'u') && has_index)
      add_constraint(draft, table, row, {key_of(draft, index->second, type, deferral)});
    if (type == 'x' && has_index) add_exclusion(draft, index->second, row, deferral);
    if (type == 'f') add_constraint(draft, table, row, {foreign_key_of(draft, table, row, deferral)});
    if (type == 'c') add_check(draft, table, row);
  }
  if (has_index) indexes.erase(index);
}

void add_index(SchemaDraft &draft, Oid oid, DraftIndex &&draft_index) {
  const DraftRelation &table = draft.relations[draft_index.table];
  const std::string &schema = draft.schemas[table.schema];
  core::Index made;
  made.table = {schema, table.name};
  made.method = draft_index.method;
  made.include = keys_of(draft, draft_index, true);
  made.unique = draft_index.unique;
  made.nulls_not_distinct = draft_index.nulls_not_distinct;
  made.valid = draft_index.valid;
  core::Object &object = draft.add(table.schema, {ObjectKind::kIndex, schema, {}, draft_index.name}, made);
  draft.note(RelationRelationId, oid, 0, object);
  draft.later([&draft, &object, index = std::move(draft_index)] {
    auto &what = std::get<core::Index>(object.definition);
    what.elements = elements_of(draft, index);
    if (index.predicate) what.predicate.normal = draft.expression(index.table, *index.predicate);
  });
}

}  // namespace

void read_constraints(SchemaDraft &draft) {
  std::vector<Oid> tables;
  for (const auto &[oid, relation] : draft.relations) {
    if (relation.kind == 'r' || relation.kind == 'p' || relation.kind == 'm') tables.push_back(oid);
  }
  const std::string parameter = sql_array(tables);
  Indexes indexes = indexes_of(parameter);
  run(constraints_of, {parameter}, SnapshotKind::kActive,
      [&](const RowView &row) { read_constraint(draft, indexes, row); });
  for (auto &[oid, index] : indexes) {
    if (!index.of_partition && draft.relations.contains(index.table)) add_index(draft, oid, std::move(index));
  }
}

}  // namespace migfix::server
