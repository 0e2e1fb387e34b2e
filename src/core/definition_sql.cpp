#include "core/definition_sql.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/comparison.hpp"
#include "core/definition_clause.hpp"
#include "core/expression_text.hpp"
#include "core/remedy.hpp"
#include "core/sql_text.hpp"
#include "core/type_words.hpp"

namespace migfix::core {

namespace {

const Table *partition(const SchemaModel &model, const QualifiedName &table) {
  const Table *found = model.find_as<Table>(id_of(ObjectKind::kTable, table));
  return found != nullptr && !found->partition_bound.empty() ? found : nullptr;
}

/// A parent's constraint of the same name (children) or of the same definition (partitions).
bool from_parent(const ObjectId &id, const Constraint &constraint, const SchemaModel &model) {
  const Table *table = model.find_as<Table>(id_of(ObjectKind::kTable, table_of(id)));
  if (table == nullptr) return false;
  const auto *const check = std::get_if<Check>(&constraint.what);
  for (const QualifiedName &parent : table->parents) {
    for (const ObjectId &theirs : model.constraints_of(parent)) {
      const Constraint *other = model.find_as<Constraint>(theirs);
      if (other == nullptr) continue;
      const bool is_check = std::holds_alternative<Check>(other->what);
      if (check != nullptr && is_check && !check->no_inherit && theirs.name == id.name) return true;
      if (table->partition_bound.empty() || is_check) continue;
      if (!differs(compare({*other, {}}, {constraint, {}}))) return true;
    }
  }
  return false;
}

bool from_parent(const Index &index, const SchemaModel &model) {
  const Table *table = partition(model, index.table);
  if (table == nullptr) return false;
  for (const QualifiedName &parent : table->parents) {
    for (const ObjectId &theirs : model.indexes_of(parent)) {
      const Index *other = model.find_as<Index>(theirs);
      if (other == nullptr) continue;
      Index moved = *other;
      moved.table = index.table;
      if (!differs(compare({moved, {}}, {index, {}}))) return true;
    }
  }
  return false;
}

bool from_parent(const ObjectId &column, const Table &table, const SchemaModel &model) {
  return std::any_of(table.parents.begin(), table.parents.end(), [&](const QualifiedName &parent) {
    return model.find(column_id(parent, column.name)) != nullptr;
  });
}

class Creation {
 public:
  Creation(const ObjectId &id, const SchemaModel &model, const std::string &own_schema)
      : id_(id), model_(model), own_schema_(own_schema), sql_(own_schema) {}

  std::vector<std::string> of(const Object &object) {
    std::visit([&](const auto &definition) { add(definition); }, object.definition);
    if (!statements_.empty() && !object.comment.empty()) comment(id_, object);
    if (kind_of(object.definition) == ObjectKind::kTable) comment_parts();
    return std::move(statements_);
  }

 private:
  std::string name() const { return sql_.name(name_of(id_)); }
  std::string table() const { return sql_.name(table_of(id_)); }

  void say(std::string statement) { statements_.push_back(std::move(statement)); }
  void comment(const ObjectId &id, const Object &object) { say(comment_sql(id, object, own_schema_)); }

  void add(const SchemaDefinition &) { say("CREATE SCHEMA " + sql_.name(id_.name)); }
  void add(const Extension &) { say("CREATE EXTENSION " + sql_.name(id_.name)); }
  void add(const Enum &type) {
    say(fmt::format("CREATE TYPE {} AS ENUM ({})", name(), labels_text(type.labels)));
  }
  void add(const Domain &domain) { say(fmt::format("CREATE DOMAIN {} AS {}", name(), sql_.domain(domain))); }
  void add(const Composite &type) { say(fmt::format("CREATE TYPE {} AS {}", name(), sql_.composite(type))); }
  void add(const Sequence &sequence) {
    say(fmt::format("CREATE SEQUENCE {}{}", name(), sql_.sequence(sequence.options, "int8", false)));
  }
  void add(const Function &function) { say_source(function.source); }
  void add(const Trigger &trigger) { say_source(trigger.source); }

