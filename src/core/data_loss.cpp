#include "core/data_loss.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "core/expression_names.hpp"
#include "core/type_change.hpp"
#include "core/type_words.hpp"

namespace migfix::core {

namespace {

std::string loss_of(const DropColumn &effect, const SchemaModel &before) {
  const ObjectId id = column_id(effect.table.name, effect.column);
  return before.find(id) == nullptr ? std::string()
                                    : fmt::format("{} falls with its values", object_in_words(id));
}

std::string loss_of(const DropObject &effect, const SchemaModel &before) {
  switch (effect.object.kind) {
    case ObjectKind::kTable:
      if (before.find(effect.object) == nullptr && !effect.cascade) return {};
      return fmt::format("{} falls with its rows", object_in_words(effect.object));
    case ObjectKind::kSchema:
    case ObjectKind::kExtension:
      return fmt::format("{} falls with what is in it", object_in_words(effect.object));
    case ObjectKind::kSequence:
      return fmt::format("{} falls with its place", object_in_words(effect.object));
    default:
      return effect.cascade ? fmt::format("what depends on {} falls with it", object_in_words(effect.object))
                            : std::string();
  }
}

std::string loss_of(const AlterColumnType &effect, const SchemaModel &before) {
  const ObjectId id = column_id(effect.table.name, effect.column);
  const auto *column = before.find_as<Column>(id);
  if (column == nullptr) return {};
  const auto type = before.type(column->type.name);
  if (is_widening(column->type, effect.type, type && type->kind == ObjectKind::kEnum)) return {};
  return fmt::format("{}: {}", object_in_words(id), risk_of(column->type, effect.type));
}

// A block of code dropped or altered it.
std::string loss_of(const Observation &observation, const Object &there, const SchemaModel &before) {
  const ObjectKind kind = observation.id.kind;
  if (!observation.object) {
    if (kind == ObjectKind::kColumn) return loss_of(DropColumn{{table_of(observation.id)}, observation.id.name}, before);
    const bool holds = kind == ObjectKind::kTable || kind == ObjectKind::kSequence || kind == ObjectKind::kSchema;
    return holds ? loss_of(DropObject{observation.id}, before) : std::string();
  }
  const auto *from = std::get_if<Column>(&there.definition);
  const auto *to = std::get_if<Column>(&observation.object->definition);
  if (from == nullptr || to == nullptr || from->type == to->type) return {};
  return loss_of(AlterColumnType{{table_of(observation.id)}, observation.id.name, to->type, {}, {}}, before);
}

template <class Other>
std::string loss_of(const Other &, const SchemaModel &) {
  return {};
}

// The column, whatever it is cast to: amount::numeric(12, 2), CAST(amount AS text), ((amount)::text)::kind.
bool is_cast(const std::string &text, const std::string &column) {
  const std::vector<ExpressionToken> tokens = expression_tokens(text);
  std::size_t at = 0;
  const auto pass_parentheses = [&] {
    while (at < tokens.size() && tokens[at].is("(")) ++at;
  };
  pass_parentheses();
  const bool by_word = at + 1 < tokens.size() && tokens[at].is("cast") && tokens[at + 1].is("(");
  if (by_word) ++at;
  pass_parentheses();
  if (at == tokens.size() || !tokens[at].is_name() || tokens[at].value != column) return false;
  bool is_type = false;
  for (++at; at < tokens.size(); ++at) {
    const ExpressionToken &token = tokens[at];
    if (token.is(")")) continue;
    if (token.is("::") || (by_word && token.is("as"))) {
      is_type = true;
      continue;
    }
    const bool of_type = token.is_name() || token.kind == ExpressionToken::Kind::kNumber || token.is("(") ||
                         token.is(",") || token.is(".") || token.is("[") || token.is("]");
    if (!is_type || !of_type) return false;
  }
  return true;
}

bool computes(const Effect &effect) {
  const auto *alter = std::get_if<AlterColumnType>(&effect);
  return alter != nullptr && !alter->using_text.empty() && !is_cast(alter->using_text, alter->column);
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

}  // namespace

bool computes_values(const RevisionStatement &statement) {
  return std::any_of(statement.effects.begin(), statement.effects.end(), computes);
}

std::string data_loss(const RevisionStatement &statement, const SchemaModel &before) {
  for (const Effect &effect : statement.effects) {
    std::string loss = std::visit([&](const auto &one) { return loss_of(one, before); }, effect);
    if (!loss.empty()) return loss;
    if (computes(effect)) return "its values are computed anew, and what they were is lost";
  }
  for (const Observation &observation : statement.observed) {
    const Object *there = before.find(observation.id);
    if (there == nullptr) continue;
    std::string loss = loss_of(observation, *there, before);
    if (!loss.empty()) return loss;
  }
  return {};
}

bool only_inserts(std::string_view text) {
  bool first = true;
  for (std::size_t i = 0; i < text.size();) {
    if (!is_word(text[i])) {
      // What stands in front of the statement but blanks is for a parser to judge.
      if (first && std::isspace(static_cast<unsigned char>(text[i])) == 0) return false;
      ++i;
      continue;
    }
    std::string word;
    for (; i < text.size() && is_word(text[i]); ++i)
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(text[i])));
    if (first && word != "insert") return false;
    if (word == "update" || word == "delete") return false;
    first = false;
  }
  return !first;
}

}  // namespace migfix::core
