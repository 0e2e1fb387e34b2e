#include "core/definition_line.hpp"

#include <fmt/format.h>

#include "core/definition_clause.hpp"
#include "core/expression_text.hpp"
#include "core/sql_text.hpp"
#include "core/type_words.hpp"

namespace migfix::core {

namespace {

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!blank) line += c;
    if (blank && !line.empty() && line.back() != ' ') line += ' ';
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

struct Line {
  Clauses words;

  std::string operator()(const SchemaDefinition &) const { return {}; }
  std::string operator()(const Extension &) const { return {}; }
  std::string operator()(const Enum &type) const { return labels_text(type.labels); }
  std::string operator()(const Domain &domain) const { return words.domain(domain); }
  std::string operator()(const Composite &type) const { return words.composite(type); }
  std::string operator()(const Column &column) const { return words.column(column); }
  std::string operator()(const Constraint &constraint) const { return words.constraint(constraint); }
  std::string operator()(const Function &function) const { return one_line(function.source); }
  std::string operator()(const Trigger &trigger) const { return one_line(trigger.source); }

  std::string operator()(const Sequence &sequence) const {
    std::string text = words.sequence(sequence.options, "int8", false);
    if (!sequence.owner.empty()) {
      text += fmt::format(" OWNED BY {}.{}", words.name(sequence.owner), words.name(sequence.owner_column));
    }
    return text.empty() ? text : text.substr(1);
  }

  std::string operator()(const Table &table) const {
    std::string text = table.unlogged ? " UNLOGGED" : "";
    std::string parents;
    for (const QualifiedName &parent : table.parents) {
      parents += (parents.empty() ? "" : ", ") + words.name(parent);
    }
    if (!table.partition_bound.empty()) {
      text += fmt::format(" PARTITION OF {} {}", parents, table.partition_bound);
    } else if (!parents.empty()) {
      text += fmt::format(" INHERITS ({})", parents);
    }
    if (!table.partition_by.empty()) text += " PARTITION BY " + table.partition_by;
    return text.empty() ? text : text.substr(1);
  }

  std::string operator()(const Index &index) const {
    return fmt::format("{}on {} {}{}", index.unique ? "UNIQUE " : "", words.name(index.table),
                       words.index(index), index.valid ? "" : " INVALID");
  }

  std::string operator()(const View &view) const {
    const std::string query = bare_expression(shown_text(view.query));
    return one_line(fmt::format("{}{}AS {}", view.materialized ? "MATERIALIZED " : "",
                                view.columns.empty() ? "" : words.columns(view.columns) + " ", query));
  }
};

}  // namespace

std::string definition_line(const Object &object) {
  std::string line = std::visit(Line{}, object.definition);
  if (!object.comment.empty()) {
    line += fmt::format("{}COMMENT {}", line.empty() ? "" : " ", quote_literal(object.comment));
  }
  return line;
}

}  // namespace migfix::core