  void say_source(const std::string &source) {
    if (!source.empty()) say(bare_expression(source));
  }

  void add(const View &view) {
    if (!view.source.empty()) return say_source(view.source);
    if (view.query.empty()) return;
    say(fmt::format("CREATE {} {}{} AS {}", view.materialized ? "MATERIALIZED VIEW" : "VIEW", name(),
                    view.columns.empty() ? "" : " " + sql_.columns(view.columns),
                    bare_expression(sql_.source(view.query))));
  }

  void add(const Table &table) {
    std::string parts;
    const QualifiedName own = name_of(id_);
    const auto put = [&](const std::string &part) { parts += (parts.empty() ? "" : ", ") + part; };
    for (const ObjectId &id : model_.columns_of(own)) {
      const Column *column = model_.find_as<Column>(id);
      if (column == nullptr || from_parent(id, table, model_)) continue;
      put(sql_.name(id.name) + " " + sql_.column(*column, given_sequence(id, *column)));
    }
    for (const ObjectId &id : model_.constraints_of(own)) {
      const Object *object = model_.find(id);
      if (object == nullptr || !comes_with_table(*object)) continue;
      const Constraint &constraint = std::get<Constraint>(object->definition);
      if (from_parent(id, constraint, model_)) continue;
      put(fmt::format("CONSTRAINT {} {}", sql_.name(id.name), sql_.constraint(constraint)));
    }
    std::string parents;
    for (const QualifiedName &parent : table.parents) {
      parents += (parents.empty() ? "" : ", ") + sql_.name(parent);
    }
    std::string statement = fmt::format("CREATE {}TABLE {}", table.unlogged ? "UNLOGGED " : "", name());
    if (!table.partition_bound.empty()) {
      statement += fmt::format(" PARTITION OF {}{} {}", parents, parts.empty() ? "" : " (" + parts + ")",
                               table.partition_bound);
    } else {
      statement += " (" + parts + ")";
      if (!parents.empty()) statement += " INHERITS (" + parents + ")";
    }
    if (!table.partition_by.empty()) statement += " PARTITION BY " + table.partition_by;
    say(std::move(statement));
    for (const ObjectId &id : model_.columns_of(own)) give_sequence(id);
  }

  void add(const Column &column) {
    say(fmt::format("ALTER TABLE {} ADD COLUMN {} {}", table(), sql_.name(id_.name),
                    sql_.column(column, given_sequence(id_, column))));
    give_sequence(id_);
  }

  void add(const Constraint &constraint) {
    if (from_parent(id_, constraint, model_)) return;
    say(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}", table(), sql_.name(id_.name),
                    sql_.constraint(constraint)));
  }

  void add(const Index &index) {
    if (from_parent(index, model_)) return;
    say(fmt::format("CREATE {}INDEX {} ON {} {}", index.unique ? "UNIQUE " : "", sql_.name(id_.name),
                    sql_.name(index.table), sql_.index(index)));
  }

  /// The sequence of the column's default, if it belongs to the column.
  void give_sequence(const ObjectId &column_id) {
    const Column *column = model_.find_as<Column>(column_id);
    if (column == nullptr || !column->nextval) return;
    const ObjectId id = id_of(ObjectKind::kSequence, *column->nextval);
    const Sequence *sequence = model_.find_as<Sequence>(id);
    if (sequence == nullptr || sequence->owner != table_of(column_id) ||
        sequence->owner_column != column_id.name) {
      return;
    }
    for (std::string &statement : owner_sql(id, {*sequence, {}}, own_schema_)) say(std::move(statement));
  }

  void comment_parts() {
    const QualifiedName own = name_of(id_);
    std::vector<ObjectId> parts = model_.columns_of(own);
    const std::vector<ObjectId> constraints = model_.constraints_of(own);
    parts.insert(parts.end(), constraints.begin(), constraints.end());
    for (const ObjectId &id : parts) {
      const Object *object = model_.find(id);
      if (object != nullptr && comes_with_table(*object) && !object->comment.empty()) comment(id, *object);
    }
  }

