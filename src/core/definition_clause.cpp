#include "core/definition_clause.hpp"

#include <limits>

#include <fmt/format.h>

#include "core/default_name.hpp"
#include "core/expression_text.hpp"
#include "core/remedy.hpp"
#include "core/sql_text.hpp"
#include "core/type_words.hpp"

namespace migfix::core {

namespace {

std::pair<std::int64_t, std::int64_t> bounds_of(const std::string &type) {
  using std::numeric_limits;
  if (type == "int2") return {numeric_limits<std::int16_t>::min(), numeric_limits<std::int16_t>::max()};
  if (type == "int4") return {numeric_limits<std::int32_t>::min(), numeric_limits<std::int32_t>::max()};
  return {numeric_limits<std::int64_t>::min(), numeric_limits<std::int64_t>::max()};
}

std::string integer_words(const std::string &type) {
  return type == "int2" ? "smallint" : type == "int4" ? "integer" : "bigint";
}

template <class Item, class Write>
std::string joined(const std::vector<Item> &items, Write write) {
  std::string text;
  for (const Item &item : items) {
    if (!text.empty()) text += ", ";
    text += write(item);
  }
  return text;
}

}  // namespace

SequenceOptions resolved_options(const SequenceOptions &options, const std::string &type) {
  SequenceOptions all = options;
  if (all.type.empty()) all.type = type;
  all.increment = options.increment.value_or(1);
  const auto [lowest, highest] = bounds_of(all.type);
  const bool up = *all.increment > 0;
  all.minimum = options.minimum.value_or(up ? 1 : lowest);
  all.maximum = options.maximum.value_or(up ? highest : -1);
  all.start = options.start.value_or(up ? *all.minimum : *all.maximum);
  all.cache = options.cache.value_or(1);
  all.cycle = options.cycle.value_or(false);
  return all;
}

std::string identity_type(const DataType &type) {
  const std::string &name = type.name.name;
  return type.name.schema == "pg_catalog" && (name == "int2" || name == "int4") ? name : "int8";
}

QualifiedName given_sequence(const ObjectId &id, const Column &column) {
  const std::string &name = column.identity_sequence;
  if (name.empty() || name == object_name(id.table, id.name, "seq")) return {};
  return {id.schema, name};
}

std::string_view action_words(char action) {
  switch (action) {
    case 'r':
      return "RESTRICT";
    case 'c':
      return "CASCADE";
    case 'n':
      return "SET NULL";
    case 'd':
      return "SET DEFAULT";
    default:
      return "NO ACTION";
  }
}

std::string labels_text(const std::vector<std::string> &labels) {
  return joined(labels, [](const std::string &label) { return quote_literal(label); });
}

std::string Clauses::name(std::string_view raw) const {
  return sql_ ? name_in_sql(raw) : name_in_words(raw);
}

std::string Clauses::name(const QualifiedName &name) const {
  return sql_ ? name_in_sql(name, own_schema_) : name_in_words(name);
}

std::string Clauses::type(const DataType &type) const {
  return sql_ ? type_in_sql(type, own_schema_) : type_in_words(type);
}

const std::string &Clauses::source(const Expression &expression) const {
  return sql_ ? sql_source(expression) : shown_text(expression);
}

std::string Clauses::columns(const std::vector<std::string> &names) const {
  return fmt::format("({})", joined(names, [&](const std::string &raw) { return name(raw); }));
}

std::string Clauses::include(const std::vector<std::string> &names) const {
  return names.empty() ? std::string() : " INCLUDE " + columns(names);
}

std::string Clauses::where(const Expression &predicate) const {
  return predicate.empty() ? std::string() : " WHERE " + in_parentheses(source(predicate));
}

std::string Clauses::deferral(const Deferral &deferral) const {
  if (!deferral.deferrable) return {};
  return deferral.deferred ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE";
}

std::string Clauses::collation(const QualifiedName &collation) const {
  if (collation.empty()) return {};
  // A collation without a schema may be the system's: then only the search path finds it.
  if (collation.schema.empty() || collation.schema == "pg_catalog") return " COLLATE " + name(collation.name);
  return " COLLATE " + name(collation);
}

std::string Clauses::element(const IndexElement &element) const {
  std::string text = element.column.empty() ? as_element(source(element.expression)) : name(element.column);
  text += collation(element.collation);
  if (!element.operator_class.empty()) {
    const QualifiedName &chosen = element.operator_class;
    text += " ";
    text += chosen.schema.empty() || chosen.schema == "pg_catalog" ? name(chosen.name) : name(chosen);
  }
  if (!element.operator_class_options.empty()) text += " " + element.operator_class_options;
  if (element.descending) text += " DESC";
  if (element.nulls_first != element.descending) text += element.nulls_first ? " NULLS FIRST" : " NULLS LAST";
  return text;
}

std::string Clauses::elements(const std::vector<IndexElement> &elements,
                              const std::vector<std::string> &operators) const {
  std::string text = "(";
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (i > 0) text += ", ";
    text += element(elements[i]);
    if (i < operators.size()) text += " WITH " + operators[i];
  }
  return text + ")";
}

