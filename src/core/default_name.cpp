#include "core/default_name.hpp"

#include <algorithm>

#include "core/expression_names.hpp"

namespace migfix::core {

namespace {

/// ChooseIndexNameAddition and ChooseForeignKeyConstraintNameAddition: joined by underscores, until it is
/// long enough.
std::string joined(const std::vector<std::string> &names) {
  std::string joined;
  for (const std::string &name : names) {
    if (!joined.empty()) joined += '_';
    joined += name.substr(0, kNameBytes);
    if (joined.size() > kNameBytes) break;
  }
  return joined;
}

}  // namespace

std::string_view clipped_name(std::string_view name, std::size_t bytes) {
  if (name.size() <= bytes) return name;
  while (bytes > 0 && (static_cast<unsigned char>(name[bytes]) & 0xC0U) == 0x80U) --bytes;
  return name.substr(0, bytes);
}

std::string object_name(std::string_view name1, std::string_view name2, std::string_view label) {
  std::size_t available = kNameBytes;
  if (!label.empty()) available -= label.size() + 1;
  if (!name2.empty()) available -= 1;
  std::size_t length1 = name1.size();
  std::size_t length2 = name2.size();
  while (length1 + length2 > available) {
    if (length1 > length2) {
      --length1;
    } else {
      --length2;
    }
  }
  std::string name(clipped_name(name1, length1));
  if (!name2.empty()) name.append("_").append(clipped_name(name2, length2));
  if (!label.empty()) name.append("_").append(label);
  return name;
}

std::string free_relation_name(const SchemaModel &model, const std::string &schema, std::string_view name1,
                               std::string_view name2, std::string_view label, bool for_constraint) {
  std::string tried_label(label);
  for (unsigned pass = 1;; ++pass) {
    std::string name = object_name(name1, name2, tried_label);
    const QualifiedName qualified{schema, name};
    if (!model.relation(qualified) && !(for_constraint && model.has_constraint_named(qualified))) return name;
    tried_label = std::string(label) + std::to_string(pass);
  }
}

std::string free_constraint_name(const SchemaModel &model, const std::string &schema, std::string_view name1,
                                 std::string_view name2, std::string_view label,
                                 const std::set<std::string> &others) {
  std::string tried_label(label);
  for (unsigned pass = 1;; ++pass) {
    std::string name = object_name(name1, name2, tried_label);
    if (others.count(name) == 0 && !model.has_constraint_named({schema, name})) return name;
    tried_label = std::string(label) + std::to_string(pass);
  }
}

std::vector<std::string> index_column_names(const std::vector<IndexElement> &elements,
                                            const std::vector<std::string> &include) {
  std::vector<std::string> wanted;
  for (const IndexElement &element : elements) {
    std::string name = element.column;
    if (name.empty()) {
      const Expression &expression = element.expression;
      name = figured_name(expression.text.empty() ? expression.normal : expression.text);
    }
    wanted.push_back(name.empty() ? "expr" : name);
  }
  wanted.insert(wanted.end(), include.begin(), include.end());
  std::vector<std::string> names;
  for (const std::string &name : wanted) {
    std::string tried = name;
    for (unsigned i = 1; std::find(names.begin(), names.end(), tried) != names.end(); ++i) {
      const std::string number = std::to_string(i);
      tried = std::string(clipped_name(name, kNameBytes - number.size())) + number;
    }
    names.push_back(std::move(tried));
  }
  return names;
}

std::string default_index_name(const SchemaModel &model, const Index &index) {
  const QualifiedName &table = index.table;
  const std::string columns = joined(index_column_names(index.elements, index.include));
  return free_relation_name(model, table.schema, table.name, columns, "idx", false);
}

std::string default_key_name(const SchemaModel &model, const QualifiedName &table, const Key &key) {
  if (key.primary) return free_relation_name(model, table.schema, table.name, {}, "pkey", true);
  std::vector<IndexElement> elements;
  for (const std::string &column : key.columns) elements.emplace_back().column = column;
  const std::string columns = joined(index_column_names(elements, key.include));
  return free_relation_name(model, table.schema, table.name, columns, "key", true);
}

std::string default_exclusion_name(const SchemaModel &model, const QualifiedName &table,
                                   const Exclusion &exclusion) {
  const std::string columns = joined(index_column_names(exclusion.elements, exclusion.include));
  return free_relation_name(model, table.schema, table.name, columns, "excl", true);
}

std::string default_foreign_key_name(const SchemaModel &model, const QualifiedName &table,
                                     const ForeignKey &key) {
  return free_constraint_name(model, table.schema, table.name, joined(key.columns), "fkey");
}

std::string default_check_name(const SchemaModel &model, const QualifiedName &table, const Check &check,
                               const std::set<std::string> &others) {
  std::set<std::string> columns;
  for (const auto &use : check.expression.columns) columns.insert(use.column);
  const std::string column = columns.size() == 1 ? *columns.begin() : std::string();
  return free_constraint_name(model, table.schema, table.name, column, "check", others);
}

std::string default_domain_check_name(const SchemaModel &model, const QualifiedName &domain,
                                      const std::set<std::string> &others) {
  return free_constraint_name(model, domain.schema, domain.name, {}, "check", others);
}

std::string default_sequence_name(const SchemaModel &model, const QualifiedName &table,
                                  const std::string &column) {
  return free_relation_name(model, table.schema, table.name, column, "seq", false);
}

}  // namespace migfix::core
