// The statements that turn an enum, a domain or a composite type into the one that is expected.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/definition_mending.hpp"
#include "core/expression_text.hpp"
#include "core/sql_text.hpp"
#include "core/type_words.hpp"
#include "core/dependence.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kNameBytes = 63;  // NAMEDATALEN - 1

bool contains(const std::vector<std::string> &labels, const std::string &label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

/// True where labels need only be added.
bool is_part_in_order(const std::vector<std::string> &part, const std::vector<std::string> &whole) {
  auto at = whole.begin();
  for (const std::string &label : part) {
    at = std::find(at, whole.end(), label);
    if (at == whole.end()) return false;
    ++at;
  }
  return true;
}

void add_labels(Mending &mending, const Enum &expected, const Enum &real) {
  for (std::size_t i = 0; i < expected.labels.size(); ++i) {
    const std::string &label = expected.labels[i];
    if (contains(real.labels, label)) continue;
    std::string place;
    if (i > 0) {
      place = " AFTER " + quote_literal(expected.labels[i - 1]);
    } else if (!real.labels.empty()) {
      place = " BEFORE " + quote_literal(real.labels.front());
    }
    const std::string shown = quote_literal(label);
    const auto difference = std::find_if(
        mending.differences.begin(), mending.differences.end(),
        [&](const Difference &each) { return each.field == "labels" && each.expected == shown; });
    mending.add_label(
        fmt::format("ALTER TYPE {} ADD VALUE {}{}", mending.name(), shown, place),
        difference == mending.differences.end() ? mending.reason() : words(mending.id, *difference), label);
  }
}

/// A name that no type has, for the old type while the new one is made.
QualifiedName spare_name(const Mending &mending) {
  const QualifiedName own = name_of(mending.id);
  for (int i = 0;; ++i) {
    const std::string ending = i == 0 ? "_old" : fmt::format("_old{}", i);
    std::size_t length = std::min(own.name.size(), kNameBytes - ending.size());
    while (length > 0 && length < own.name.size() &&
           (static_cast<unsigned char>(own.name[length]) & 0xC0) == 0x80) {
      --length;  // not in the middle of a letter
    }
    const QualifiedName name{own.schema, own.name.substr(0, length) + ending};
    const auto free_in = [&](const SchemaModel &model) { return !model.type(name) && !model.relation(name); };
    if (free_in(mending.expected_model) && (mending.real_model == nullptr || free_in(*mending.real_model))) {
      return name;
    }
  }
}

bool names_column(const Expression &expression, const std::string &column) {
  return expression.text.find(column) != std::string::npos ||
         expression.normal.find(column) != std::string::npos;
}

bool names_column(const Definition &definition, const std::string &column) {
  const auto in_elements = [&](const std::vector<IndexElement> &elements) {
    return std::any_of(elements.begin(), elements.end(),
                       [&](const IndexElement &element) { return names_column(element.expression, column); });
  };
  if (const auto *index = std::get_if<Index>(&definition))
    return names_column(index->predicate, column) || in_elements(index->elements);
  if (const auto *other = std::get_if<Column>(&definition)) return names_column(other->generated, column);
  if (const auto *constraint = std::get_if<Constraint>(&definition)) {
    if (const auto *check = std::get_if<Check>(&constraint->what))
      return names_column(check->expression, column);
    if (const auto *exclusion = std::get_if<Exclusion>(&constraint->what))
      return names_column(exclusion->predicate, column) || in_elements(exclusion->elements);
  }
  return false;
}

// What the server does not let a column of the type be changed under: a view that reads the table, an
// expression that names the column.
std::optional<ObjectId> user_of(const SchemaModel &model, const ObjectId &column) {
  const QualifiedName table = table_of(column);
  for (const auto &[id, object] : model.objects()) {
    if (const auto *view = std::get_if<View>(&object.definition)) {
      if (std::find(view->reads.begin(), view->reads.end(), table) != view->reads.end()) return id;
      continue;
    }
    const auto on = table_with(id, object);
    if (on && name_of(*on) == table && id != column && names_column(object.definition, column.name))
      return id;
  }
  return std::nullopt;
}

void make_anew(Mending &mending) {
  const QualifiedName own = name_of(mending.id);
  const SchemaModel &there = mending.real_model != nullptr ? *mending.real_model : mending.expected_model;
  for (const ObjectId &column : columns_of_type(mending, own)) {
    if (const Object *held = there.find(column); !held->held_by.empty())
      return mending.ask(
          fmt::format("{}; the type would have to be made anew{}", mending.reason(), in_the_way(*held)));
    if (const auto obstacle = user_of(there, column))
      return mending.ask(
          fmt::format("{}; the type would have to be made anew, and {} stands in the way of that: drop "
                      "it, repair again, and make it again",
                      mending.reason(), object_in_words(*obstacle)));
  }
  const QualifiedName old = spare_name(mending);
  const std::string reason = mending.reason() +
                             "; the type is made anew: rows with a label that is not expected "
                             "make it fail, and what else uses the type as well";
  mending.run_unsafe(fmt::format("ALTER TYPE {} RENAME TO {}", mending.name(), mending.sql.name(old.name)),
                     reason);
  const std::string part_reason = object_in_words(mending.id) + ": part of making it anew";
  mending.create("part of making it anew", false);
  for (const ObjectId &id : columns_of_type(mending, own)) {
    const Column *column = there.find_as<Column>(id);
    const std::string name = mending.sql.name(id.name);
    const std::string now = mending.sql.default_value(*column);
    // The default that is there may be a label that goes.
    const Column *expected = mending.expected_model.find_as<Column>(id);
    const std::string then = expected == nullptr ? now : mending.sql.default_value(*expected);
    std::string statement = fmt::format("ALTER TABLE {} ", mending.sql.name(table_of(id)));
    if (!now.empty()) statement += fmt::format("ALTER COLUMN {} DROP DEFAULT, ", name);
    const std::string type = mending.sql.type(column->type);
    statement += fmt::format("ALTER COLUMN {} TYPE {} USING {}::text{}::{}", name, type, name,
                             column->type.array ? "[]" : "", type);
    if (!now.empty() && !then.empty())
      statement += fmt::format(", ALTER COLUMN {} SET DEFAULT {}", name, then);
    mending.run_unsafe(std::move(statement), part_reason);
  }
  mending.run_unsafe("DROP TYPE " + mending.sql.name(old), part_reason);
}

bool same_type(const Mending &mending) {
  return mending.find("type") == nullptr && mending.find("collation") == nullptr;
}

void drop_and_create(Mending &mending) {
  mending.run(drop_sql(mending.id, mending.real, mending.own_schema).front().statement,
              mending.reason() + "; no column has it, so it is made anew");
  mending.create("it is made as it is expected");
}

}  // namespace

