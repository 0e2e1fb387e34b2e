#include "core/definition_fields.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/definition_clause.hpp"
#include "core/expression_text.hpp"
#include "core/sql_text.hpp"
#include "core/partition_bound.hpp"
#include "core/type_words.hpp"

namespace migfix::core {

namespace {

/// The comment that initdb gives the schema public.
constexpr std::string_view kPublicComment = "standard public schema";

/// Operator classes that are the default of their type in btree and hash, or the only one in gin and gist.
constexpr std::array<std::string_view, 31> kDefaultClasses = {
    "array_ops",  "bit_ops",       "bool_ops",        "bpchar_ops",   "bytea_ops",   "char_ops",
    "date_ops",   "enum_ops",      "float4_ops",      "float8_ops",   "int2_ops",    "int4_ops",
    "int8_ops",   "interval_ops",  "jsonb_ops",       "macaddr_ops",  "name_ops",    "numeric_ops",
    "oid_ops",    "point_ops",     "range_ops",       "record_ops",   "text_ops",    "time_ops",
    "timetz_ops", "timestamp_ops", "timestamptz_ops", "tsvector_ops", "tsquery_ops", "uuid_ops",
    "varbit_ops",
};

/// The fields of one object, in the making.
class FieldList {
 public:
  void add(std::string name, std::string shown) {
    std::string compared = shown;
    add(std::move(name), std::move(shown), std::move(compared));
  }

  void add(std::string name, std::string shown, std::string compared) {
    std::string loose = compared;
    fields_.push_back({std::move(name), std::move(shown), std::move(compared), true, std::move(loose)});
  }

  /// `shown` where it holds, else `otherwise`.
  void add_flag(std::string name, bool holds, std::string_view shown, std::string_view otherwise) {
    add(std::move(name), std::string(holds ? shown : otherwise));
  }

  /// `prefix` and the expression, or "no `name`".
  void add_expression(const std::string &name, const std::string &prefix, const Expression &expression,
                      std::string (*write)(std::string_view)) {
    if (expression.empty()) {
      add(name, "no " + name, "");
      return;
    }
    const std::string &text = shown_text(expression);
    fields_.push_back({name, prefix + write(text), bare_expression(expression.normal),
                       !expression.normal.empty(), loose_form(text)});
  }

  void add(Field field) { fields_.push_back(std::move(field)); }

  void add_comment(const std::string &comment) {
    if (comment.empty()) {
      add("comment", "no comment", "");
    } else {
      add("comment", "comment " + quote_literal(comment), comment);
    }
  }

  std::vector<Field> take() { return std::move(fields_); }