std::vector<std::string> Clauses::sequence_parts(const SequenceOptions &options,
                                                 const std::string &default_type, bool all) {
  const SequenceOptions whole = resolved_options(options, default_type);
  SequenceOptions unbounded;
  unbounded.type = whole.type;
  unbounded.increment = whole.increment;
  const SequenceOptions usual = resolved_options(unbounded, default_type);
  SequenceOptions bounded = usual;
  bounded.start.reset();
  bounded.minimum = whole.minimum;
  bounded.maximum = whole.maximum;
  const SequenceOptions start = resolved_options(bounded, default_type);
  std::vector<std::string> parts;
  if (all || whole.type != default_type) parts.push_back("AS " + integer_words(whole.type));
  if (all || *whole.increment != 1) parts.push_back(fmt::format("INCREMENT BY {}", *whole.increment));
  if (all || whole.minimum != usual.minimum) parts.push_back(fmt::format("MINVALUE {}", *whole.minimum));
  if (all || whole.maximum != usual.maximum) parts.push_back(fmt::format("MAXVALUE {}", *whole.maximum));
  if (all || whole.start != start.start) parts.push_back(fmt::format("START WITH {}", *whole.start));
  if (all || *whole.cache != 1) parts.push_back(fmt::format("CACHE {}", *whole.cache));
  if (all || *whole.cycle) parts.push_back(*whole.cycle ? "CYCLE" : "NO CYCLE");
  return parts;
}

std::string Clauses::sequence(const SequenceOptions &options, const std::string &default_type,
                              bool all) const {
  std::string text;
  for (const std::string &part : sequence_parts(options, default_type, all)) text += " " + part;
  return text;
}

std::string Clauses::nextval(const QualifiedName &sequence) const {
  return fmt::format("nextval({}::regclass)", quote_literal(name(sequence)));
}

std::string Clauses::default_value(const Column &column) const {
  if (column.nextval) return nextval(*column.nextval);
  if (column.default_value.empty() || is_null_constant(column.default_value)) return {};
  return as_default(source(column.default_value));
}

std::string Clauses::identity(const Column &column, const QualifiedName &sequence) const {
  if (column.identity == Identity::kNone) return {};
  SequenceOptions options = column.identity_options;
  options.type.clear();  // always the column's
  std::string text = sequence.empty() ? std::string() : " SEQUENCE NAME " + name(sequence);
  text += this->sequence(options, identity_type(column.type), false);
  return fmt::format("GENERATED {} AS IDENTITY{}",
                     column.identity == Identity::kAlways ? "ALWAYS" : "BY DEFAULT",
                     text.empty() ? "" : fmt::format(" ({})", text.substr(1)));
}

std::string Clauses::constraint(const Constraint &constraint) const {
  return std::visit([&](const auto &kind) { return this->constraint(kind); }, constraint.what);
}

std::string Clauses::constraint(const Key &key) const {
  return fmt::format("{}{} {}{}{}", key.primary ? "PRIMARY KEY" : "UNIQUE",
                     key.nulls_not_distinct ? " NULLS NOT DISTINCT" : "", columns(key.columns),
                     include(key.include), deferral(key.deferral));
}

std::string Clauses::constraint(const ForeignKey &key) const {
  std::string text = fmt::format("FOREIGN KEY {} REFERENCES {}", columns(key.columns), name(key.references));
  if (!key.referenced.empty()) text += " " + columns(key.referenced);
  if (key.match == 'f') text += " MATCH FULL";
  if (key.on_update != 'a') text += fmt::format(" ON UPDATE {}", action_words(key.on_update));
  if (key.on_delete != 'a') text += fmt::format(" ON DELETE {}", action_words(key.on_delete));
  if (!key.set_columns.empty()) text += " " + columns(key.set_columns);
  return text + deferral(key.deferral) + (key.valid ? "" : " NOT VALID");
}

std::string Clauses::constraint(const Check &check) const {
  return fmt::format("CHECK {}{}{}", in_parentheses(source(check.expression)),
                     check.no_inherit ? " NO INHERIT" : "", check.valid ? "" : " NOT VALID");
}

std::string Clauses::constraint(const Exclusion &exclusion) const {
  return fmt::format("EXCLUDE USING {} {}{}{}{}", name_in_words(exclusion.method),
                     elements(exclusion.elements, exclusion.operators), include(exclusion.include),
                     where(exclusion.predicate), deferral(exclusion.deferral));
}

std::string Clauses::index(const Index &index) const {
  return fmt::format("{}{} {}{}{}{}", sql_ ? "USING " : "", name_in_words(index.method),
                     elements(index.elements), include(index.include),
                     index.nulls_not_distinct ? " NULLS NOT DISTINCT" : "", where(index.predicate));
}

std::string Clauses::column(const Column &column, const QualifiedName &sequence) const {
  std::string text = type(column.type) + collation(column.collation);
  if (column.not_null) text += " NOT NULL";
  if (const std::string value = default_value(column); !value.empty()) text += " DEFAULT " + value;
  if (!column.generated.empty()) {
    text += fmt::format(" GENERATED ALWAYS AS {} STORED", in_parentheses(source(column.generated)));
  }
  if (column.identity != Identity::kNone) text += " " + identity(column, sequence);
  return text;
}

std::string Clauses::domain(const Domain &domain) const {
  std::string text = type(domain.type) + collation(domain.collation);
  if (!domain.default_value.empty() && !is_null_constant(domain.default_value)) {
    text += " DEFAULT " + as_default(source(domain.default_value));
  }
  if (domain.not_null) text += " NOT NULL";
  for (const auto &[raw, expression] : domain.checks) {
    if (!raw.empty()) text += " CONSTRAINT " + name(raw);
    text += " CHECK " + in_parentheses(source(expression));
  }
  return text;
}

std::string Clauses::composite(const Composite &composite) const {
  return fmt::format("({})",
                     joined(composite.attributes, [&](const std::pair<std::string, DataType> &attribute) {
                       return fmt::format("{} {}", name(attribute.first), type(attribute.second));
                     }));
}

}  // namespace migfix::core
