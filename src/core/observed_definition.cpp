#include "core/observed_definition.hpp"

#include <string_view>

#include "core/json_members.hpp"

namespace migfix::core {

namespace {

// Of each type the JSON of a value (null: as by default) and the value of a JSON. -----------------------

Json written(bool flag) {
  return flag ? Json(true) : Json();
}
Json written(const std::string &text) {
  return text.empty() ? Json() : Json(text);
}
Json written(const std::optional<std::int64_t> &number) {
  return number ? Json(*number) : Json();
}
Json written(const std::optional<bool> &flag) {
  return flag ? Json(*flag) : Json();
}
Json written(const Expression &expression) {
  return written(expression.normal);
}
Json written(const QualifiedName &name) {
  if (name.empty()) return {};
  if (name.schema.empty()) return name.name;
  return Json::List{name.schema, name.name};
}
Json written(const std::optional<QualifiedName> &name) {
  return name ? written(*name) : Json();
}
Json written(const DataType &type);
Json written(const SequenceOptions &options);
Json written(const Deferral &deferral);
Json written(const IndexElement &element);
Json written(const std::pair<std::string, Expression> &check) {
  return Json::List{check.first, check.second.normal};
}
Json written(const std::pair<std::string, DataType> &attribute) {
  return Json::List{attribute.first, written(attribute.second)};
}

template <class Item>
Json written(const std::vector<Item> &items) {
  if (items.empty()) return {};
  Json::List list;
  for (const Item &item : items) {
    if constexpr (std::is_same_v<Item, std::string>)
      list.emplace_back(item);  // also an empty one
    else
      list.push_back(written(item));
  }
  return list;
}

void read(const Json &json, const std::string &where, bool &flag) {
  flag = json_flag(json, where);
}
void read(const Json &json, const std::string &where, std::string &text) {
  text = json_text(json, where);
}
void read(const Json &json, const std::string &where, std::optional<std::int64_t> &number) {
  number = json_number(json, where);
}
void read(const Json &json, const std::string &where, std::optional<bool> &flag) {
  flag = json_flag(json, where);
}
void read(const Json &json, const std::string &where, Expression &expression) {
  expression.normal = json_text(json, where);
}
void read(const Json &json, const std::string &where, QualifiedName &name) {
  if (std::holds_alternative<std::string>(json.value)) {
    name = {{}, json_name(json, where)};
    return;
  }
  const Json::List &parts = json_list(json, where);
  if (parts.size() != 2) refuse_json(where, "a name is a text, or a schema and a name");
  name = {json_name(parts[0], where), json_name(parts[1], where)};
}
void read(const Json &json, const std::string &where, std::optional<QualifiedName> &name) {
  read(json, where, name.emplace());
}
void read(const Json &json, const std::string &where, DataType &type);
void read(const Json &json, const std::string &where, SequenceOptions &options);
void read(const Json &json, const std::string &where, Deferral &deferral);
void read(const Json &json, const std::string &where, IndexElement &element);

template <class Second>
void read(const Json &json, const std::string &where, std::pair<std::string, Second> &pair) {
  const Json::List &parts = json_list(json, where);
  if (parts.size() != 2) refuse_json(where, "it must be a name and what it stands for");
  pair.first = json_name(parts[0], where);
  read(parts[1], where, pair.second);
}

template <class Item>
void read(const Json &json, const std::string &where, std::vector<Item> &items) {
  for (const Json &each : json_list(json, where)) read(each, where, items.emplace_back());
}

// A member by either of the two; what is not there is as by default.
template <class Value>
void member(MemberWriter &io, const char *name, const Value &value) {
  io.put(name, written(value));
}
template <class Value>
void member(MemberReader &io, const char *name, Value &value) {
  if (const Json *json = io.find(name)) read(*json, io.at(name), value);
}

// One that is true by default.
void unless_true(MemberWriter &io, const char *name, const bool &flag) {
  if (!flag) io.put(name, false);
}
void unless_true(MemberReader &io, const char *name, bool &flag) {
  if (const Json *json = io.find(name)) flag = json_flag(*json, io.at(name));
}

// A letter of a catalog, one of `letters`, the first of which is the default.
void letter(MemberWriter &io, const char *name, std::string_view letters, const char &value) {
  if (value != letters.front()) io.put(name, std::string(1, value));
}
void letter(MemberReader &io, const char *name, std::string_view letters, char &value) {
  const Json *json = io.find(name);
  if (json == nullptr) return;
  const std::string &text = json_text(*json, io.at(name));
  if (text.size() != 1 || letters.find(text[0]) == std::string_view::npos)
    refuse_json(io.at(name), "it must be one of the letters " + std::string(letters));
  value = text[0];
}

// Members of what definitions are made of. `Of` is const where it is written. -----------------------------

template <class Io, class Of>
void describe_type(Io &io, Of &type) {
  member(io, "name", type.name);
  member(io, "modifiers", type.modifiers);
  member(io, "array", type.array);
  member(io, "shown", type.shown);
}

template <class Io, class Of>
void describe_sequence(Io &io, Of &options) {
  member(io, "type", options.type);
  member(io, "start", options.start);
  member(io, "increment", options.increment);
  member(io, "minimum", options.minimum);
  member(io, "maximum", options.maximum);
  member(io, "cache", options.cache);
  member(io, "cycle", options.cycle);
}

template <class Io, class Of>
void describe_deferral(Io &io, Of &deferral) {
  member(io, "deferrable", deferral.deferrable);
  member(io, "deferred", deferral.deferred);
}

template <class Io, class Of>
void describe_element(Io &io, Of &element) {
  member(io, "column", element.column);
  member(io, "expression", element.expression);
  member(io, "collation", element.collation);
  member(io, "operator_class", element.operator_class);
  member(io, "operator_class_options", element.operator_class_options);
  member(io, "descending", element.descending);
  member(io, "nulls_first", element.nulls_first);
}

#define MIGFIX_JSON_OF(Type, describe)                                 \
  Json written(const Type &value) {                                    \
    MemberWriter io;                                                   \
    describe(io, value);                                               \
    Json::Members members = io.take();                                 \
    return members.empty() ? Json() : Json(std::move(members));        \
  }                                                                    \
  void read(const Json &json, const std::string &where, Type &value) { \
    MemberReader io(json, where);                                      \
    describe(io, value);                                               \
    io.finish();                                                       \
  }
MIGFIX_JSON_OF(DataType, describe_type)
MIGFIX_JSON_OF(SequenceOptions, describe_sequence)
MIGFIX_JSON_OF(Deferral, describe_deferral)
MIGFIX_JSON_OF(IndexElement, describe_element)
#undef MIGFIX_JSON_OF

// Of the kinds of definitions. ------------------------------------------------------------------------------

template <class Kind, class Of>
constexpr bool is_a = std::is_same_v<std::remove_const_t<Of>, Kind>;

constexpr const char *kIdentities[] = {nullptr, "always", "by default"};

void identity(MemberWriter &io, const Identity &identity) {
  if (identity != Identity::kNone) io.put("identity", kIdentities[static_cast<int>(identity)]);
}
void identity(MemberReader &io, Identity &identity) {
  const Json *json = io.find("identity");
  if (json == nullptr) return;
  const std::string &text = json_text(*json, io.at("identity"));
  if (text != kIdentities[1] && text != kIdentities[2])
    refuse_json(io.at("identity"), "it must be always or by default");
  identity = text == kIdentities[1] ? Identity::kAlways : Identity::kByDefault;
}

void place(MemberWriter &io, const std::uint32_t &position) {
  io.put("position", static_cast<std::int64_t>(position));
}
void place(MemberReader &io, std::uint32_t &position) {
  const Json *json = io.find("position");
  if (json == nullptr) return;
  const std::int64_t number = json_number(*json, io.at("position"));
  if (number < 0 || number > 1 << 20) refuse_json(io.at("position"), "there is no such position");
  position = static_cast<std::uint32_t>(number);
}

template <class Io, class Of>
void describe(Io &io, Of &object) {
  if constexpr (is_a<Enum, Of>) {
    member(io, "labels", object.labels);
  } else if constexpr (is_a<Domain, Of>) {
    member(io, "type", object.type);
    member(io, "not_null", object.not_null);
    member(io, "default", object.default_value);
    member(io, "collation", object.collation);
    member(io, "checks", object.checks);
  } else if constexpr (is_a<Composite, Of>) {
    member(io, "attributes", object.attributes);
  } else if constexpr (is_a<Sequence, Of>) {
    member(io, "options", object.options);
    member(io, "owner", object.owner);
    member(io, "owner_column", object.owner_column);
  } else if constexpr (is_a<Table, Of>) {
    member(io, "unlogged", object.unlogged);
    member(io, "partition_by", object.partition_by);
    member(io, "parents", object.parents);
    member(io, "partition_bound", object.partition_bound);
  } else if constexpr (is_a<Column, Of>) {
    member(io, "type", object.type);
    member(io, "not_null", object.not_null);
    member(io, "default", object.default_value);
    member(io, "nextval", object.nextval);
    member(io, "generated", object.generated);
    identity(io, object.identity);
    member(io, "identity_options", object.identity_options);
    member(io, "collation", object.collation);
    place(io, object.position);
  } else if constexpr (is_a<Key, Of>) {
    member(io, "primary", object.primary);
    member(io, "columns", object.columns);
    member(io, "include", object.include);
    member(io, "nulls_not_distinct", object.nulls_not_distinct);
    member(io, "deferral", object.deferral);
  } else if constexpr (is_a<ForeignKey, Of>) {
    member(io, "columns", object.columns);
    member(io, "references", object.references);
    member(io, "referenced", object.referenced);
    letter(io, "match", "sfp", object.match);
    letter(io, "on_update", "arcnd", object.on_update);
    letter(io, "on_delete", "arcnd", object.on_delete);
    member(io, "set_columns", object.set_columns);
    member(io, "deferral", object.deferral);
    unless_true(io, "valid", object.valid);
  } else if constexpr (is_a<Check, Of>) {
    member(io, "expression", object.expression);
    member(io, "no_inherit", object.no_inherit);
    unless_true(io, "valid", object.valid);
  } else if constexpr (is_a<Exclusion, Of>) {
    member(io, "method", object.method);
    member(io, "elements", object.elements);
    member(io, "operators", object.operators);
    member(io, "include", object.include);
    member(io, "predicate", object.predicate);
    member(io, "deferral", object.deferral);
  } else if constexpr (is_a<Index, Of>) {
    member(io, "table", object.table);
    member(io, "method", object.method);
    member(io, "elements", object.elements);
    member(io, "include", object.include);
    member(io, "predicate", object.predicate);
    member(io, "unique", object.unique);
    member(io, "nulls_not_distinct", object.nulls_not_distinct);
    unless_true(io, "valid", object.valid);
  } else if constexpr (is_a<View, Of>) {
    member(io, "materialized", object.materialized);
    member(io, "query", object.query);
    member(io, "reads", object.reads);
    unless_true(io, "certain", object.certain);
  }
}

constexpr const char *kConstraintKinds[] = {"key", "foreign key", "check", "exclusion"};

template <std::size_t... I>
Definition blank_of(ObjectKind kind, std::index_sequence<I...>) {
  Definition definition;
  ((static_cast<std::size_t>(kind) == I ? void(definition.emplace<I>()) : void()), ...);
  return definition;
}

Definition blank_of(ObjectKind kind) {
  return blank_of(kind, std::make_index_sequence<std::variant_size_v<Definition>>());
}

void read_constraint(MemberReader &io, Constraint &constraint) {
  const std::string &kind = json_text(io.get("kind"), io.at("kind"));
  if (kind == kConstraintKinds[0])
    constraint.what = Key();
  else if (kind == kConstraintKinds[1])
    constraint.what = ForeignKey();
  else if (kind == kConstraintKinds[2])
    constraint.what = Check();
  else if (kind == kConstraintKinds[3])
    constraint.what = Exclusion();
  else
    refuse_json(io.at("kind"), "it must be key, foreign key, check or exclusion");
  std::visit([&](auto &what) { describe(io, what); }, constraint.what);
}

}  // namespace

Json::Members json_of(const ObjectId &id) {
  MemberWriter io;
  io.put("type", object_kind_name(id.kind));
  io.put("schema", written(id.schema));
  io.put("table", written(id.table));
  io.put("name", id.name);
  return io.take();
}

Json json_of(const Object &object) {
  MemberWriter io;
  if (const auto *constraint = std::get_if<Constraint>(&object.definition)) {
    io.put("kind", kConstraintKinds[constraint->what.index()]);
    std::visit([&](const auto &what) { describe(io, what); }, constraint->what);
  } else {
    std::visit([&](const auto &what) { describe(io, what); }, object.definition);
  }
  member(io, "comment", object.comment);
  return Json(io.take());
}

ObjectId take_id(Json::Members &members) {
  Json::Members own;
  Json::Members rest;
  for (auto &each : members) {
    const bool is_own =
        each.first == "type" || each.first == "schema" || each.first == "table" || each.first == "name";
    (is_own ? own : rest).push_back(std::move(each));
  }
  members = std::move(rest);
  const Json json(std::move(own));
  MemberReader io(json, "object");
  ObjectId id;
  const std::string &type = json_text(io.get("type"), io.at("type"));
  bool known = false;
  for (std::size_t i = 0; i < std::variant_size_v<Definition> && !known; ++i) {
    id.kind = static_cast<ObjectKind>(i);
    known = type == object_kind_name(id.kind);
  }
  if (!known) refuse_json(io.at("type"), "there is no such type of object");
  const bool stands_alone = id.kind == ObjectKind::kSchema || id.kind == ObjectKind::kExtension;
  const bool is_part =
      id.kind == ObjectKind::kColumn || id.kind == ObjectKind::kConstraint || id.kind == ObjectKind::kTrigger;
  id.name = json_name(io.get("name"), io.at("name"));
  if (const Json *schema = io.find("schema")) id.schema = json_name(*schema, io.at("schema"));
  if (const Json *table = io.find("table")) id.table = json_name(*table, io.at("table"));
  if (stands_alone && !id.schema.empty()) refuse_json(io.at("schema"), "it stands in no schema");
  if (is_part && id.table.empty()) refuse_json(io.at("table"), "it must name the table");
  if (!is_part && !id.table.empty()) refuse_json(io.at("table"), "it belongs to no table");
  return id;
}

Object object_of(ObjectKind kind, const Json &json) {
  Object object{blank_of(kind), {}};
  MemberReader io(json, std::string("definition of ") + object_kind_name(kind));
  if (auto *constraint = std::get_if<Constraint>(&object.definition))
    read_constraint(io, *constraint);
  else
    std::visit([&](auto &what) { describe(io, what); }, object.definition);
  member(io, "comment", object.comment);
  io.finish();
  return object;
}

}  // namespace migfix::core