void mend_enum(Mending &mending, const Enum &expected, const Enum &real) {
  if (!mending.definition_differs()) return;
  if (is_part_in_order(real.labels, expected.labels)) return add_labels(mending, expected, real);
  make_anew(mending);
}

void mend_domain(Mending &mending, const Domain &expected, const Domain &real) {
  if (!same_type(mending)) {
    if (!is_in_use(mending, name_of(mending.id))) return drop_and_create(mending);
    return mending.ask(mending.reason() +
                       "; the server cannot change the type of a domain that columns have");
  }
  const std::string alter = fmt::format("ALTER DOMAIN {} ", mending.name());
  if (mending.find("not null") != nullptr) {
    mending.run(alter + (expected.not_null ? "SET NOT NULL" : "DROP NOT NULL"), mending.reason("not null"));
  }
  if (mending.find("default") != nullptr) {
    const bool none = expected.default_value.empty() || is_null_constant(expected.default_value);
    mending.run(
        alter + (none ? "DROP DEFAULT" : "SET DEFAULT " + as_default(sql_source(expected.default_value))),
        mending.reason("default"));
  }
  const std::map<std::string, Expression> wanted(expected.checks.begin(), expected.checks.end());
  for (const auto &[name, expression] : real.checks) {
    const std::string field = "check " + name_in_words(name);
    if (mending.find(field) == nullptr) continue;
    mending.run(alter + "DROP CONSTRAINT " + mending.sql.name(name), mending.reason(field));
  }
  for (const auto &[name, expression] : wanted) {
    const std::string field = "check " + name_in_words(name);
    if (mending.find(field) == nullptr) continue;
    mending.run(
        fmt::format("{}ADD{} CHECK {}", alter, name.empty() ? "" : " CONSTRAINT " + mending.sql.name(name),
                    in_parentheses(sql_source(expression))),
        mending.reason(field));
  }
}

void mend_composite(Mending &mending, const Composite &expected, const Composite &real) {
  if (!mending.definition_differs()) return;
  if (!is_in_use(mending, name_of(mending.id))) return drop_and_create(mending);
  // Attributes can be added at the end, whatever uses the type.
  const auto same = [](const auto &a, const auto &b) { return a.first == b.first && a.second == b.second; };
  const bool grows =
      real.attributes.size() < expected.attributes.size() &&
      std::equal(real.attributes.begin(), real.attributes.end(), expected.attributes.begin(), same);
  if (!grows) {
    return mending.ask(mending.reason() + "; the server cannot change that of a type that columns have");
  }
  for (std::size_t i = real.attributes.size(); i < expected.attributes.size(); ++i) {
    const auto &[name, type] = expected.attributes[i];
    mending.run(fmt::format("ALTER TYPE {} ADD ATTRIBUTE {} {}", mending.name(), mending.sql.name(name),
                            mending.sql.type(type)),
                mending.reason());
  }
}

}  // namespace migfix::core
