// One object on its way from the definition that is there to the expected one: what alter_sql is made of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/comparison.hpp"
#include "core/definition_clause.hpp"
#include "core/definition_sql.hpp"

namespace migfix::core {

/// Collects the statements.
class Mending {
 public:
  /// What is given must live as long; `real_model` may be null, see alter_sql.
  Mending(const ObjectId &id, const Object &expected, const Object &real, const SchemaModel &expected_model,
          const SchemaModel *real_model, const std::string &own_schema);

  const ObjectId &id;
  const Object &expected;
  const Object &real;
  const SchemaModel &expected_model;
  const SchemaModel *const real_model;
  const std::string &own_schema;
  const Clauses sql;
  const std::vector<Difference> differences;  // those that are certain

  std::string name() const { return sql.name(name_of(id)); }
  std::string table() const { return sql.name(table_of(id)); }
  std::string part() const { return sql.name(id.name); }  // a column's or a constraint's own name

  /// The difference in the field; null where it is the same.
  const Difference *find(std::string_view field) const;
  /// True where anything but the comment differs.
  bool definition_differs() const;
  /// `column t.c: ... expected, ... found` of the field's difference; of the first one, of all but the
  /// comment.
  std::string reason(std::string_view field) const;
  std::string reason() const;

  void run(std::string statement, std::string reason) {
    mends_.push_back({std::move(statement), true, std::move(reason)});
  }
  void add_label(std::string statement, std::string reason, const std::string &label) {
    mends_.push_back({std::move(statement), true, std::move(reason), label});
  }
  void run_unsafe(std::string statement, std::string reason) {
    mends_.push_back({std::move(statement), false, std::move(reason)});
  }
  /// `statement`: for a person to run first, where there is one.
  void ask(std::string reason, std::string statement = {}) {
    mends_.push_back({std::move(statement), false, std::move(reason), {}, true});
  }
  /// The object as it is expected, its comment included, after it was dropped.
  void create(std::string_view reason, bool safe = true);
  /// What stands in the real model, after the object that it hangs on was dropped: `id` of it.
  void put_back(const ObjectId &fallen);
  /// A view out of the way of a change, to be put back; and what of it the statement that makes it does not
  /// tell.
  void set_aside(const ObjectId &view);
  void restore(const ObjectId &view, const Object &real);
  /// The expected comment, after the object was made anew in one statement and so has none.
  void comment_anew();
  /// The expected comment, where it differs and was not said by making the object anew.
  void comment();

  std::vector<Mend> take() { return std::move(mends_); }

 private:
  std::vector<Mend> mends_;
  bool anew_ = false;
};

/// "; trigger x on table y is in the way: drop it, repair, and make it again": of what is held.
std::string in_the_way(const Object &real);
/// The real model's views that read the column, those that read one of these behind them; none without it.
std::vector<ObjectId> views_on_column(const Mending &mending);
/// Columns of the type, of its arrays too, in the model that says what is there: the real one where it is
/// given.
std::vector<ObjectId> columns_of_type(const Mending &mending, const QualifiedName &type);
/// True where a column has the type, or a domain or a composite type is made of it.
bool is_in_use(const Mending &mending, const QualifiedName &type);

void mend_column(Mending &mending, const Column &expected, const Column &real);
void mend_enum(Mending &mending, const Enum &expected, const Enum &real);
void mend_domain(Mending &mending, const Domain &expected, const Domain &real);
void mend_composite(Mending &mending, const Composite &expected, const Composite &real);

}  // namespace migfix::core
