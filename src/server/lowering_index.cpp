#include "server/lowering_parts.hpp"

extern "C" {
#include "nodes/value.h"
#include "utils/builtins.h"
}

namespace migfix::server {

namespace {

// The value of a storage parameter as get_reloptions (ruleutils.c) writes it.
std::string option_value(const Node *value) {
  const char *text = nullptr;
  if (value == nullptr) return "'true'";
  if (IsA(value, Integer)) return fmt::format("'{}'", intVal(value));
  if (IsA(value, Float) || IsA(value, String)) text = strVal(value);
  if (IsA(value, TypeName)) text = strVal(llast(reinterpret_cast<const TypeName *>(value)->names));
  if (text == nullptr) throw NotModelled{"an option of an operator class could not be read"};
  return call([&] { return strcmp(quote_identifier(text), text) == 0 ? text : quote_literal_cstr(text); });
}

std::string options_text(const List *options) {
  std::string text;
  ListCell *cell;
  foreach (cell, options) {
    const auto *element = lfirst_node(DefElem, cell);
    text += text.empty() ? "(" : ", ";
    text += call([&] { return quote_identifier(element->defname); });
    text += "=" + option_value(element->arg);
  }
  return text.empty() ? text : text + ")";
}

// The column, if the element is one; of (column) and (column COLLATE ...) too, as in the server
// (ComputeIndexAttrs, indexcmds.c).
const char *plain_column(const IndexElem *element, const Node **collated) {
  if (element->name != nullptr) return element->name;
  const Node *expression = element->expr;
  if (IsA(expression, CollateClause)) {
    *collated = expression;
    expression = reinterpret_cast<const CollateClause *>(expression)->arg;
  }
  if (!IsA(expression, ColumnRef)) return nullptr;
  const List *fields = reinterpret_cast<const ColumnRef *>(expression)->fields;
  return list_length(fields) == 1 && IsA(linitial(fields), String) ? strVal(linitial(fields)) : nullptr;
}

// The expression at the head of an element: in parentheses, a function's call, or one word of SQL
// (index_elem, gram.y).
TokenRange element_expression(Tokens &tokens, TokenRange element) {
  if (tokens.is(element.first, '(')) return tokens.enclosed(element);
  const int open = tokens.find(element, '(');
  if (open == element.last) return {element.first, element.first + 1};
  return {element.first, tokens.closing(open, element.last) + 1};
}

}  // namespace

std::vector<core::IndexElement> lower_index_elements(Lowering &lowering,
                                                     const std::vector<const IndexElem *> &elements,
                                                     TokenRange range, const char *method,
                                                     const OwnTable &table) {
  std::vector<core::IndexElement> lowered;
  std::vector<TokenRange> items;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const IndexElem *element = elements[i];
    core::IndexElement it;
    const Node *collated = nullptr;
    if (const char *column = plain_column(element, &collated)) {
      it.column = column;
      if (collated != nullptr)
        it.collation = lower_collation(lowering, reinterpret_cast<const CollateClause *>(collated)->collname);
    } else {
      Tokens &tokens = lowering.tokens();
      if (items.empty()) items = tokens.items(range);
      if (i >= items.size()) throw NotModelled{"the elements of an index could not be told apart"};
      it.expression = slice_expression(tokens, element_expression(tokens, items[i]), element->expr, table);
    }
    if (element->collation != NIL) it.collation = lower_collation(lowering, element->collation);
    it.operator_class = lower_operator_class(lowering, element->opclass, method);
    it.operator_class_options = options_text(element->opclassopts);
    it.descending = element->ordering == SORTBY_DESC;
    it.nulls_first = element->nulls_ordering == SORTBY_NULLS_FIRST ||
                     (element->nulls_ordering == SORTBY_NULLS_DEFAULT && it.descending);
    lowered.push_back(std::move(it));
  }
  return lowered;
}

void lower_create_index(Lowering &lowering, const IndexStmt *statement) {
  if (statement->concurrent) lowering.alone();
  core::CreateIndex effect;
  core::Index &index = effect.index;
  index.table = lowering.name(statement->relation);
  effect.name = {index.table.schema, text_of(statement->idxname)};
  effect.if_not_exists = statement->if_not_exists;
  index.method = statement->accessMethod;
  index.unique = statement->unique;
  index.nulls_not_distinct = statement->nulls_not_distinct;
  index.concurrently = statement->concurrent;
  std::vector<const IndexElem *> elements;
  bool any_expression = statement->whereClause != nullptr;
  ListCell *cell;
  foreach (cell, statement->indexParams) {
    elements.push_back(lfirst_node(IndexElem, cell));
    any_expression = any_expression || elements.back()->name == nullptr;
  }
  foreach (cell, statement->indexIncludingParams) {
    const auto *element = lfirst_node(IndexElem, cell);
    if (element->name == nullptr) throw NotModelled{"expressions are not supported in included columns"};
    index.include.push_back(element->name);
  }
  Tokens &tokens = lowering.tokens();
  const OwnTable table = lowering.own_table(statement->relation);
  TokenRange all, list;
  if (any_expression) {
    all = lowering.from(statement->relation->location);
    list = tokens.enclosed({tokens.after_name(all.first), all.last});
  }
  index.elements = lower_index_elements(lowering, elements, list, index.method.c_str(), table);
  if (statement->whereClause != nullptr) {
    const int where = tokens.find_word({list.last + 1, all.last}, "where");
    index.predicate = slice_expression(tokens, {where + 1, all.last}, statement->whereClause, table);
  }
  lowering.add(std::move(effect));
}

}  // namespace migfix::server
