#include "core/likeness.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/comparison.hpp"
#include "core/definition_line.hpp"
#include "core/sql_text.hpp"
#include "core/type_words.hpp"

namespace migfix::core {

namespace {

bool other_schema(const QualifiedName &a, const QualifiedName &b) {
  return !a.empty() && !b.empty() && a.name == b.name && a.schema != b.schema;
}

/// A default class may be written out or not; one of another schema is another, whatever its name.
bool other_class(const QualifiedName &a, const QualifiedName &b) {
  if (a.empty() == b.empty()) return other_schema(a, b);
  return (a.empty() ? b : a).schema != "pg_catalog";
}

bool other_schema(const std::vector<IndexElement> &a, const std::vector<IndexElement> &b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (other_schema(a[i].collation, b[i].collation) || other_class(a[i].operator_class, b[i].operator_class))
      return true;
  }
  return false;
}

/// A collation or operator class of the same name that is another.
bool has_namesake(const Definition &expected, const Definition &real) {
  if (const auto *a = std::get_if<Column>(&expected))
    return other_schema(a->collation, std::get<Column>(real).collation);
  if (const auto *a = std::get_if<Domain>(&expected))
    return other_schema(a->collation, std::get<Domain>(real).collation);
  if (const auto *a = std::get_if<Index>(&expected))
    return other_schema(a->elements, std::get<Index>(real).elements);
  if (const auto *a = std::get_if<Constraint>(&expected)) {
    const auto *one = std::get_if<Exclusion>(&a->what);
    const auto *other = std::get_if<Exclusion>(&std::get<Constraint>(real).what);
    return one != nullptr && other != nullptr && other_schema(one->elements, other->elements);
  }
  return false;
}

Object without_comment(const Object &object) {
  return {object.definition, {}, object.certain, {}};
}

class Judge {
 public:
  Judge(const SchemaModel &expected, const SchemaModel &real, const ObjectId &whole)
      : expected_(expected), real_(real), whole_(whole) {}

  Likeness judge(const std::vector<ObjectId> &created) {
    for (const ObjectId &id : created) {
      if (const Object *object = expected_.find(id); object != nullptr) compare_one(id, *object);
    }
    if (whole_.kind == ObjectKind::kTable) judge_table();
    return std::move(likeness_);
  }

 private:
  // In one line; the object that the message names anyway is not named again.
  std::string said(const ObjectId &id, const std::string &clause) const {
    std::string line = id == whole_ ? std::string() : object_in_words(id) + ": ";
    for (const char c : clause) {
      const bool blank = c == '\n' || c == ' ';
      if (!blank || line.empty() || line.back() != ' ') line += blank ? ' ' : c;
    }
    return line;
  }

  void compare_one(const ObjectId &id, const Object &object) {
    const Object *there = real_.find(id);
    if (there == nullptr) {
      const std::string line = definition_line(object);
      likeness_.differences.push_back(fmt::format("{} is missing{}", object_in_words(id),
                                                  line.empty() ? "" : fmt::format(" ({})", line)));
      return;
    }
    for (const Difference &difference : compare(without_comment(object), without_comment(*there)))
      (difference.uncertain ? likeness_.doubts : likeness_.differences).push_back(said(id, difference.said));
    if (has_namesake(object.definition, there->definition))
      likeness_.differences.push_back(said(id, "a collation or operator class of another schema found"));
    const auto *view = std::get_if<View>(&there->definition);
    if (view != nullptr && !view->certain)
      likeness_.doubts.push_back(said(id, "its query could not be read"));
  }

  void judge_table() {
    const QualifiedName table = name_of(whole_);
    const auto surplus = [&](const std::vector<ObjectId> &ids) {
      for (const ObjectId &id : ids) {
        if (expected_.find(id) != nullptr) continue;
        likeness_.differences.push_back(
            fmt::format("{} is one too many ({})", object_in_words(id), definition_line(*real_.find(id))));
      }
    };
    surplus(real_.columns_of(table));
    surplus(real_.constraints_of(table));
    if (likeness_.differences.empty()) judge_order(table);
    for (const ObjectId &id : real_.indexes_of(table)) {
      if (expected_.find(id) == nullptr) likeness_.besides.push_back(object_in_words(id));
    }
  }

  void judge_order(const QualifiedName &table) {
    const auto names = [&](const SchemaModel &model) {
      std::vector<std::string> list;
      for (const ObjectId &id : model.columns_of(table)) list.push_back(name_in_words(id.name));
      return list;
    };
    const std::vector<std::string> right = names(expected_);
    const std::vector<std::string> found = names(real_);
    if (right != found)
      likeness_.differences.push_back(
          fmt::format("columns in the order {} expected, {} found", list_of(right, 10), list_of(found, 10)));
  }

  const SchemaModel &expected_;
  const SchemaModel &real_;
  const ObjectId &whole_;
  Likeness likeness_;
};

}  // namespace

Likeness likeness_of(const SchemaModel &expected, const std::vector<ObjectId> &created,
                     const SchemaModel &real, const ObjectId &whole) {
  return Judge(expected, real, whole).judge(created);
}

}  // namespace migfix::core
