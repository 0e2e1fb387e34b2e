// Any statements, one after the other, against a model of a schema: what is refused changes nothing, what is
// named exists, and the model finds everything as one does that was built anew.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/observed_definition.hpp"
#include "core/schema_replay.hpp"
#include "fuzz/json_text.hpp"
#include "fuzz/property.hpp"
#include "unit/schema_builder.hpp"

namespace {

using namespace migfix::core;
using namespace migfix::core::test;
using migfix::core::fuzz::Bytes;
using migfix::core::fuzz::JsonText;
using migfix::core::fuzz::require;

constexpr std::size_t kMostStatements = 40;

/// Few names, so that they meet; some are those that the server would choose.
const std::string &relation_of(Bytes &bytes) {
  static const std::vector<std::string> names = {
      "t", "u", "v", "kind", "t_pkey", "t_a_key", "t_a_idx", "t_a_seq", "u_a_seq", std::string(63, 'x')};
  return names[bytes.below(names.size())];
}
const std::string &table_name_of(Bytes &bytes) {
  static const std::vector<std::string> names = {"t", "u", "v"};
  return names[bytes.below(names.size())];
}
const std::string &column_name_of(Bytes &bytes) {
  static const std::vector<std::string> names = {"a", "b", "c"};
  return names[bytes.below(names.size())];
}
const std::string &constraint_name_of(Bytes &bytes) {
  static const std::vector<std::string> names = {"", "t_pkey", "t_a_key", "t_a_fkey", "t_a_check", "u_pkey"};
  return names[bytes.below(names.size())];
}

std::vector<std::string> columns_of(Bytes &bytes) {
  std::vector<std::string> columns(1 + bytes.below(2));
  for (std::string &column : columns) column = column_name_of(bytes);
  return columns;
}

DataType type_of(Bytes &bytes) {
  switch (bytes.below(4)) {
    case 0:
      return builtin("varchar", "character varying");
    case 1:
      return {own("kind"), {}, bytes.flag(), {}};
    default:
      return int4();
  }
}

NamedConstraint constraint_of(Bytes &bytes) {
  const std::string &name = constraint_name_of(bytes);
  switch (bytes.below(4)) {
    case 0:
      return primary(columns_of(bytes), name);
    case 1:
      return unique(columns_of(bytes), name);
    case 2:
      return references(columns_of(bytes), table_name_of(bytes),
                        bytes.flag() ? columns_of(bytes) : std::vector<std::string>(), name);
    default: {
      const std::string &column = column_name_of(bytes);
      return check(expr(column + " > 0", {column}), name);
    }
  }
}

NewColumn new_column_of(Bytes &bytes) {
  NewColumn made =
      bytes.below(4) == 0 ? serial(column_name_of(bytes)) : column(column_name_of(bytes), type_of(bytes));
  if (bytes.below(4) == 0 && !made.serial) made.column.identity = Identity::kAlways;
  if (bytes.below(4) == 0) made.constraints.push_back(constraint_of(bytes));
  return made;
}

ObjectId object_of(Bytes &bytes) {
  switch (bytes.below(8)) {
    case 0:
      return idx(relation_of(bytes));
    case 1:
      return seq(relation_of(bytes));
    case 2:
      return enum_id(relation_of(bytes));
    case 3:
      return view_id(relation_of(bytes));
    case 4:
      return id_of(ObjectKind::kDomain, own(relation_of(bytes)));
    default:
      return table_id(relation_of(bytes));
  }
}

TableTarget target_of(Bytes &bytes) {
  return {own(table_name_of(bytes)), bytes.flag(), false};
}

Effect effect_of(Bytes &bytes) {
  switch (bytes.below(24)) {
    case 0:
    case 1: {
      std::vector<NewColumn> columns(bytes.below(4));
      for (NewColumn &made : columns) made = new_column_of(bytes);
      std::vector<NamedConstraint> constraints(bytes.below(3));
      for (NamedConstraint &made : constraints) made = constraint_of(bytes);
      CreateTable effect = create_table(relation_of(bytes), std::move(columns), std::move(constraints));
      if (bytes.below(4) == 0) effect.table.parents.push_back(own(table_name_of(bytes)));
      effect.if_not_exists = bytes.flag();
      return effect;
    }
    case 2:
      return AddColumn{target_of(bytes), bytes.flag(), new_column_of(bytes)};
    case 3:
      return DropColumn{target_of(bytes), column_name_of(bytes), bytes.flag(), bytes.flag()};
    case 4:
      return AlterColumnType{target_of(bytes), column_name_of(bytes), type_of(bytes), {}, {}};
    case 5: {
      SetDefault effect{target_of(bytes), column_name_of(bytes), {}, {}};
      if (bytes.flag()) effect.nextval = own(relation_of(bytes));
      return effect;
    }
    case 6:
      return SetNotNull{target_of(bytes), column_name_of(bytes), bytes.flag()};
    case 7: {
      SetIdentity effect;
      effect.table = target_of(bytes);
      effect.column = column_name_of(bytes);
      effect.change = static_cast<SetIdentity::Change>(bytes.below(3));
      effect.if_exists = bytes.flag();
      if (effect.change != SetIdentity::Change::kDrop) effect.identity = Identity::kByDefault;
      return effect;
    }
    case 8:
    case 9:
      return AddConstraint{target_of(bytes), constraint_of(bytes)};
    case 10:
      return DropConstraint{target_of(bytes), constraint_name_of(bytes), bytes.flag(), bytes.flag()};
    case 11:
    case 12: {
      CreateIndex effect =
          create_index(bytes.flag() ? "" : relation_of(bytes), table_name_of(bytes), columns_of(bytes));
      effect.index.unique = bytes.flag();
      effect.if_not_exists = !effect.name.empty() && bytes.flag();
      return effect;
    }
    case 13:
      return CreateEnum{own(relation_of(bytes)), {"one", "two"}};
    case 14:
      return AddEnumValue{own("kind"), bytes.flag() ? "one" : "three", bytes.flag(),
                          bytes.flag() ? "two" : "", bytes.flag()};
    case 15:
      return RenameEnumValue{own("kind"), bytes.flag() ? "one" : "two", "three"};
    case 16: {
      CreateSequence effect;
      effect.name = own(relation_of(bytes));
      if (bytes.flag()) {
        effect.owner = own(table_name_of(bytes));
        effect.owner_column = column_name_of(bytes);
      }
      return effect;
    }
    case 17:
      return create_view(relation_of(bytes), {relation_of(bytes)});
    case 18:
    case 19:
      return drop(object_of(bytes), bytes.flag(), bytes.flag());
    case 20:
      return rename(object_of(bytes), relation_of(bytes));
    case 21: {
      const QualifiedName table = own(table_name_of(bytes));
      return rename(column_id(table, column_name_of(bytes)), column_name_of(bytes));
    }
    case 22: {
      const QualifiedName table = own(table_name_of(bytes));
      return rename(constraint_id(table, constraint_name_of(bytes)), relation_of(bytes));
    }
    default: {
      CreateDomain effect;
      effect.name = own(relation_of(bytes));
      effect.domain.type = type_of(bytes);
      return effect;
    }
  }
}

/// Every object, as it is written.
std::map<ObjectId, std::string> standing(const SchemaModel &model) {
  std::map<ObjectId, std::string> objects;
  for (const auto &[id, object] : model.objects()) objects.emplace(id, JsonText::write(json_of(object)));
  return objects;
}

void check_lookups(const SchemaModel &model) {
  SchemaModel fresh;
  for (const auto &[id, object] : model.objects()) fresh.put(id, object);
  static const std::vector<std::string> names = {"t",       "u",       "v",       "kind",      "t_pkey",
                                                 "t_a_key", "t_a_idx", "t_a_seq", "t_a_check", "u_pkey",
                                                 "u_a_seq", "v_pkey",  "v_a_seq", "t_a_seq1",  "t_a_fkey"};
  for (const std::string &name : names) {
    require(model.relation(own(name)) == fresh.relation(own(name)), "relations are found as in a new model");
    require(model.type(own(name)) == fresh.type(own(name)), "types are found as in a new model");
    require(model.has_constraint_named(own(name)) == fresh.has_constraint_named(own(name)),
            "constraints are found as in a new model");
    require(model.users_of(own(name)) == fresh.users_of(own(name)), "users are found as in a new model");
  }
}

/// What an object names and what is not there: a model need not know all that there is.
class Missing {
 public:
  explicit Missing(const SchemaModel &model) : model_(model) {
    for (const auto &[id, object] : model.objects()) look(id, object.definition);
  }
  const std::set<std::pair<ObjectId, std::string>> &names() const { return names_; }

