// The statements that turn a column into the one that is expected.
#include <algorithm>

#include <fmt/format.h>

#include "core/definition_mending.hpp"
#include "core/sql_text.hpp"
#include "core/type_change.hpp"
#include "core/type_words.hpp"

namespace migfix::core {

namespace {

bool is_generated(const Column &column) {
  return !column.generated.empty();
}

bool names(const std::vector<std::string> &columns, const std::string &column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

bool names(const Expression &expression, const std::string &column) {
  return std::any_of(expression.columns.begin(), expression.columns.end(),
                     [&](const Expression::ColumnUse &use) { return use.column == column; });
}

bool names(const std::vector<IndexElement> &elements, const std::string &column) {
  return std::any_of(elements.begin(), elements.end(), [&](const IndexElement &element) {
    return element.column == column || names(element.expression, column);
  });
}

/// What falls with a column of its table without CASCADE.
struct FallsWith {
  const std::string &column;

  bool operator()(const Key &key) const { return names(key.columns, column) || names(key.include, column); }
  bool operator()(const ForeignKey &key) const { return names(key.columns, column); }
  bool operator()(const Check &check) const { return names(check.expression, column); }
  bool operator()(const Exclusion &exclusion) const {
    return names(exclusion.elements, column) || names(exclusion.include, column) ||
           names(exclusion.predicate, column);
  }
  bool operator()(const Constraint &constraint) const { return std::visit(*this, constraint.what); }
  bool operator()(const Index &index) const {
    return names(index.elements, column) || names(index.include, column) || names(index.predicate, column);
  }
};

class ColumnMending {
 public:
  ColumnMending(Mending &mending, const Column &expected, const Column &real)
      : mending_(mending),
        expected_(expected),
        real_(real),
        alter_(fmt::format("ALTER TABLE {} ALTER COLUMN {} ", mending.table(), mending.part())) {}

  void run() {
    if (mending_.find("generated") != nullptr && is_generated(expected_)) return make_anew();
    if (mending_.find("generated") != nullptr) {
      mending_.run(alter_ + "DROP EXPRESSION", mending_.reason("generated"));
    }
    const bool identity = mending_.find("identity") != nullptr;
    if (identity && expected_.identity == Identity::kNone) {
      mending_.run(alter_ + "DROP IDENTITY", mending_.reason("identity"));
    }
    const bool default_done = change_type();
    if (mending_.find("not null") != nullptr) {
      mending_.run(alter_ + (expected_.not_null ? "SET NOT NULL" : "DROP NOT NULL"),
                   mending_.reason("not null"));
    }
    if (mending_.find("default") != nullptr && !default_done) change_default();
    if (expected_.identity != Identity::kNone) change_identity();
  }

 private:
  void make_anew() {
    if (!mending_.real.held_by.empty())
      return mending_.ask(mending_.reason("generated") + in_the_way(mending_.real));
    mending_.run_unsafe(
        fmt::format("ALTER TABLE {} DROP COLUMN {}, ADD COLUMN {} {}", mending_.table(), mending_.part(),
                    mending_.part(), mending_.sql.column(expected_, given_sequence(mending_.id, expected_))),
        mending_.reason("generated") +
            "; the server cannot change that, so the column is made anew: the values "
            "that are there are lost, and what refers to it falls or refuses");
    mending_.comment_anew();
    if (mending_.real_model == nullptr) return;
    const SchemaModel &model = *mending_.real_model;
    const FallsWith falls{mending_.id.name};
    for (const ObjectId &id : model.constraints_of(table_of(mending_.id))) {
      if (const auto *constraint = model.find_as<Constraint>(id);
          constraint != nullptr && falls(*constraint)) {
        mending_.put_back(id);
      }
    }
    for (const ObjectId &id : model.indexes_of(table_of(mending_.id))) {
      if (const auto *index = model.find_as<Index>(id); index != nullptr && falls(*index))
        mending_.put_back(id);
    }
  }

  /// True where the default was set on the way.
  bool change_type() {
    const Difference *type = mending_.find("type");
    const Difference *collation = mending_.find("collation");
    if (type == nullptr && collation == nullptr) return false;
    const std::string why = mending_.reason(type != nullptr ? "type" : "collation");
    if (!mending_.real.held_by.empty()) {
      mending_.ask(why + in_the_way(mending_.real));
      return true;
    }
    const bool from_enum = is_enum(real_.type.name);
    const std::string to = mending_.sql.type(expected_.type);
    std::string change = "TYPE " + to;
    if (!expected_.collation.empty()) {
      change +=
          " COLLATE " + (expected_.collation.schema.empty() ? mending_.sql.name(expected_.collation.name)
                                                            : mending_.sql.name(expected_.collation));
    }
    if (!is_generated(expected_)) {
      const std::string conversion = using_expression(mending_.part(), real_.type, expected_.type, to);
      if (!conversion.empty()) change += " USING " + conversion;
    }
    const std::string now = mending_.sql.default_value(real_);
    const std::string then = mending_.sql.default_value(expected_);
    const bool moves_default = !now.empty() && !real_.nextval && !keeps_default(real_.type, expected_.type);
    std::string statement = alter_;
    if (moves_default) statement += fmt::format("DROP DEFAULT, ALTER COLUMN {} ", mending_.part());
    statement += change;
    if (moves_default && !then.empty()) {
      statement += fmt::format(", ALTER COLUMN {} SET DEFAULT {}", mending_.part(), then);
    }
    const std::vector<ObjectId> views = views_on_column(mending_);
    for (auto view = views.rbegin(); view != views.rend(); ++view) mending_.set_aside(*view);
    if (type == nullptr || is_widening(real_.type, expected_.type, from_enum) || has_all_labels()) {
      mending_.run(std::move(statement), why);
    } else {
      mending_.run_unsafe(std::move(statement), why + "; " + risk_of(real_.type, expected_.type));
    }
    for (const ObjectId &view : views) {
      mending_.put_back(view);
      for (const ObjectId &index : mending_.real_model->indexes_of(name_of(view))) mending_.put_back(index);
    }
    return moves_default;
  }

  /// From one enum to another that has every label of it.
  bool has_all_labels() const {
    if (mending_.real_model == nullptr) return false;
    const auto *from = mending_.real_model->find_as<Enum>(id_of(ObjectKind::kEnum, real_.type.name));
    const auto *to = mending_.real_model->find_as<Enum>(id_of(ObjectKind::kEnum, expected_.type.name));
    return from != nullptr && to != nullptr &&
           std::all_of(from->labels.begin(), from->labels.end(), [&](const std::string &label) {
             return std::find(to->labels.begin(), to->labels.end(), label) != to->labels.end();
           });
  }

  bool is_enum(const QualifiedName &type) const {
    const ObjectId id = id_of(ObjectKind::kEnum, type);
    return mending_.expected_model.find(id) != nullptr ||
           (mending_.real_model != nullptr && mending_.real_model->find(id) != nullptr);
  }

  void change_default() {
    const std::string value = mending_.sql.default_value(expected_);
    const std::string why = mending_.reason("default");
    mending_.run(alter_ + (value.empty() ? "DROP DEFAULT" : "SET DEFAULT " + value), why);
    if (!expected_.nextval) return;
    const ObjectId id = id_of(ObjectKind::kSequence, *expected_.nextval);
    const auto *const sequence = mending_.expected_model.find_as<Sequence>(id);
    if (sequence == nullptr) return;
    if (sequence->owner == table_of(mending_.id) && sequence->owner_column == mending_.id.name) {
      for (std::string &statement : owner_sql(id, {*sequence, {}}, mending_.own_schema))
        mending_.run(std::move(statement), why);
    }
    if (!holds_numbers() || resolved_options(sequence->options, "int8").increment < 0) return;
    const std::string name = mending_.sql.name(*expected_.nextval);
    mending_.run(
        fmt::format("SELECT setval({}::regclass, max({})) FROM {} HAVING max({}) >= (SELECT last_value "
                    "FROM {})",
                    quote_literal(name), mending_.part(), mending_.table(), mending_.part(), name),
        object_in_words(id) + ": it goes on behind the values that are there");
  }

  bool holds_numbers() const {
    const DataType &type = expected_.type;
    return type.name.schema == "pg_catalog" && !type.array &&
           (type.name.name == "int2" || type.name.name == "int4" || type.name.name == "int8");
  }

  // Of two sequences that a column owns the server takes the older for the column's.
  void release_sequence() {
    if (!real_.nextval || mending_.real_model == nullptr) return;
    const ObjectId id = id_of(ObjectKind::kSequence, *real_.nextval);
    const auto *sequence = mending_.real_model->find_as<Sequence>(id);
    if (sequence == nullptr || sequence->owner != table_of(mending_.id) ||
        sequence->owner_column != mending_.id.name)
      return;
    mending_.run(fmt::format("ALTER SEQUENCE {} OWNED BY NONE", mending_.sql.name(*real_.nextval)),
                 fmt::format("{}: its identity has a sequence of its own", object_in_words(mending_.id)));
  }

  void change_identity() {
    if (mending_.find("identity") != nullptr && real_.identity == Identity::kNone) {
      release_sequence();
      mending_.run(alter_ + "ADD " + mending_.sql.identity(expected_, given_sequence(mending_.id, expected_)),
                   mending_.reason("identity"));
      const SequenceOptions options =
          resolved_options(expected_.identity_options, identity_type(expected_.type));
      if (*options.increment < 0) return;
      mending_.run(
          fmt::format("SELECT setval(pg_get_serial_sequence({}, {}), max({})) FROM {} HAVING max({}) >= {}",
                      quote_literal(mending_.table()), quote_literal(mending_.id.name), mending_.part(),
                      mending_.table(), mending_.part(), *options.start),
          object_in_words(mending_.id) + ": its numbers go on behind the values that are there");
      return;
    }
    if (mending_.find("identity") != nullptr) {
      mending_.run(alter_ + (expected_.identity == Identity::kAlways ? "SET GENERATED ALWAYS"
                                                                     : "SET GENERATED BY DEFAULT"),
                   mending_.reason("identity"));
    }
    if (mending_.find("identity options") == nullptr) return;
    const std::string type = identity_type(expected_.type);
    const auto wanted = Clauses::sequence_parts(expected_.identity_options, type, true);
    const auto found = Clauses::sequence_parts(real_.identity_options, type, true);
    std::string parts;
    for (std::size_t i = 1; i < wanted.size(); ++i) {  // the first is the type, which is the column's
      if (wanted[i] != found[i]) parts += (parts.empty() ? "SET " : " SET ") + wanted[i];
    }
    if (parts.empty()) return;
    const bool turns = (expected_.identity_options.increment.value_or(1) < 0) !=
                       (real_.identity_options.increment.value_or(1) < 0);
    if (turns) {
      mending_.run_unsafe(alter_ + parts + " RESTART", mending_.reason("identity options") +
                                                           "; it counts the other way, so it starts anew");
    } else {
      mending_.run(alter_ + parts, mending_.reason("identity options"));
    }
  }

  Mending &mending_;
  const Column &expected_;
  const Column &real_;
  const std::string alter_;
};

}  // namespace

void mend_column(Mending &mending, const Column &expected, const Column &real) {
  ColumnMending(mending, expected, real).run();
}

}  // namespace migfix::core
