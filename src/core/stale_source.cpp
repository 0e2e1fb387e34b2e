#include "core/stale_source.hpp"

#include <algorithm>
#include <set>

#include "core/expression_names.hpp"
#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

// What a text says: the names in it, and whether it takes all columns of something.
struct Source {
  std::set<std::string> names;
  std::set<std::string> literals;  // between their quotes
  bool takes_all = false;
};

Source read(const std::string &text) {
  Source source;
  std::string before;
  for (const ExpressionToken &token : expression_tokens(text)) {
    if (token.is_name()) source.names.insert(token.value);
    if (token.kind == ExpressionToken::Kind::kString) source.literals.insert(token.value);
    // Not the star of a multiplication, nor that of count(*).
    if (token.is("*") &&
        (before == "select" || before == "," || before == "." || before == "distinct" || before == "all"))
      source.takes_all = true;
    before = token.kind == ExpressionToken::Kind::kQuotedName ? std::string() : token.value;
  }
  return source;
}

// Whether an effect takes something from the text that it needs.
struct Concerns {
  const Source &source;

  bool names(const std::string &name) const { return source.names.count(name) != 0; }

  bool operator()(const RenameObject &rename) const {
    if (rename.object.kind != ObjectKind::kColumn) return names(rename.object.name);
    return names(rename.object.table) && (names(rename.object.name) || source.takes_all);
  }
  bool operator()(const SetSchema &move) const { return names(move.object.name); }
  bool operator()(const RenameEnumValue &rename) const {
    return source.literals.count(quote_literal(rename.from)) != 0;
  }
  bool operator()(const AddColumn &add) const { return source.takes_all && names(add.table.name.name); }
  bool operator()(const DropColumn &drop) const { return source.takes_all && names(drop.table.name.name); }
  template <class Other>
  bool operator()(const Other &) const {
    return false;
  }
};

}  // namespace

bool is_stale(const std::string &source, const RevisionGraph &graph, const StatementsOf &statements,
              const NodeSet &revisions) {
  const Source said = read(source);
  bool has_run = false;
  bool stale = false;
  for (const Node node : graph.order()) {
    if (!revisions.contains(node)) continue;
    for (const RevisionStatement &statement : statements[node]) {
      if (statement.text == source) {
        has_run = true;
        stale = false;
      } else if (has_run && !stale) {
        stale = std::any_of(statement.effects.begin(), statement.effects.end(),
                            [&](const Effect &effect) { return std::visit(Concerns{said}, effect); });
      }
    }
  }
  return !has_run || stale;
}

}  // namespace migfix::core
