#include "core/definition_mending.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "core/expression_text.hpp"
#include "core/select_list.hpp"
#include "core/sql_text.hpp"
#include "core/type_words.hpp"

namespace migfix::core {

namespace {

constexpr std::string_view kRestored = "owner, options, privileges and triggers as they were";

bool turns(const SequenceOptions &expected, const SequenceOptions &real) {
  return (expected.increment.value_or(1) < 0) != (real.increment.value_or(1) < 0);
}

std::vector<Difference> certain(std::vector<Difference> differences) {
  std::erase_if(differences, [](const Difference &difference) { return difference.uncertain; });
  return differences;
}

void mend(Mending &, const SchemaDefinition &, const SchemaDefinition &) {}
void mend(Mending &, const Extension &, const Extension &) {}
void mend(Mending &, const Function &, const Function &) {}
void mend(Mending &, const Trigger &, const Trigger &) {}
void mend(Mending &mending, const Enum &expected, const Enum &real) {
  mend_enum(mending, expected, real);
}
void mend(Mending &mending, const Domain &expected, const Domain &real) {
  mend_domain(mending, expected, real);
}
void mend(Mending &mending, const Composite &expected, const Composite &real) {
  mend_composite(mending, expected, real);
}
void mend(Mending &mending, const Column &expected, const Column &real) {
  mend_column(mending, expected, real);
}

void mend(Mending &mending, const Sequence &expected, const Sequence &real) {
  if (mending.find("options") != nullptr) {
    const auto wanted = Clauses::sequence_parts(expected.options, "int8", true);
    const auto found = Clauses::sequence_parts(real.options, "int8", true);
    // With the type, the server moves the bounds: then all of it is said.
    const bool all = wanted.front() != found.front();
    std::string parts;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (all || wanted[i] != found[i]) parts += " " + wanted[i];
    }
    std::string statement = fmt::format("ALTER SEQUENCE {}{}", mending.name(), parts);
    if (turns(expected.options, real.options)) {
      mending.run_unsafe(statement + " RESTART",
                         mending.reason("options") + "; it counts the other way, so it starts anew");
    } else {
      mending.run(std::move(statement), mending.reason("options"));
    }
  }
  // Making the column gives it the sequence.
  const bool is_column_missing =
      !expected.owner.empty() && mending.real_model != nullptr &&
      mending.real_model->find(column_id(expected.owner, expected.owner_column)) == nullptr;
  if (mending.find("owner") == nullptr || is_column_missing) return;
  if (expected.owner.empty()) {
    mending.run(fmt::format("ALTER SEQUENCE {} OWNED BY NONE", mending.name()), mending.reason("owner"));
    return;
  }
  for (const std::string &statement : owner_sql(mending.id, mending.expected, mending.own_schema)) {
    mending.run(statement, mending.reason("owner"));
  }
}

bool contains(const std::vector<QualifiedName> &names, const QualifiedName &name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void mend_parents(Mending &mending, const Table &expected, const Table &real) {
  const std::string name = mending.name();
  const bool is_bound = !expected.partition_bound.empty();
  const bool was_bound = !real.partition_bound.empty();
  const bool new_bound = mending.find("partition bound") != nullptr || is_bound != was_bound;
  if (mending.find("parents") == nullptr && !new_bound) return;
  const std::string why = mending.reason(mending.find("parents") != nullptr ? "parents" : "partition bound");
  for (const QualifiedName &parent : real.parents) {
    if (contains(expected.parents, parent) && !new_bound) continue;
    const std::string parent_name = mending.sql.name(parent);
    mending.run(was_bound ? fmt::format("ALTER TABLE {} DETACH PARTITION {}", parent_name, name)
                          : fmt::format("ALTER TABLE {} NO INHERIT {}", name, parent_name),
                why);
  }
  for (const QualifiedName &parent : expected.parents) {
    if (contains(real.parents, parent) && !new_bound) continue;
    const std::string parent_name = mending.sql.name(parent);
    mending.run(is_bound ? fmt::format("ALTER TABLE {} ATTACH PARTITION {} {}", parent_name, name,
                                       expected.partition_bound)
                         : fmt::format("ALTER TABLE {} INHERIT {}", name, parent_name),
                why);
  }
}

void mend(Mending &mending, const Table &expected, const Table &real) {
  if (mending.find("partition by") != nullptr) {
    mending.ask(mending.reason("partition by") +
                "; the server cannot change that: the table must be made anew and its rows moved");
  }
  if (mending.find("unlogged") != nullptr) {
    mending.run(
        fmt::format("ALTER TABLE {} SET {}", mending.name(), expected.unlogged ? "UNLOGGED" : "LOGGED"),
        mending.reason("unlogged"));
  }
  mend_parents(mending, expected, real);
}

// A foreign key that refers to the columns of the real key.
std::optional<ObjectId> foreign_key_on(const Mending &mending) {
  const auto *key = std::get_if<Key>(&std::get<Constraint>(mending.real.definition).what);
  if (key == nullptr || mending.real_model == nullptr) return std::nullopt;
  const QualifiedName table = table_of(mending.id);
  const std::set<std::string> columns(key->columns.begin(), key->columns.end());
  for (const ObjectId &user : mending.real_model->users_of(table)) {
    const auto *constraint = mending.real_model->find_as<Constraint>(user);
    const auto *foreign = constraint == nullptr ? nullptr : std::get_if<ForeignKey>(&constraint->what);
    if (foreign != nullptr && foreign->references == table &&
        std::set<std::string>(foreign->referenced.begin(), foreign->referenced.end()) == columns)
      return user;
  }
  return std::nullopt;
}

void mend(Mending &mending, const Constraint &expected, const Constraint &) {
  if (!mending.definition_differs()) return;
  const bool alone = mending.differences.size() == (mending.find("comment") != nullptr ? 2 : 1);
  const auto *const key = std::get_if<ForeignKey>(&expected.what);
  const auto *const check = std::get_if<Check>(&expected.what);
  const bool valid = (key != nullptr && key->valid) || (check != nullptr && check->valid);
  const std::string alter = fmt::format("ALTER TABLE {} ", mending.table());
  if (alone && mending.find("valid") != nullptr && valid) {
    return mending.run(fmt::format("{}VALIDATE CONSTRAINT {}", alter, mending.part()), mending.reason());
  }
  if (alone && mending.find("deferrable") != nullptr && key != nullptr) {
    const std::string deferral = mending.sql.deferral(key->deferral);
    return mending.run(fmt::format("{}ALTER CONSTRAINT {}{}", alter, mending.part(),
                                   deferral.empty() ? " NOT DEFERRABLE" : deferral),
                       mending.reason());
  }
  if (const auto on_it = foreign_key_on(mending)) {
    return mending.ask(
        fmt::format("{}; {} stands on it: drop that, and repair again", mending.reason(),
                    object_in_words(*on_it)),
        drop_sql(*on_it, *mending.real_model->find(*on_it), mending.own_schema).front().statement);
  }
  mending.run(fmt::format("{}DROP CONSTRAINT {}, ADD CONSTRAINT {} {}", alter, mending.part(), mending.part(),
                          mending.sql.constraint(expected)),
              mending.reason());
  mending.comment_anew();
}

void mend(Mending &mending, const Index &, const Index &) {
  if (!mending.definition_differs()) return;
  mending.run("DROP INDEX " + mending.name(), mending.reason());
  mending.create("it is made as it is expected");
}

void mend(Mending &mending, const View &expected, const View &real) {
  if (!mending.definition_differs()) return;
  const bool both_plain = !expected.materialized && !real.materialized;
  if (both_plain && is_replaceable(real.query.normal, expected.query.normal)) {
    return mending.run(fmt::format("CREATE OR REPLACE VIEW {} AS {}", mending.name(),
                                   bare_expression(sql_source(expected.query))),
                       mending.reason());
  }
  if (create_sql(mending.id, mending.expected, mending.expected_model, mending.own_schema).empty()) {
    return mending.ask(mending.reason() + "; the statement that makes it is not known");
  }
  if (!mending.real.held_by.empty()) return mending.ask(mending.reason() + in_the_way(mending.real));
  const std::string cost = real.materialized ? "; it holds derived rows only" : "";
  mending.run(drop_sql(mending.id, mending.real, mending.own_schema).front().statement,
              mending.reason() + cost);
  mending.create("it is made as it is expected");
  mending.restore(mending.id, mending.real);
  if (mending.real_model == nullptr || !real.materialized || !expected.materialized) return;
  for (const ObjectId &index : mending.real_model->indexes_of(name_of(mending.id))) mending.put_back(index);
}

/// Both are of one kind: what is asked of a pair that is not is nothing.
struct MendPair {
  Mending &mending;
  template <class Definition>
  void operator()(const Definition &expected) const {
    if (const auto *real = std::get_if<Definition>(&mending.real.definition)) mend(mending, expected, *real);
  }
};

}  // namespace

Mending::Mending(const ObjectId &id, const Object &expected, const Object &real,
                 const SchemaModel &expected_model, const SchemaModel *real_model,
                 const std::string &own_schema)
    : id(id),
      expected(expected),
      real(real),
      expected_model(expected_model),
      real_model(real_model),
      own_schema(own_schema),
      sql(own_schema),
      differences(certain(compare(expected, real))) {}

const Difference *Mending::find(std::string_view field) const {
  const auto found = std::find_if(differences.begin(), differences.end(),
                                  [&](const Difference &difference) { return difference.field == field; });
  return found == differences.end() ? nullptr : &*found;
}

bool Mending::definition_differs() const {
  return std::any_of(differences.begin(), differences.end(),
                     [](const Difference &difference) { return difference.field != "comment"; });
}

std::string Mending::reason(std::string_view field) const {
  const Difference *difference = find(field);
  return difference == nullptr ? object_in_words(id) : words(id, *difference);
}

std::string Mending::reason() const {
  std::string said;
  for (const Difference &difference : differences) {
    if (difference.field == "comment") continue;
    said += (said.empty() ? "" : "; ") + difference.said;
  }
  return fmt::format("{}: {}", object_in_words(id), said);
}

void Mending::create(std::string_view reason, bool safe) {
  anew_ = true;
  for (std::string &statement : create_sql(id, expected, expected_model, own_schema)) {
    mends_.push_back({std::move(statement), safe, fmt::format("{}: {}", object_in_words(id), reason)});
  }
}

void Mending::put_back(const ObjectId &fallen) {
  if (real_model == nullptr) return;
  const Object *object = real_model->find(fallen);
  if (object == nullptr) return;
  for (std::string &statement : create_sql(fallen, *object, *real_model, own_schema)) {
    run(std::move(statement), fmt::format("{}: it falls with {} and is put back as it was",
                                          object_in_words(fallen), object_in_words(id)));
  }
  restore(fallen, *object);
}

void Mending::restore(const ObjectId &view, const Object &real) {
  if (const auto *there = std::get_if<View>(&real.definition)) {
    for (const std::string &statement : there->restore)
      run(statement, fmt::format("{}: {}", object_in_words(view), kRestored));
  }
}

void Mending::set_aside(const ObjectId &view) {
  const Object &object = *real_model->find(view);
  if (!object.held_by.empty())
    ask(fmt::format("{}: it reads what changes and would step aside{}", object_in_words(view),
                    in_the_way(object)));
  for (Mend &drop : drop_sql(view, object, own_schema)) {
    run(std::move(drop.statement),
        fmt::format("{}: it reads what changes and steps aside", object_in_words(view)));
  }
}

void Mending::comment_anew() {
  anew_ = true;
  if (expected.comment.empty()) return;
  run(comment_sql(id, expected, own_schema), object_in_words(id) + ": its comment, which fell with it");
}

void Mending::comment() {
  if (!anew_ && find("comment") != nullptr) run(comment_sql(id, expected, own_schema), reason("comment"));
}

std::string in_the_way(const Object &real) {
  const bool one = real.held_by.size() == 1;
  return fmt::format("; {} {} in the way: drop {}, repair, and make {} again", list_of(real.held_by),
                     one ? "is" : "are", one ? "it" : "them", one ? "it" : "them");
}

std::vector<ObjectId> views_on_column(const Mending &mending) {
  std::vector<ObjectId> views;
  if (mending.real_model == nullptr) return views;
  const SchemaModel::Objects &objects = mending.real_model->objects();
  const auto add_readers = [&](const QualifiedName &relation, const std::string &word) {
    const ObjectId first{ObjectKind::kView, {}, {}, {}};
    for (auto at = objects.lower_bound(first); at != objects.end() && at->first.kind == first.kind; ++at) {
      const View &view = std::get<View>(at->second.definition);
      const bool known = std::find(views.begin(), views.end(), at->first) != views.end();
      if (known || !contains(view.reads, relation)) continue;
      // A column that is not named is not read: the server's form has no stars.
      if (word.empty() || view.query.normal.find(word) != std::string::npos) views.push_back(at->first);
    }
  };
  add_readers(table_of(mending.id), mending.id.name);
  for (std::size_t i = 0; i < views.size(); ++i) add_readers(name_of(views[i]), {});
  return creation_order(std::move(views), *mending.real_model);
}

std::vector<ObjectId> columns_of_type(const Mending &mending, const QualifiedName &type) {
  const SchemaModel &model = mending.real_model != nullptr ? *mending.real_model : mending.expected_model;
  std::vector<ObjectId> columns;
  for (const auto &[id, object] : model.objects()) {
    const auto *const column = std::get_if<Column>(&object.definition);
    if (column != nullptr && column->type.name == type) columns.push_back(id);
  }
  return columns;
}

bool is_in_use(const Mending &mending, const QualifiedName &type) {
  const SchemaModel &model = mending.real_model != nullptr ? *mending.real_model : mending.expected_model;
  return std::any_of(model.objects().begin(), model.objects().end(), [&](const auto &entry) {
    const Definition &definition = entry.second.definition;
    if (const auto *column = std::get_if<Column>(&definition)) return column->type.name == type;
    if (const auto *domain = std::get_if<Domain>(&definition)) return domain->type.name == type;
    const auto *const composite = std::get_if<Composite>(&definition);
    return composite != nullptr &&
           std::any_of(composite->attributes.begin(), composite->attributes.end(),
                       [&](const auto &attribute) { return attribute.second.name == type; });
  });
}

std::vector<Mend> alter_sql(const ObjectId &id, const Object &expected, const Object &real,
                            const SchemaModel &expected_model, const std::string &own_schema,
                            const SchemaModel *real_model) {
  Mending mending(id, expected, real, expected_model, real_model, own_schema);
  if (mending.differences.empty()) return {};
  std::visit(MendPair{mending}, expected.definition);
  mending.comment();
  return mending.take();
}

}  // namespace migfix::core
