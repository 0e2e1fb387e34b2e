#include "server/schema_reader_own.hpp"

#include "server/query.hpp"

namespace migfix::server {

namespace {

bool in_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// The end of what is in quotes from `begin` on; a quote that is doubled goes on.
std::size_t end_of_quoted(const std::string &text, std::size_t begin) {
  const char quote = text[begin];
  std::size_t at = begin + 1;
  while (at < text.size()) {
    if (text[at] == quote) {
      if (at + 1 >= text.size() || text[at + 1] != quote) return at + 1;
      ++at;
    }
    ++at;
  }
  return at;
}

// A cast to a type whose texts are names.
bool is_cast_to_name(const std::string &text, std::size_t at) {
  for (const std::string_view type :
       {"::regclass", "::regproc", "::regprocedure", "::regtype", "::regcollation", "::regconfig",
        "::regdictionary", "::regoper", "::regoperator"}) {
    if (text.compare(at, type.size(), type) == 0 &&
        (at + type.size() == text.size() || !in_name(text[at + type.size()])))
      return true;
  }
  return false;
}

void localize_all(const OwnSchema &own, std::vector<core::IndexElement> &elements) {
  for (core::IndexElement &element : elements) {
    own.localize(element.expression);
    own.localize(element.collation);
    own.localize(element.operator_class);
  }
}

// Every name and text in each kind of definition.
struct Localizer {
  const OwnSchema &own;

  void operator()(core::SchemaDefinition &) const {}
  void operator()(core::Extension &) const {}
  void operator()(core::Enum &) const {}
  void operator()(core::Function &) const {}
  void operator()(core::Trigger &) const {}
  void operator()(core::Domain &domain) const {
    own.localize(domain.type.name);
    own.localize(domain.default_value);
    own.localize(domain.collation);
    for (auto &[name, check] : domain.checks) own.localize(check);
  }
  void operator()(core::Composite &composite) const {
    for (auto &[name, type] : composite.attributes) own.localize(type.name);
  }
  void operator()(core::Sequence &sequence) const {
    if (!sequence.owner.empty()) own.localize(sequence.owner);
  }
  void operator()(core::Table &table) const {
    for (core::QualifiedName &parent : table.parents) own.localize(parent);
    table.partition_by = own.without(table.partition_by);
    table.partition_bound = own.without(table.partition_bound);
  }
  void operator()(core::Column &column) const {
    own.localize(column.type.name);
    own.localize(column.default_value);
    own.localize(column.generated);
    own.localize(column.collation);
    if (column.nextval) own.localize(*column.nextval);
  }
  void operator()(core::Constraint &constraint) const {
    if (auto *foreign = std::get_if<core::ForeignKey>(&constraint.what)) own.localize(foreign->references);
    if (auto *check = std::get_if<core::Check>(&constraint.what)) own.localize(check->expression);
    if (auto *exclusion = std::get_if<core::Exclusion>(&constraint.what)) {
      localize_all(own, exclusion->elements);
      own.localize(exclusion->predicate);
    }
  }
  void operator()(core::Index &index) const {
    own.localize(index.table);
    localize_all(own, index.elements);
    own.localize(index.predicate);
  }
  void operator()(core::View &view) const {
    own.localize(view.query);
    for (core::QualifiedName &read : view.reads) own.localize(read);
  }
};

}  // namespace

OwnSchema::OwnSchema(std::string name) : name_(std::move(name)), quoted_(quote_name(name_.c_str())) {}

void OwnSchema::localize(core::Expression &expression) const {
  if (!expression.normal.empty()) expression.normal = without(expression.normal);
}

void OwnSchema::localize(core::ObjectId &id) const {
  localize(id.schema);
}

void OwnSchema::localize(core::Definition &definition) const {
  std::visit(Localizer{*this}, definition);
}

std::string OwnSchema::without(const std::string &sql) const {
  const std::string prefix = quoted_ + '.';
  if (sql.find(prefix) == std::string::npos) return sql;
  std::string result;
  std::size_t at = 0;
  while (at < sql.size()) {
    const char c = sql[at];
    const bool begins_name = at == 0 || (!in_name(sql[at - 1]) && sql[at - 1] != '.' && sql[at - 1] != '"');
    if (begins_name && sql.compare(at, prefix.size(), prefix) == 0) {
      at += prefix.size();
    } else if (c == '\'') {
      const std::size_t end = end_of_quoted(sql, at);
      std::string literal = sql.substr(at, end - at);
      if (is_cast_to_name(sql, end)) {
        // Within a literal the quotes of a name are its own, but an apostrophe is doubled.
        std::string inner = prefix;
        for (std::size_t i = 0; (i = inner.find('\'', i)) != std::string::npos; i += 2)
          inner.insert(i, 1, '\'');
        if (literal.compare(1, inner.size(), inner) == 0) literal.erase(1, inner.size());
      }
      result += literal;
      at = end;
    } else if (c == '"') {
      const std::size_t end = end_of_quoted(sql, at);
      result.append(sql, at, end - at);
      at = end;
    } else if (in_name(c)) {
      while (at < sql.size() && in_name(sql[at])) result += sql[at++];
    } else {
      result += c;
      ++at;
    }
  }
  return result;
}

}  // namespace migfix::server