  const ObjectId &id_;
  const SchemaModel &model_;
  const std::string &own_schema_;
  Clauses sql_;
  std::vector<std::string> statements_;
};

/// What stands between COMMENT ON or DROP and the rest: `TABLE public.t`.
std::string object_in_sql(const ObjectId &id, const Object &object, const Clauses &sql) {
  const std::string name = sql.name(name_of(id));
  switch (id.kind) {
    case ObjectKind::kSchema:
      return "SCHEMA " + sql.name(id.name);
    case ObjectKind::kExtension:
      return "EXTENSION " + sql.name(id.name);
    case ObjectKind::kEnum:
    case ObjectKind::kComposite:
      return "TYPE " + name;
    case ObjectKind::kDomain:
      return "DOMAIN " + name;
    case ObjectKind::kSequence:
      return "SEQUENCE " + name;
    case ObjectKind::kTable:
      return "TABLE " + name;
    case ObjectKind::kColumn:
      return fmt::format("COLUMN {}.{}", sql.name(table_of(id)), sql.name(id.name));
    case ObjectKind::kConstraint:
      return fmt::format("CONSTRAINT {} ON {}", sql.name(id.name), sql.name(table_of(id)));
    case ObjectKind::kIndex:
      return "INDEX " + name;
    case ObjectKind::kView: {
      const View *view = std::get_if<View>(&object.definition);
      return (view != nullptr && view->materialized ? "MATERIALIZED VIEW " : "VIEW ") + name;
    }
    case ObjectKind::kFunction:
      return "ROUTINE " + name;
    case ObjectKind::kTrigger:
      return fmt::format("TRIGGER {} ON {}", sql.name(id.name), sql.name(table_of(id)));
  }
  return name;
}

/// Why a drop loses something; empty where it does not.
std::string loss(const ObjectId &id) {
  switch (id.kind) {
    case ObjectKind::kTable:
      return "its rows are lost";
    case ObjectKind::kColumn:
      return "its values are lost";
    case ObjectKind::kSequence:
      return "its next value is lost";
    case ObjectKind::kExtension:
      return "what the extension keeps in its own tables is lost";
    default:
      return {};
  }
}

void visit_in_order(const ObjectId &id, const SchemaModel &model, std::set<ObjectId> &left,
                    std::vector<ObjectId> &order) {
  if (left.erase(id) == 0) return;
  const Object &object = *model.find(id);
  if (const Table *table = std::get_if<Table>(&object.definition); table != nullptr) {
    for (const QualifiedName &parent : table->parents) {
      visit_in_order(id_of(ObjectKind::kTable, parent), model, left, order);
    }
  } else if (const View *view = std::get_if<View>(&object.definition); view != nullptr) {
    for (const QualifiedName &read : view->reads) {
      visit_in_order(id_of(ObjectKind::kView, read), model, left, order);
    }
  }
  order.push_back(id);
}

}  // namespace

bool comes_with_table(const Object &object) {
  if (std::holds_alternative<Column>(object.definition)) return true;
  const auto *const constraint = std::get_if<Constraint>(&object.definition);
  if (constraint == nullptr || std::holds_alternative<ForeignKey>(constraint->what)) return false;
  const auto *const check = std::get_if<Check>(&constraint->what);
  return check == nullptr || check->valid;  // CREATE TABLE takes NOT VALID and does not heed it
}

std::vector<std::string> create_sql(const ObjectId &id, const Object &object, const SchemaModel &expected,
                                    const std::string &own_schema) {
  return Creation(id, expected, own_schema).of(object);
}

std::vector<std::string> owner_sql(const ObjectId &id, const Object &object, const std::string &own_schema) {
  const Sequence *sequence = std::get_if<Sequence>(&object.definition);
  if (sequence == nullptr || sequence->owner.empty()) return {};
  const Clauses sql(own_schema);
  return {fmt::format("ALTER SEQUENCE {} OWNED BY {}.{}", sql.name(name_of(id)), sql.name(sequence->owner),
                      sql.name(sequence->owner_column))};
}

