#include "core/normalizing.hpp"

#include <algorithm>

namespace migfix::core {

namespace {

using Purpose = NormalForms::Purpose;

class Normalizer {
 public:
  Normalizer(SchemaModel &model, NormalForms &forms) : model_(model), forms_(forms) {}

  void normalize(const ObjectId &id) {
    const Object *object = model_.find(id);
    if (object == nullptr || !is_open(object->definition)) return;
    Object *open = model_.change(id);
    if (auto *column = std::get_if<Column>(&open->definition)) return of_column(id, *column);
    if (auto *constraint = std::get_if<Constraint>(&open->definition)) return of_constraint(id, *constraint);
    if (auto *index = std::get_if<Index>(&open->definition)) return of_index(*index);
    if (auto *domain = std::get_if<Domain>(&open->definition)) return of_domain(*domain);
    if (auto *composite = std::get_if<Composite>(&open->definition)) {
      for (auto &[name, type] : composite->attributes) resolve(type);
    }
    if (auto *view = std::get_if<View>(&open->definition); view != nullptr && view->certain)
      view->query.normal = forms_.query(view->source.empty() ? view->query.text : view->source).value_or("");
  }

 private:
  static bool is_open(const Expression &expression) {
    return !expression.text.empty() && expression.normal.empty();
  }

  static bool is_open(const std::vector<IndexElement> &elements) {
    return std::any_of(elements.begin(), elements.end(), [](const IndexElement &element) {
      return is_open(element.expression) || !element.collation.empty();
    });
  }

  // A type without a schema may be one that is found elsewhere.
  bool is_open(const DataType &type) const {
    return type.name.schema.empty() && !model_.type(type.name).has_value();
  }

  bool is_open(const Definition &definition) const {
    if (const auto *column = std::get_if<Column>(&definition))
      return is_open(column->default_value) || is_open(column->generated) || is_open(column->type);
    if (const auto *index = std::get_if<Index>(&definition))
      return is_open(index->predicate) || is_open(index->elements);
    if (const auto *constraint = std::get_if<Constraint>(&definition)) {
      if (const auto *check = std::get_if<Check>(&constraint->what)) return is_open(check->expression);
      if (const auto *exclusion = std::get_if<Exclusion>(&constraint->what))
        return is_open(exclusion->predicate) || is_open(exclusion->elements);
      return false;
    }
    if (const auto *domain = std::get_if<Domain>(&definition))
      return is_open(domain->default_value) || is_open(domain->type) ||
             std::any_of(domain->checks.begin(), domain->checks.end(),
                         [](const auto &check) { return is_open(check.second); });
    if (const auto *view = std::get_if<View>(&definition)) return view->certain && is_open(view->query);
    return std::holds_alternative<Composite>(definition);
  }

  void resolve(DataType &type) {
    if (is_open(type)) type = forms_.resolved(type);
  }

  const NormalForms::Columns &columns_of(const QualifiedName &table) {
    const auto [at, is_new] = columns_.try_emplace(table);
    if (is_new) {
      for (const ObjectId &id : model_.columns_of(table)) {
        DataType type = model_.find_as<Column>(id)->type;
        resolve(type);
        at->second.emplace_back(id.name, std::move(type));
      }
    }
    return at->second;
  }

  void set(Expression &expression, const NormalForms::Columns &columns, Purpose purpose,
           const DataType &target) {
    if (is_open(expression))
      expression.normal = forms_.expression(expression.text, columns, purpose, target).value_or("");
  }

  // A collation that the column has is none of the element's own.
  void drop_collations(std::vector<IndexElement> &elements, const QualifiedName &table) {
    for (IndexElement &element : elements) {
      if (element.collation.empty() || element.column.empty()) continue;
      const auto *column = model_.find_as<Column>(column_id(table, element.column));
      if (column != nullptr && column->collation.name == element.collation.name) element.collation = {};
    }
  }

  void set(std::vector<IndexElement> &elements, const QualifiedName &table) {
    drop_collations(elements, table);
    if (!is_open(elements)) return;
    for (IndexElement &element : elements) set(element.expression, columns_of(table), Purpose::kIndexed, {});
  }

  void of_column(const ObjectId &id, Column &column) {
    resolve(column.type);
    set(column.default_value, {}, Purpose::kValue, column.type);
    if (is_open(column.generated))
      set(column.generated, columns_of(table_of(id)), Purpose::kValue, column.type);
  }

  void of_constraint(const ObjectId &id, Constraint &constraint) {
    const QualifiedName table = table_of(id);
    if (auto *check = std::get_if<Check>(&constraint.what))
      set(check->expression, columns_of(table), Purpose::kCondition, {});
    if (auto *exclusion = std::get_if<Exclusion>(&constraint.what)) {
      set(exclusion->elements, table);
      if (is_open(exclusion->predicate))
        set(exclusion->predicate, columns_of(table), Purpose::kCondition, {});
    }
  }

  void of_index(Index &index) {
    set(index.elements, index.table);
    if (is_open(index.predicate)) set(index.predicate, columns_of(index.table), Purpose::kCondition, {});
  }

  void of_domain(Domain &domain) {
    resolve(domain.type);
    set(domain.default_value, {}, Purpose::kValue, domain.type);
    // In a domain's check the value is called VALUE.
    for (auto &[name, check] : domain.checks) set(check, {{"value", domain.type}}, Purpose::kCondition, {});
  }

  SchemaModel &model_;
  NormalForms &forms_;
  std::map<QualifiedName, NormalForms::Columns> columns_;
};

}  // namespace

void normalize(SchemaModel &model, const std::vector<ObjectId> &ids, NormalForms &forms) {
  Normalizer normalizer(model, forms);
  for (const ObjectId &id : ids) normalizer.normalize(id);
}

}  // namespace migfix::core