 private:
  void need(const ObjectId &id, bool there, const std::string &name) {
    if (!there) names_.emplace(id, name);
  }
  void need_relation(const ObjectId &id, const QualifiedName &name) {
    need(id, model_.relation(name).has_value(), name.name);
  }
  void need_type(const ObjectId &id, const DataType &type) {
    if (type.name.schema.empty()) need(id, model_.type(type.name).has_value(), type.name.name);
  }
  void need_column(const ObjectId &id, const QualifiedName &table, const std::string &column) {
    need(id, model_.find(column_id(table, column)) != nullptr, table.name + "." + column);
  }

  void look(const ObjectId &id, const Definition &definition) {
    if (const auto *column = std::get_if<Column>(&definition)) {
      require(model_.find(id_of(ObjectKind::kTable, table_of(id))) != nullptr, "a column has its table");
      need_type(id, column->type);
      if (column->nextval) need_relation(id, *column->nextval);
    } else if (const auto *constraint = std::get_if<Constraint>(&definition)) {
      look(id, *constraint);
    } else if (const auto *index = std::get_if<Index>(&definition)) {
      need_relation(id, index->table);
      for (const IndexElement &element : index->elements) need_column(id, index->table, element.column);
    } else if (const auto *sequence = std::get_if<Sequence>(&definition)) {
      if (!sequence->owner.empty()) need_column(id, sequence->owner, sequence->owner_column);
    } else if (const auto *domain = std::get_if<Domain>(&definition)) {
      need_type(id, domain->type);
    } else if (const auto *table = std::get_if<Table>(&definition)) {
      for (const QualifiedName &parent : table->parents) need_relation(id, parent);
    } else if (const auto *view = std::get_if<View>(&definition)) {
      for (const QualifiedName &read : view->reads) need_relation(id, read);
    }
  }