std::string comment_sql(const ObjectId &id, const Object &object, const std::string &own_schema) {
  return fmt::format("COMMENT ON {} IS {}", object_in_sql(id, object, Clauses(own_schema)),
                     object.comment.empty() ? "NULL" : quote_literal(object.comment));
}

std::vector<Mend> drop_sql(const ObjectId &id, const Object &real, const std::string &own_schema) {
  const Clauses sql(own_schema);
  std::string statement;
  if (id.kind == ObjectKind::kColumn || id.kind == ObjectKind::kConstraint) {
    statement = fmt::format("ALTER TABLE {} DROP {} {}", sql.name(table_of(id)),
                            id.kind == ObjectKind::kColumn ? "COLUMN" : "CONSTRAINT", sql.name(id.name));
  } else {
    statement = "DROP " + object_in_sql(id, real, sql);
  }
  std::string lost = loss(id);
  const bool safe = lost.empty();
  return {{std::move(statement), safe, std::move(lost)}};
}

int creation_rank(const ObjectId &id, const Object &object) {
  switch (id.kind) {
    case ObjectKind::kSchema:
      return 0;
    case ObjectKind::kExtension:
      return 1;
    case ObjectKind::kEnum:
      return 2;
    case ObjectKind::kDomain:
      return 3;
    case ObjectKind::kComposite:
      return 4;
    case ObjectKind::kSequence:
      return 5;
    case ObjectKind::kTable:
      return 6;
    case ObjectKind::kColumn:
      return 7;
    case ObjectKind::kConstraint: {
      const Constraint *constraint = std::get_if<Constraint>(&object.definition);
      const bool foreign = constraint != nullptr && std::holds_alternative<ForeignKey>(constraint->what);
      return foreign ? 10 : 8;
    }
    case ObjectKind::kIndex:
      return 9;  // a foreign key may refer to a unique index; those of materialized views come after these
    case ObjectKind::kView:
      return 11;
    case ObjectKind::kFunction:
      return 13;
    case ObjectKind::kTrigger:
      return 14;
  }
  return 14;
}

std::vector<ObjectId> creation_order(std::vector<ObjectId> ids, const SchemaModel &model) {
  struct Place {
    int rank;
    std::uint32_t position;
    ObjectId id;
  };
  std::vector<Place> places;
  std::set<ObjectId> left;
  for (ObjectId &id : ids) {
    const Object *object = model.find(id);
    if (object == nullptr || !left.insert(id).second) continue;
    Place place{creation_rank(id, *object), 0, std::move(id)};
    if (const auto *column = std::get_if<Column>(&object->definition)) place.position = column->position;
    if (const auto *index = std::get_if<Index>(&object->definition)) {
      const bool on_view = model.find(id_of(ObjectKind::kView, index->table)) != nullptr;
      if (on_view) place.rank = 12;
    }
    places.push_back(std::move(place));
  }
  std::stable_sort(places.begin(), places.end(), [](const Place &a, const Place &b) {
    return std::tie(a.rank, a.id.schema, a.id.table, a.position, a.id.name) <
           std::tie(b.rank, b.id.schema, b.id.table, b.position, b.id.name);
  });
  std::vector<ObjectId> order;
  for (const Place &place : places) visit_in_order(place.id, model, left, order);
  return order;
}

std::string transactional_form(const RevisionStatement &statement, const SchemaModel &after,
                               const std::string &own_schema) {
  if (statement.effects.size() != 1) return {};
  const auto *create = std::get_if<CreateIndex>(&statement.effects.front());
  if (create == nullptr || create->name.name.empty()) return {};
  const ObjectId id = id_of(ObjectKind::kIndex, create->name);
  const Object *index = after.find(id);
  if (index == nullptr) return {};
  const std::vector<std::string> made = create_sql(id, *index, after, own_schema);
  return made.size() == 1 ? made.front() : std::string();
}

}  // namespace migfix::core