 private:
  std::vector<Field> fields_;
};

Clauses in_words() {
  return Clauses();
}

std::string collation_compared(const QualifiedName &collation) {
  return collation.empty() ? std::string() : " collate " + name_in_words(collation.name);
}

std::string class_compared(const IndexElement &element, const std::string &method) {
  const std::string &name = element.operator_class.name;
  const bool usual =
      std::find(kDefaultClasses.begin(), kDefaultClasses.end(), name) != kDefaultClasses.end() ||
      (name == "inet_ops" && method != "gist");
  return (name.empty() || usual ? std::string() : " " + name_in_words(name)) + element.operator_class_options;
}

/// The elements of an index or an exclusion constraint in one field.
Field elements_field(const std::vector<IndexElement> &elements, const std::vector<std::string> &operators,
                     const std::string &method) {
  Field field;
  field.name = "columns";
  field.shown = "on " + in_words().elements(elements, operators);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const IndexElement &element = elements[i];
    std::string rest = collation_compared(element.collation) + class_compared(element, method);
    if (element.descending) rest += " desc";
    if (element.nulls_first) rest += " nulls first";
    if (i < operators.size()) rest += " with " + operators[i];
    if (!element.column.empty()) {
      field.compared += name_in_words(element.column) + rest + ",";
      field.loose += name_in_words(element.column) + rest + ",";
      continue;
    }
    if (element.expression.normal.empty()) field.known = false;
    field.compared += in_parentheses(element.expression.normal) + rest + ",";
    field.loose += "(" + loose_form(shown_text(element.expression)) + ")" + rest + ",";
  }
  return field;
}

void add_include(FieldList &fields, const std::vector<std::string> &include) {
  fields.add("include", include.empty() ? "no included columns" : in_words().include(include).substr(1));
}

void add_deferral(FieldList &fields, const Deferral &deferral) {
  fields.add("deferrable", deferral.deferrable ? in_words().deferral(deferral).substr(1) : "NOT DEFERRABLE");
}

void add_sequence(FieldList &fields, const std::string &name, const SequenceOptions &options,
                  const std::string &type) {
  const std::string text = in_words().sequence(options, type, false);
  const std::string whole = in_words().sequence(options, type, true);
  fields.add(name, text.empty() ? "default options" : text.substr(1), whole);
}

void describe(FieldList &, const SchemaDefinition &) {}
void describe(FieldList &, const Extension &) {}
void describe(FieldList &, const Function &) {}
void describe(FieldList &, const Trigger &) {}

void describe(FieldList &fields, const Enum &type) {
  fields.add("labels", labels_text(type.labels));
}

void describe(FieldList &fields, const Composite &type) {
  std::string compared;
  for (const auto &[name, attribute] : type.attributes) {
    compared += fmt::format("{} {}, ", name_in_words(name), type_compared(attribute));
  }
  fields.add("attributes", in_words().composite(type), compared);
}

void describe_type(FieldList &fields, const DataType &type, const QualifiedName &collation) {
  fields.add("type", type_in_words(type), type_compared(type));
  fields.add("collation", collation.empty() ? "no collation" : "COLLATE " + name_in_words(collation),
             collation_compared(collation));
}

void describe_default(FieldList &fields, const Expression &value) {
  fields.add_expression("default", "DEFAULT ", is_null_constant(value) ? Expression{} : value, as_default);
}

void describe(FieldList &fields, const Domain &domain) {
  describe_type(fields, domain.type, domain.collation);
  fields.add_flag("not null", domain.not_null, "NOT NULL", "nullable");
  describe_default(fields, domain.default_value);
  for (const auto &[name, expression] : domain.checks) {
    fields.add_expression("check " + name_in_words(name), "CHECK ", expression, in_parentheses);
  }
}

void describe(FieldList &fields, const Sequence &sequence) {
  add_sequence(fields, "options", sequence.options, "int8");
  fields.add("owner", sequence.owner.empty() ? "no owner"
                                             : fmt::format("owned by {}.{}", name_in_words(sequence.owner),
                                                           name_in_words(sequence.owner_column)));
}

void describe(FieldList &fields, const Table &table) {
  fields.add_flag("unlogged", table.unlogged, "unlogged", "logged");
  Field partitioning;
  partitioning.name = "partition by";
  partitioning.shown = table.partition_by.empty() ? "not partitioned" : "PARTITION BY " + table.partition_by;
  partitioning.compared = partitioning.loose = loose_form(table.partition_by);
  // Expressions in it are not in the server's form.
  partitioning.known = std::count(table.partition_by.begin(), table.partition_by.end(), '(') < 2;
  fields.add(std::move(partitioning));
  std::vector<std::string> parents;
  for (const QualifiedName &parent : table.parents) parents.push_back(name_in_words(parent));
  std::sort(parents.begin(), parents.end());
  fields.add("parents", parents.empty() ? "no parents" : "child of " + list_of(parents, parents.size()));
  Field bound;
  bound.name = "partition bound";
  bound.shown = table.partition_bound.empty() ? "no partition" : table.partition_bound;
  PartitionBound form = partition_bound(table.partition_bound);
  bound.compared = bound.loose = std::move(form.form);
  bound.known = form.known;
  fields.add(std::move(bound));
}

void describe(FieldList &fields, const Column &column) {
  describe_type(fields, column.type, column.collation);
  fields.add_flag("not null", column.not_null, "NOT NULL", "nullable");
  if (column.nextval) {
    fields.add("default", "DEFAULT " + in_words().nextval(*column.nextval));
  } else {
    describe_default(fields, column.default_value);
  }
  if (column.generated.empty()) {
    fields.add("generated", "not generated", "");
  } else {
    fields.add_expression("generated", "GENERATED ALWAYS AS ", column.generated, in_parentheses);
  }
  if (column.identity == Identity::kNone) {
    fields.add("identity", "no identity");
    fields.add("identity options", "no identity", "");
    return;
  }
  Column plain;
  plain.type = column.type;
  plain.identity = column.identity;
  fields.add("identity", in_words().identity(plain));
  SequenceOptions options = column.identity_options;
  options.type.clear();
  const std::string type = identity_type(column.type);
  add_sequence(fields, "identity options", options, type);
}

void describe(FieldList &fields, const Key &key) {
  fields.add("columns", in_words().columns(key.columns));
  add_include(fields, key.include);
  fields.add_flag("nulls", key.nulls_not_distinct, "NULLS NOT DISTINCT", "NULLS DISTINCT");
  add_deferral(fields, key.deferral);
}

void describe(FieldList &fields, const ForeignKey &key) {
  fields.add("columns", "FOREIGN KEY " + in_words().columns(key.columns));
  fields.add("references", "REFERENCES " + name_in_words(key.references));
  // Without them the statement means the primary key, whichever that is.
  const std::string referenced = in_words().columns(key.referenced);
  fields.add(Field{"referenced columns", "REFERENCES " + name_in_words(key.references) + " " + referenced,
                   referenced, !key.referenced.empty(), referenced});
  fields.add("match", key.match == 'f' ? "MATCH FULL" : "MATCH SIMPLE");
  fields.add("on update", fmt::format("ON UPDATE {}", action_words(key.on_update)));
  std::string on_delete = fmt::format("ON DELETE {}", action_words(key.on_delete));
  if (!key.set_columns.empty()) on_delete += " " + in_words().columns(key.set_columns);
  fields.add("on delete", on_delete);
  add_deferral(fields, key.deferral);
  fields.add_flag("valid", key.valid, "validated", "NOT VALID");
}

void describe(FieldList &fields, const Check &check) {
  fields.add_expression("expression", "CHECK ", check.expression, in_parentheses);
  fields.add_flag("no inherit", check.no_inherit, "NO INHERIT", "inherited");
  fields.add_flag("valid", check.valid, "validated", "NOT VALID");
}

void describe(FieldList &fields, const Exclusion &exclusion) {
  fields.add("method", "USING " + name_in_words(exclusion.method));
  fields.add(elements_field(exclusion.elements, exclusion.operators, exclusion.method));
  add_include(fields, exclusion.include);
  fields.add_expression("predicate", "WHERE ", exclusion.predicate, in_parentheses);
  add_deferral(fields, exclusion.deferral);
}

void describe(FieldList &fields, const Constraint &constraint) {
  std::visit([&](const auto &kind) { describe(fields, kind); }, constraint.what);
}

void describe(FieldList &fields, const Index &index) {
  fields.add("table", "of table " + name_in_words(index.table));
  fields.add_flag("unique", index.unique, "UNIQUE", "not unique");
  fields.add("method", "USING " + name_in_words(index.method));
  fields.add(elements_field(index.elements, {}, index.method));
  add_include(fields, index.include);
  fields.add_flag("nulls", index.nulls_not_distinct, "NULLS NOT DISTINCT", "NULLS DISTINCT");
  fields.add_expression("predicate", "WHERE ", index.predicate, in_parentheses);
  fields.add_flag("valid", index.valid, "valid", "invalid, left by a build that failed");
}

void describe(FieldList &fields, const View &view) {
  fields.add_flag("materialized", view.materialized, "a materialized view", "a view");
  if (!view.certain) return;
  Field query{"query", "AS " + bare_expression(shown_text(view.query)), bare_expression(view.query.normal),
              !view.query.normal.empty(), loose_form(shown_text(view.query))};
  if (!view.columns.empty()) {
    // The server writes these names into the query: its form of the query alone says less.
    query.known = false;
    query.shown = in_words().columns(view.columns) + " " + query.shown;
    query.loose = in_words().columns(view.columns) + query.loose;
  }
  fields.add(std::move(query));
}

bool has_comment(const Object &object) {
  return !std::holds_alternative<SchemaDefinition>(object.definition) || object.comment != kPublicComment;
}

}  // namespace

std::vector<Field> fields_of(const Object &object) {
  FieldList fields;
  std::visit([&](const auto &definition) { describe(fields, definition); }, object.definition);
  fields.add_comment(has_comment(object) ? object.comment : std::string());
  return fields.take();
}

std::string constraint_kind(const Constraint &constraint) {
  struct Name {
    std::string operator()(const Key &key) const { return key.primary ? "PRIMARY KEY" : "UNIQUE"; }
    std::string operator()(const ForeignKey &) const { return "FOREIGN KEY"; }
    std::string operator()(const Check &) const { return "CHECK"; }
    std::string operator()(const Exclusion &) const { return "EXCLUDE"; }
  };
  return std::visit(Name{}, constraint.what);
}

}  // namespace migfix::core