  void look(const ObjectId &id, const Constraint &constraint) {
    const QualifiedName table = table_of(id);
    require(model_.find(id_of(ObjectKind::kTable, table)) != nullptr, "a constraint has its table");
    if (const auto *key = std::get_if<Key>(&constraint.what)) {
      for (const std::string &column : key->columns) need_column(id, table, column);
    } else if (const auto *foreign = std::get_if<ForeignKey>(&constraint.what)) {
      for (const std::string &column : foreign->columns) need_column(id, table, column);
      for (const std::string &column : foreign->referenced) need_column(id, foreign->references, column);
    } else if (const auto *check = std::get_if<Check>(&constraint.what)) {
      for (const auto &use : check->expression.columns) need_column(id, table, use.column);
    }
  }

  const SchemaModel &model_;
  std::set<std::pair<ObjectId, std::string>> names_;
};

/// An object that a statement leaves as it is loses nothing that it names.
void check_names(const std::map<ObjectId, std::string> &before, const std::map<ObjectId, std::string> &after,
                 const Missing &missing_before, const Missing &missing) {
  for (const auto &[id, name] : missing.names()) {
    if (missing_before.names().contains({id, name})) continue;
    const auto was = before.find(id);
    require(was == before.end() || was->second != after.at(id),
            "what something names does not go without it");
  }
}

void check_changes(const std::map<ObjectId, std::string> &before,
                   const std::map<ObjectId, std::string> &after, const std::vector<ObjectId> &changes) {
  const auto is_said = [&](const ObjectId &id) {
    return std::binary_search(changes.begin(), changes.end(), id);
  };
  for (const auto &[id, text] : before) {
    const auto now = after.find(id);
    if (now == after.end() || now->second != text) require(is_said(id), "what was changed is said");
  }
  for (const auto &[id, text] : after)
    if (!before.contains(id)) require(is_said(id), "what was made is said");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  Bytes bytes(data, size);
  // To see what an input is: MIGFIX_SHOW=1 build/model_fuzz INPUT.
  static const bool shows = std::getenv("MIGFIX_SHOW") != nullptr;
  SchemaModel model;
  auto before = standing(model);
  std::optional<Missing> missing_before(model);
  for (std::size_t i = 0; i < kMostStatements && bytes.more(); ++i) {
    RevisionStatement statement;
    do statement.effects.push_back(effect_of(bytes));
    while (bytes.below(4) == 0 && bytes.more());
    const auto refusal = apply(model, statement);
    if (shows)
      std::fprintf(stderr, "%zu effects, the first is %zu: %s\n", statement.effects.size(),
                   statement.effects.front().index(), refusal ? refusal->message.c_str() : "done");
    if (refusal) require(refusal->sqlstate.size() == 5 && !refusal->message.empty(), "a refusal says why");
    auto after = standing(model);
    if (shows)
      for (const auto &[id, text] : after)
        std::fprintf(stderr, "  %s %s\n", JsonText::write(Json(json_of(id))).c_str(), text.c_str());
    if (refusal) require(after == before, "what is refused changes nothing");
    check_changes(before, after, model.take_changes());
    check_lookups(model);
    Missing missing(model);
    check_names(before, after, *missing_before, missing);
    missing_before.emplace(std::move(missing));
    before = std::move(after);
  }
  return 0;
}
